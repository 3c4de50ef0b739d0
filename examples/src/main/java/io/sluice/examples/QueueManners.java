package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import java.util.concurrent.TimeUnit;

/// What to do if a queue is full or empty: wait, not wait, or wait with a time-out. Full and empty are results, not
/// exceptions.
///
/// In Python `empty()` is "not reliable", true even right after a `put` of the same thread. Here the results are exact
/// at the moment of the call.
///
/// ```
/// examples/run QueueManners
/// ```
public final class QueueManners {
    private static final int CAPACITY = 3;

    private QueueManners() {}

    /// Fills a queue and empties it.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var queue = space.queue(Codec.ints(), CAPACITY)) {
            System.out.println("empty: " + queue.isEmpty());
            for (int i = 1; i <= CAPACITY; i++) {
                queue.put(i);                            // would wait while full
                System.out.println("put " + i + ", empty: " + queue.isEmpty()
                        + ", full: " + (queue.remainingCapacity() == 0));
            }
            System.out.println("offer: " + queue.offer(4));
            System.out.println("offer within 50 ms: " + queue.offer(4, 50, TimeUnit.MILLISECONDS));
            for (int i = 1; i <= CAPACITY; i++) {
                System.out.println("take: " + queue.take());
            }
            System.out.println("poll: " + queue.poll());
            long start = System.nanoTime();
            System.out.println("poll within 50 ms: " + queue.poll(50, TimeUnit.MILLISECONDS));
            long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            System.out.println("waited at least 50 ms: " + (waited >= 50));
        }
    }
}
