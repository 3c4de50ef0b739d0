package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.value.SharedLong;
import java.util.ArrayList;
import java.util.List;

/// Several processes count in shared memory: in two steps, which loses counts; in one; and in two under the lock.
///
/// ```
/// examples/run SharedCounter
/// ```
public final class SharedCounter {
    private static final int PROCESSES = 4;
    private static final int TIMES = 50_000;

    private SharedCounter() {}

    /// Runs the counting processes, and prints the results.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var twoSteps = space.longValue(0);
                var oneStep = space.longValue(0);
                var locked = space.longValue(0);
                var start = space.barrier(PROCESSES)) {
            List<JavaProcess> all = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                all.add(JavaProcess.start(() -> {
                    start.await();                       // all at once
                    count(twoSteps, oneStep, locked);
                }));
            }
            for (JavaProcess one : all) {
                one.join();
            }
            System.out.println("of " + PROCESSES * TIMES + ": get then set " + twoSteps.get()
                    + ", getAndAdd " + oneStep.get() + ", under the lock " + locked.get());
        }
    }

    private static void count(SharedLong twoSteps, SharedLong oneStep, SharedLong locked) {
        for (int i = 0; i < TIMES; i++) {
            twoSteps.set(twoSteps.get() + 1);            // counts of others in between are lost
            oneStep.getAndAdd(1);
            try (var _ = locked.lock().hold()) {
                locked.set(locked.get() + 1);
            }
        }
    }
}
