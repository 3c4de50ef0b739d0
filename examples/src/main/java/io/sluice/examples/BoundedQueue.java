package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.List;

/// Ten writers and ten readers on a queue for three: a writer waits while it is full, a reader while it is empty. They
/// print under a lock, but wait without it, or no other process could print.
///
/// ```
/// examples/run BoundedQueue
/// ```
public final class BoundedQueue {
    private static final int WRITERS = 10;
    private static final int CAPACITY = 3;

    private BoundedQueue() {}

    /// Starts all of them.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var queue = space.queue(Codec.ints(), CAPACITY);
                var terminal = space.lock()) {
            List<JavaProcess> all = new ArrayList<>();
            for (int i = 1; i <= WRITERS; i++) {
                int number = i;
                all.add(JavaProcess.start(() -> write(queue, terminal, number)));
                all.add(JavaProcess.start(() -> read(queue, terminal, number)));
            }
            for (JavaProcess one : all) {
                one.join();
            }
            System.out.println(queue);
        }
    }

    private static void write(SharedQueue<Integer> queue, SharedLock terminal, int number) throws InterruptedException {
        queue.put(number);
        try (var _ = terminal.hold()) {
            System.out.println("writer " + number + " put " + number);
        }
    }

    private static void read(SharedQueue<Integer> queue, SharedLock terminal, int number) throws InterruptedException {
        int taken = queue.take();
        try (var _ = terminal.hold()) {
            System.out.println("reader " + number + " took " + taken);
        }
    }
}
