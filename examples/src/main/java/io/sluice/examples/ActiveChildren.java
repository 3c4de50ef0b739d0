package io.sluice.examples;

import io.sluice.pool.process.Cpus;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import java.util.ArrayList;
import java.util.List;

/// Five processes sleep, each longer than the one before; their parent lists the live ones.
///
/// ```
/// examples/run ActiveChildren
/// ```
public final class ActiveChildren {
    private static final int SLEEPERS = 5;
    private static final int STEP_MILLIS = 50;

    private ActiveChildren() {}

    /// Starts the sleepers, and lists the live ones before and after.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("cores: " + Cpus.count());
        try (var space = SharedSpace.openTemporary();
                var night = space.event()) {
            List<JavaProcess> sleepers = new ArrayList<>();
            for (int i = 0; i < SLEEPERS; i++) {
                int millis = i * STEP_MILLIS;
                sleepers.add(JavaProcess.builder(() -> sleep(night, millis)).name("sleeper " + i).start());
            }
            System.out.println("active: " + names(JavaProcess.children()));
            night.set();
            for (JavaProcess sleeper : sleepers) {
                System.out.println(sleeper.name() + " " + sleeper.join());
            }
            System.out.println("active: " + names(JavaProcess.children()));
        }
    }

    private static void sleep(SharedEvent night, int millis) throws InterruptedException {
        night.await();
        Thread.sleep(millis);
    }

    private static List<String> names(List<JavaProcess> processes) {
        return processes.stream().map(JavaProcess::name).toList();
    }
}
