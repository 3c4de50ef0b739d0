package io.sluice.cli.demo;

import io.sluice.shm.SharedSpace;
import java.util.concurrent.atomic.AtomicBoolean;

/// The frame of the mains of a demonstration's JVMs: they end with the JVM that started them, and leave the space in
/// order however they end.
final class ChildMain {
    private ChildMain() {}

    /// What a child does.
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
            if (!ending.get()) {         // after that, closed handles are what one expects
                failure.printStackTrace();
                System.exit(1);
            }
        }
    }
}
