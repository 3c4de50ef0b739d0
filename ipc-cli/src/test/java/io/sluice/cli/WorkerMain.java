package io.sluice.cli;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The other process of the tests of the commands that look: holds lock `a`, two permits and a task, says so, and then
/// waits for lock `b`, and until it is killed.
final class WorkerMain {
    private WorkerMain() {}

    /// Runs it.
    ///
    /// @param arguments the name of the space
    /// @throws InterruptedException never
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.open(arguments[0]);
                var first = space.lock("a");
                var second = space.lock("b");
                var permits = space.semaphore("permits", 5);
                var work = space.taskQueue("work", Codec.strings(), 4)) {
            boolean held = first.tryLock();
            permits.acquire(2);
            long thread = Thread.currentThread().threadId();
            System.out.println((held ? "ready " : "not ready ") + thread + " " + work.take());
            if (second.tryLock(5, TimeUnit.MINUTES)) {
                second.unlock();
            }
            new CountDownLatch(1).await();
        }
    }
}
