package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.ShutdownException;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedTaskQueue;

/// Ten requests for a worker in another JVM, and a wait until all are done, not only taken.
///
/// ```
/// examples/run TaskQueueDrain
/// ```
public final class TaskQueueDrain {
    private static final int REQUESTS = 10;

    private TaskQueueDrain() {}

    /// Puts the requests, and waits for all.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var requests = space.taskQueue(Codec.ints(), 16)) {
            JavaProcess worker = JavaProcess.start(() -> work(requests));
            for (int i = 0; i < REQUESTS; i++) {
                requests.put(i);
            }
            System.out.println("All requests are put");
            requests.join();                 // the death of a worker does not end this wait
            System.out.println("All work completed");
            requests.shutdown();             // the worker sees the end
            worker.join();
        }
    }

    private static void work(SharedTaskQueue<Integer> requests) throws InterruptedException {
        try {
            for (;;) {
                int request = requests.take();
                System.out.println("Working on " + request);
                System.out.println("Finished " + request);
                requests.taskDone();         // until then it is leased: if this worker dies, another one gets it
            }
        } catch (ShutdownException end) {
            System.out.println("The worker ends");
        }
    }
}
