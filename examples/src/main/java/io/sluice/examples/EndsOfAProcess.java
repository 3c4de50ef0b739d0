package io.sluice.examples;

import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import java.lang.ProcessBuilder.Redirect;

/// The life of a process, and the ways in which it can end. They are distinguished exactly: an exit code of 143 is not
/// SIGTERM.
///
/// ```
/// examples/run EndsOfAProcess
/// ```
public final class EndsOfAProcess {
    private static final int AS_IF_TERMINATED = 128 + 15;

    private EndsOfAProcess() {}

    /// Watches a sleeper that is terminated, and three others that end by themselves.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var asleep = space.event()) {
            JavaProcess sleeper = JavaProcess.builder(() -> sleep(asleep)).name("sleeper").build();
            System.out.println(sleeper.name() + ": " + sleeper.state() + ", alive: " + sleeper.isAlive());
            sleeper.start();
            asleep.await();              // so that SIGTERM meets the task, not the start of its JVM
            System.out.println(sleeper.name() + ": " + sleeper.state() + ", alive: " + sleeper.isAlive());
            sleeper.terminate();
            Exit exit = sleeper.join();
            System.out.println(sleeper.name() + ": " + sleeper.state() + ", alive: " + sleeper.isAlive());
            System.out.println(describe(exit));
        }

        System.out.println(describe(run(() -> {})));
        System.out.println(describe(run(() -> System.exit(AS_IF_TERMINATED))));
        System.out.println(describe(run(() -> {
            throw new IllegalStateException("no more flour");
        })));
    }

    private static void sleep(SharedEvent asleep) throws InterruptedException {
        asleep.set();
        Thread.sleep(Long.MAX_VALUE);
    }

    private static Exit run(Action task) throws InterruptedException {
        // The exception of a task is also printed on its standard error, which is not shown here.
        return JavaProcess.builder(task).stderr(Redirect.DISCARD).start().join();
    }

    private static String describe(Exit exit) {
        return switch (exit) {
            case Exit.Returned(int code) -> "returned " + code;
            case Exit.Killed killed -> "killed by signal " + killed.signal() + ", which is " + killed.name();
            case Exit.Failed(String type, String message, String _) -> "failed with " + type + ": " + message;
        };
    }
}
