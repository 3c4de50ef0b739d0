package io.sluice.examples;

import io.sluice.pool.ProcessPool;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/// The terms: a synchronous call returns when the work is done, an asynchronous one when it is submitted. Then the
/// caller can block until the result arrives, poll for it, or be called back.
///
/// ```
/// examples/run SyncAsync
/// ```
public final class SyncAsync {
    private SyncAsync() {}

    /// Makes each kind of call. The work cannot end before the gate is open.
    ///
    /// @param arguments none
    /// @throws ExecutionException if a task fails
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var gate = space.event();
                var pool = ProcessPool.create(2)) {
            System.out.println("synchronous: " + pool.apply(() -> "done when it returns"));

            CompletableFuture<String> blocking = pool.submit(() -> work(gate));
            System.out.println("asynchronous: submitted, done: " + blocking.isDone());
            gate.set();
            System.out.println("blocking: " + blocking.get());

            gate.clear();
            CompletableFuture<String> polled = pool.submit(() -> work(gate));
            int polls = 0;
            while (!polled.isDone()) {
                if (++polls == 3) {
                    gate.set();
                }
                Thread.sleep(5);                         // time for other work
            }
            System.out.println("polling: " + polled.join() + ", polled more than twice: " + (polls > 2));

            gate.clear();
            CountDownLatch called = new CountDownLatch(1);
            var _ = pool.submit(() -> work(gate)).thenAccept(result -> {
                boolean virtual = Thread.currentThread().isVirtual();
                System.out.println("callback: " + result + ", in a virtual thread: " + virtual);
                called.countDown();
            });
            System.out.println("this thread does something else");
            gate.set();
            called.await();
        }
    }

    private static String work(SharedEvent gate) throws InterruptedException {
        gate.await();
        return "worked";
    }
}
