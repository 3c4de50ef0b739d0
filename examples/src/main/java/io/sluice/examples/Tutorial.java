package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.sync.LockPoisonedException;
import io.sluice.pool.pool.ProcessPool;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.value.SharedLong;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// The steps of `docs/tutorial.md`, one after the other: `sluice-examples ...Tutorial`.
public final class Tutorial {
    private static final String SPACE = "tutorial-" + ProcessHandle.current().pid();

    record Order(String symbol, int quantity) {}

    private Tutorial() {}

    /// Goes through the steps.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        queue();
        taskQueue();
        ring();
        lock();
        process();
        pool();
        deathInPool();
    }

    private static void queue() throws InterruptedException {
        try (var space = SharedSpace.openTemporary(SPACE);
                var orders = space.queue("orders", Codec.ofRecord(Order.class), 1024);
                var seller = JavaProcess.start(() -> sell(orders))) {
            System.out.println(orders.take());
            System.out.println(orders.take());
            seller.join();
        }
    }

    private static void sell(SharedQueue<Order> orders) throws InterruptedException {
        orders.put(new Order("VOD.L", 100));
        orders.put(new Order("BP.L", 250));
    }

    private static void taskQueue() throws InterruptedException {
        try (var space = SharedSpace.openTemporary(SPACE);
                var jobs = space.taskQueue("jobs", Codec.strings(), 64);
                var taken = space.event("taken");
                var first = JavaProcess.start(() -> takeAndHold(jobs, taken))) {
            jobs.put("the books");
            taken.await();
            first.kill();
            first.join();
            System.out.println("again: " + jobs.take());
            jobs.taskDone();
            jobs.join();
        }
    }

    private static void takeAndHold(SharedTaskQueue<String> jobs, SharedEvent taken) throws InterruptedException {
        System.out.println("first: " + jobs.take());
        taken.set();
        Thread.sleep(Long.MAX_VALUE);            // killed before taskDone()
    }

    private static void ring() throws InterruptedException {
        try (var space = SharedSpace.openTemporary(SPACE);
                var ring = space.ring("ticks", RingOptions.oneToOne(1024));
                var sender = JavaProcess.start(() -> send(ring));
                var consumer = ring.consumer()) {
            long[] sum = new long[1];
            for (int count = 0; count < 1000; ) {
                count += consumer.read((type, buffer, index, length) -> sum[0] += buffer.getLong(index), 100, 1_000_000);
            }
            System.out.println("sum of the prices: " + sum[0]);
            sender.join();
        }
    }

    private static void send(SharedRing ring) throws InterruptedException {
        Claim claim = new Claim();
        try (var producer = ring.producer()) {
            for (long price = 1; price <= 1000; price++) {
                producer.claim(claim, 1, Long.BYTES);
                claim.buffer().putLong(0, price);
                claim.commit();
            }
        }
    }

    private static void lock() throws InterruptedException {
        try (var space = SharedSpace.openTemporary(SPACE);
                var lock = space.lock("accounts");
                var mine = space.longValue("mine", 100);
                var yours = space.longValue("yours", 0);
                var halfDone = space.event("half-done");
                var owner = JavaProcess.start(() -> move(lock, mine, halfDone))) {
            halfDone.await();
            owner.kill();
            owner.join();
            try (var _ = lock.hold()) {
                System.out.println("never reached");
            } catch (LockPoisonedException poisoned) {
                lock.recover(() -> yours.set(100 - mine.get()));
            }
            System.out.println(mine.get() + " and " + yours.get());
        }
    }

    private static void move(SharedLock lock, SharedLong mine, SharedEvent halfDone) throws InterruptedException {
        try (var _ = lock.hold()) {
            mine.getAndAdd(-30);
            halfDone.set();
            Thread.sleep(Long.MAX_VALUE);        // killed before the other half
        }
    }

    private static void process() throws InterruptedException {
        try (var quiet = JavaProcess.start(() -> {});
                var code = JavaProcess.start(() -> System.exit(3));
                var killed = JavaProcess.start(() -> Thread.sleep(Long.MAX_VALUE))) {
            killed.kill();
            System.out.println(quiet.join());
            System.out.println(code.join());
            System.out.println(killed.join());
        }
    }

    private static void pool() throws InterruptedException {
        try (var pool = ProcessPool.create(2)) {
            System.out.println(pool.map(x -> x * x, List.of(1, 2, 3)));
            System.out.println(pool.submit(() -> "one task").join());
            try (var squares = pool.imap((Integer x) -> x * x, List.of(4, 5, 6))) {
                squares.forEachRemaining(System.out::println);
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        }
    }

    private static void deathInPool() throws InterruptedException {
        try (var pool = ProcessPool.create(2)) {
            try {
                pool.submit(() -> Runtime.getRuntime().halt(7)).get();
            } catch (ExecutionException failed) {
                System.out.println(failed.getCause().getClass().getSimpleName());
            }
            System.out.println(pool.submit(() -> "the others never noticed").join());
        }
    }
}
