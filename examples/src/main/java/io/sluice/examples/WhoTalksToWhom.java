package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// Through one queue a parent writes to its child, and that child to another one, which is not started yet. A queue has
/// no owner: every process with a handle may put and take.
///
/// ```
/// examples/run WhoTalksToWhom
/// ```
public final class WhoTalksToWhom {
    private WhoTalksToWhom() {}

    /// Writes a letter, and lets the children read.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var letters = space.queue(Codec.strings(), 4)) {
            JavaProcess first = JavaProcess.builder(() -> {
                read(letters);
                letters.put("from the first child");
            }).name("first child").start();
            letters.put("from the parent");
            System.out.println("first child " + first.join());
            JavaProcess second = JavaProcess.builder(() -> read(letters)).name("second child").start();
            System.out.println("second child " + second.join());
        }
    }

    private static void read(SharedQueue<String> letters) throws InterruptedException {
        System.out.println(JavaProcess.current().name() + " reads a letter " + letters.take());
    }
}
