package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.ring.SharedRing;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// A producer at one end and a consumer at the other, each in a thread: numbers go in, and must come out once and in
/// order, whatever happens in between.
@SuppressWarnings("NonAtomicVolatileUpdate")     // each counter has one thread that writes it
final class Traffic implements AutoCloseable {
    private static final long WATCHDOG_NANOS = TimeUnit.SECONDS.toNanos(Host.WATCHDOG_SECONDS);

    private final Thread producing;
    private final Thread consuming;
    private volatile boolean stopping;
    private volatile long sent;
    private volatile long received;
    private volatile Throwable failure;

    /// Sends one number, and waits for room. @return false if there was none in a while
    private interface Put {
        boolean put(long number) throws InterruptedException;
    }

    /// Checks what is there. @return how many numbers that were, the first of which must be `next`
    private interface Take {
        int take(long next) throws InterruptedException;
    }

    private Traffic(Put put, Take take) {
        producing = Thread.ofPlatform().name("producing").unstarted(() -> watched(() -> {
            for (long next = 0; !stopping; ) {
                if (put.put(next)) {
                    next++;
                    sent = next;
                }
            }
        }));
        consuming = Thread.ofPlatform().name("consuming").unstarted(() -> watched(() -> {
            for (long next = 0; producing.isAlive() || next < sent; ) {
                next += take.take(next);
                received = next;
            }
        }));
        producing.start();
        consuming.start();
    }

    /// Through rings, in messages of up to a length.
    static Traffic ofRings(SharedRing from, RingConsumer to, int most) {
        RingProducer producer = from.producer();
        Claim claim = new Claim();
        return new Traffic(number -> Numbers.offer(producer, claim, number, most),
                next -> Numbers.read(to, next, most));
    }

    /// Through queues of bytes.
    static Traffic ofQueues(BlockingQueue<byte[]> from, BlockingQueue<byte[]> to, int most) {
        return new Traffic(
                number -> from.offer(Numbers.bytes(number, most), 20, TimeUnit.MILLISECONDS),
                next -> {
                    byte[] bytes = to.poll(20, TimeUnit.MILLISECONDS);
                    if (bytes == null) {
                        return 0;
                    }
                    assertThat(bytes).as("message %d", next).isEqualTo(Numbers.bytes(next, most));
                    return 1;
                });
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private void watched(Step step) {
        try {
            step.run();
        } catch (Throwable failed) {
            failure = failed;
        }
    }

    long received() {
        return received;
    }

    /// Waits until so many more have arrived.
    void awaitMore(long count) {
        long goal = received + count;
        Host.await(() -> received >= goal || failure != null, () -> "%,d of %,d arrived".formatted(received, goal));
        check();
    }

    /// Ends the sending, and waits until everything has arrived. @return how many that were
    long finish() throws InterruptedException {
        stopping = true;
        long deadline = System.nanoTime() + WATCHDOG_NANOS;
        for (Thread thread : new Thread[] {producing, consuming}) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
        check();
        assertThat(consuming.isAlive()).as("%,d of %,d arrived", received, sent).isFalse();
        assertThat(received).isEqualTo(sent);
        return received;
    }

    private void check() {
        if (failure != null) {
            throw new AssertionError("after %,d messages".formatted(received), failure);
        }
    }

    /// A second consumer of the same numbers, at another place.
    Copy copy(RingConsumer to, int most) {
        return new Copy(to, most);
    }

    /// Reads in a thread of its own what another consumer has got as well.
    static final class Copy implements AutoCloseable {
        private final Thread reading;
        private volatile boolean stopping;
        private volatile long received;
        private volatile Throwable failure;

        private Copy(RingConsumer to, int most) {
            reading = Thread.ofPlatform().name("copying").start(() -> {
                try {
                    for (long next = 0; !stopping; ) {
                        next += Numbers.read(to, next, most);
                        received = next;
                    }
                } catch (Throwable failed) {
                    failure = failed;
                }
            });
        }

        void await(long count) {
            Host.await(() -> received >= count || failure != null, () -> "%,d of %,d".formatted(received, count));
            if (failure != null) {
                throw new AssertionError("the copy", failure);
            }
        }

        @Override
        public void close() {
            stopping = true;
            reading.interrupt();
        }
    }

    @Override
    public void close() {
        stopping = true;
        producing.interrupt();
        consuming.interrupt();
        try {
            producing.join(1000);
            consuming.join(1000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
