package io.sluice.examples;

import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;

/// Several processes count in shared memory: with two steps, which loses some; with one; and with two under the lock.
///
/// ```
/// sluice-examples io.sluice.examples.SharedCounter            starts its counting processes by itself
/// ```
public final class SharedCounter {
    private static final int PROCESSES = 4;
    private static final int TIMES = 50_000;

    private SharedCounter() {}

    /// Runs the one who looks at the results, or one who counts.
    ///
    /// @param arguments nothing for the one who looks, the name of the space for one who counts
    /// @throws IOException if another process cannot be started
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "shared-counter-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var twoSteps = space.longValue("two-steps", 0);
                var oneStep = space.longValue("one-step", 0);
                var locked = space.longValue("locked", 0);
                var start = space.barrier("start", PROCESSES)) {
            if (arguments.length == 0) {
                List<Process> all = new ArrayList<>();
                for (int i = 0; i < PROCESSES; i++) {
                    all.add(ChildJvm.start(SharedCounter.class, spaceName));
                }
                for (Process one : all) {
                    one.waitFor();
                }
                System.out.println("of " + PROCESSES * TIMES + ": get then set " + twoSteps.get()
                        + ", getAndAdd " + oneStep.get() + ", under the lock " + locked.get());
                return;
            }
            start.await();                               // all at once
            for (int i = 0; i < TIMES; i++) {
                twoSteps.set(twoSteps.get() + 1);        // what others add in between is lost
                oneStep.getAndAdd(1);
                locked.lock().lock();
                try {
                    locked.set(locked.get() + 1);
                } finally {
                    locked.lock().unlock();
                }
            }
        } catch (BrokenBarrierException broken) {
            System.out.println("another process died: " + broken.getMessage());
        }
    }
}
