package io.sluice.examples;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedTaskQueue;
import java.io.IOException;

/// Ten requests for a worker in another JVM, and a wait until all are done, not only taken.
///
/// ```
/// sluice-examples io.sluice.examples.TaskQueueDrain            starts its worker by itself
/// ```
public final class TaskQueueDrain {
    private static final int REQUESTS = 10;

    private TaskQueueDrain() {}

    /// Runs the one who asks, or the worker.
    ///
    /// @param arguments nothing for the one who asks, the name of the space for the worker
    /// @throws IOException if the worker cannot be started
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "task-queue-drain-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var requests = space.taskQueue("requests", Codec.ints(), 16)) {
            if (arguments.length > 0) {
                work(requests);
                return;
            }
            Process worker = ChildJvm.start(TaskQueueDrain.class, spaceName);
            for (int i = 0; i < REQUESTS; i++) {
                requests.put(i);
            }
            System.out.println("all requests are put");
            requests.join();                 // a worker that died would not end this wait; another one would
            System.out.println("all requests are done");
            requests.shutdown();             // the worker sees the end
            worker.waitFor();
        }
    }

    private static void work(SharedTaskQueue<Integer> requests) throws InterruptedException {
        try {
            for (;;) {
                int request = requests.take();
                System.out.println("Working on " + request);
                System.out.println("Finished " + request);
                requests.taskDone();         // until then it is leased: if we die here, somebody else gets it
            }
        } catch (ShutdownException end) {
            System.out.println("the worker goes home");
        }
    }
}
