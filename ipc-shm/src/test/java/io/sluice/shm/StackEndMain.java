package io.sluice.shm;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A JVM that uses every kind of object at each depth near the end of its stack, and then shows from another thread
/// that all of them work.
public final class StackEndMain {
    private static final int CAPACITY = 8;
    private static final long SECONDS = 20;
    private static final int LEVELS = 600;

    private static int left;
    private static int errors;
    private static Exception wrong;

    /// One use of an object.
    @FunctionalInterface
    interface Use {
        void once() throws Exception;
    }

    private StackEndMain() {}

    /// All objects, and the use of each.
    @SuppressWarnings("WaitNotInLoop")
    static Map<String, Use> uses(SharedSpace space) {
        Map<String, Use> uses = new LinkedHashMap<>();
        var lock = space.lock("lock");
        uses.put("lock", () -> {
            if (!lock.tryLock(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("held");
            }
            try {
                if (!lock.isHeldByCurrentThread()) {
                    throw new IllegalStateException("not held");
                }
            } finally {
                lock.unlock();
            }
        });
        var plain = space.lock("plain");
        uses.put("plain lock", () -> {
            plain.lock();
            try {
                plain.isLocked();
            } finally {
                plain.unlock();
            }
        });
        var reentrant = space.reentrantLock("reentrant");
        var condition = reentrant.condition(0);
        uses.put("condition", () -> {
            if (!reentrant.tryLock(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("held");
            }
            try {
                reentrant.lock();
                try {
                    condition.await(1, TimeUnit.NANOSECONDS);
                    condition.signal();
                } finally {
                    reentrant.unlock();
                }
            } finally {
                reentrant.unlock();
            }
        });
        var readWrite = space.readWriteLock("readWrite");
        uses.put("read-write lock", () -> {
            if (!readWrite.readLock().tryLock(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("written");
            }
            readWrite.readLock().unlock();
            if (!readWrite.writeLock().tryLock(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("read by " + readWrite.readers());
            }
            readWrite.writeLock().unlock();
        });
        var semaphore = space.semaphore("semaphore", 1);
        uses.put("semaphore", () -> {
            if (!semaphore.tryAcquire(SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no permit: " + semaphore);
            }
            semaphore.release();
        });
        var barrier = space.barrier("barrier", 1);
        uses.put("barrier", () -> {
            try {
                barrier.await(SECONDS, TimeUnit.SECONDS);
            } catch (BrokenBarrierException | TimeoutException broken) {
                barrier.reset();
                barrier.await(SECONDS, TimeUnit.SECONDS);
            }
        });
        var event = space.event("event");
        uses.put("event", () -> {
            event.set();
            event.clear();
        });
        var latch = space.countDownLatch("latch", 1_000_000);
        uses.put("latch", latch::countDown);
        var value = space.value("value", Codec.longs(), 1L);
        uses.put("value", () -> {
            value.updateAndGet(before -> before + 1);
            value.set(value.get() + 1);
        });
        var queue = space.queue("queue", Codec.longs(), CAPACITY);
        uses.put("queue", () -> {
            boolean put = queue.offer(4711L);
            int taken = 0;
            while (queue.poll() != null) {
                taken++;                    // also elements of earlier calls, whose poll had no stack
            }
            if (taken == 0) {
                throw new IllegalStateException((put ? "empty: " : "full: ") + queue);
            }
        });
        return uses;
    }

    /// Rings are used by one process at a time.
    static Use ring(SharedSpace space, String name, RingOptions options) {
        var ring = space.ring(name, options);
        RingProducer producer = ring.producer();
        RingConsumer consumer = ring.consumer();
        ExpandableMemoryBuffer message = new ExpandableMemoryBuffer(8);
        return () -> {
            boolean put = producer.offer(1, message, 0, 8);
            if (consumer.read((type, buffer, index, length) -> {}, CAPACITY) == 0) {
                throw new IllegalStateException((put ? "empty: " : "full: ") + ring);
            }
        };
    }

    /// Uses an object as often as a ring has places, so that a lap is done.
    static void lap(String name, Use use) throws Exception {
        for (int i = 0; i <= 2 * CAPACITY; i++) {
            try {
                use.once();
            } catch (Exception | Error failure) {
                throw new IllegalStateException(name + " does not work any more", failure);
            }
        }
    }

    /// Recurses to the end of the stack, and uses the object at each depth on the way back.
    @SuppressWarnings({"InfiniteRecursion", "StaticAssignmentOfThrowable"})
    private static void descend(Use use) {
        boolean end = true;
        try {
            descend(use);
            end = false;
        } catch (StackOverflowError here) {
            // The end, or a use that failed further down.
        }
        if (end) {
            left = LEVELS;
        }
        if (left > 0) {
            left--;
            try {
                use.once();
            } catch (StackOverflowError expected) {
                errors++;
            } catch (Exception failure) {
                wrong = failure;
                left = 0;
            }
        }
    }

    /// Runs it.
    ///
    /// @param arguments root, space, how often each object is used before, and whether rings are among them
    /// @throws Exception if an object does not work any more
    @SuppressWarnings("StaticAssignmentOfThrowable")
    public static void main(String[] arguments) throws Exception {
        try (SharedSpace space = SharedSpace.open(arguments[1], SpaceOptions.under(Path.of(arguments[0])))) {
            Map<String, Use> uses = uses(space);
            if (Boolean.parseBoolean(arguments[3])) {
                uses.put("one-to-one ring", ring(space, "one", RingOptions.oneToOne(CAPACITY)));
                uses.put("many-to-many ring", ring(space, "many", RingOptions.manyToMany(CAPACITY)));
            }
            int warm = Integer.parseInt(arguments[2]);
            for (Map.Entry<String, Use> each : uses.entrySet()) {
                int times = each.getKey().equals("condition") ? Math.min(warm, 100) : warm;
                for (int i = 0; i < times; i++) {
                    each.getValue().once();
                }
            }
            for (Map.Entry<String, Use> each : uses.entrySet()) {
                errors = 0;
                wrong = null;
                Thread deep = new Thread(null, () -> descend(each.getValue()), "deep", 512 << 10);
                deep.start();
                deep.join();
                if (wrong != null) {
                    throw new IllegalStateException(each.getKey() + " failed at the end of the stack", wrong);
                }
                System.out.println(each.getKey() + ": " + errors + " errors");
            }
            for (Map.Entry<String, Use> each : uses.entrySet()) {
                lap(each.getKey(), each.getValue());
            }
            System.out.println("usable");
            waitForParent();
        }
    }

    private static void waitForParent() throws IOException {
        int ignored = System.in.read();
    }
}
