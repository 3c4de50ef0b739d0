package io.sluice.examples;

import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;

/// Processes compute in phases: each computes its part, the last one to arrive sums up, and all go on with the sum.
///
/// ```
/// sluice-examples io.sluice.examples.BarrierPhases            starts its workers by itself
/// ```
public final class BarrierPhases {
    private static final int WORKERS = 4;
    private static final int PHASES = 3;

    private BarrierPhases() {}

    /// Runs the one who waits, or a worker.
    ///
    /// @param arguments nothing for the one who waits; the name of the space and the worker's number for a worker
    /// @throws IOException if a worker cannot be started
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "barrier-phases-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var parts = space.longArray("parts", WORKERS);
                var sum = space.longValue("sum", 0);
                var barrier = space.barrier("phases", WORKERS, () -> {
                    long all = 0;
                    for (int i = 0; i < WORKERS; i++) {
                        all += parts.get(i);
                    }
                    sum.set(all);
                    System.out.println("the sum is " + all);
                })) {
            if (arguments.length == 0) {
                List<Process> workers = new ArrayList<>();
                for (int i = 0; i < WORKERS; i++) {
                    workers.add(ChildJvm.start(BarrierPhases.class, spaceName, Integer.toString(i)));
                }
                for (Process worker : workers) {
                    worker.waitFor();
                }
                System.out.println("the last sum is " + sum.get());
                return;
            }
            int me = Integer.parseInt(arguments[1]);
            for (int phase = 0; phase < PHASES; phase++) {
                parts.set(me, sum.get() + me + 1);
                barrier.await();
            }
        } catch (BrokenBarrierException broken) {
            System.out.println("another worker died or gave up: " + broken.getMessage());
        }
    }
}
