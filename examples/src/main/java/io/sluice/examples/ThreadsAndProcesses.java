package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.lock.SharedLock;
import java.util.ArrayList;
import java.util.List;

/// Five threads share one process id, five processes have five; one lock serves both, since its owner is a thread of a
/// process.
///
/// ```
/// examples/run ThreadsAndProcesses
/// ```
public final class ThreadsAndProcesses {
    private static final int COUNT = 5;

    private ThreadsAndProcesses() {}

    /// Starts five of each.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var lock = space.lock()) {
            List<Thread> threads = new ArrayList<>();
            List<JavaProcess> processes = new ArrayList<>();
            for (int i = 1; i <= COUNT; i++) {
                String number = " " + i;
                threads.add(Thread.ofPlatform().start(() -> introduce(lock, "thread" + number)));
                processes.add(JavaProcess.start(() -> introduce(lock, "process" + number)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (JavaProcess process : processes) {
                process.join();
            }
        }
    }

    private static void introduce(SharedLock lock, String name) {
        try (var _ = lock.hold()) {
            System.out.println(name + " has pid " + ProcessHandle.current().pid());
        }
    }
}
