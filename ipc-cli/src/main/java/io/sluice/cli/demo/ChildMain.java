package io.sluice.cli.demo;

import io.sluice.shm.SharedSpace;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs the work of a demonstration's JVM: it ends with the JVM that started it, and closes the space at every kind of
/// exit that runs shutdown hooks.
final class ChildMain {
    private ChildMain() {}

    /// The work of a child.
    interface Work {
        void run(SharedSpace space) throws InterruptedException;
    }

    static void run(String spaceName, Work work) {
        ProcessHandle.current().parent().ifPresent(parent -> Thread.ofPlatform().daemon().start(() -> {
            parent.onExit().join();
            System.exit(1);
        }));
        AtomicBoolean ending = new AtomicBoolean();
        SharedSpace space = SharedSpace.openTemporary(spaceName);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ending.set(true);
            space.close();
        }));
        try {
            work.run(space);
        } catch (InterruptedException | RuntimeException failure) {
            if (!ending.get()) {         // afterwards, closed handles are expected
                failure.printStackTrace();
                System.exit(1);
            }
        }
    }
}
