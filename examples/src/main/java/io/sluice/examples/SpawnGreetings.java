package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessContext;
import io.sluice.pool.process.ProcessInfo;
import io.sluice.pool.process.StartMethod;
import java.util.concurrent.ThreadLocalRandom;

/// Two processes greet after a random pause. A context says how they are started; nothing global is changed.
///
/// ```
/// examples/run SpawnGreetings
/// ```
public final class SpawnGreetings {
    private static final int LONGEST_PAUSE_MILLIS = 100;

    private SpawnGreetings() {}

    /// Starts two greeting processes, and asks for the start method that a JVM cannot have.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var context = ProcessContext.spawn()) {
            JavaProcess ada = context.builder(SpawnGreetings::greet).name("Ada").start();
            JavaProcess bob = context.builder(SpawnGreetings::greet).name("Bob").start();
            System.out.println("Ada " + ada.join());
            System.out.println("Bob " + bob.join());
        }
        try (var fork = ProcessContext.of(StartMethod.FORK)) {
            System.out.println(fork);
        } catch (UnsupportedOperationException refused) {    // Python copies locks held by threads, and may hang
            System.out.println(refused.getMessage());
        }
    }

    private static void greet() throws InterruptedException {
        Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MILLIS));
        ProcessInfo me = JavaProcess.current();
        ProcessInfo parent = JavaProcess.parent().orElseThrow();
        System.out.println("hello from " + me.name() + ", process " + me.pid() + ", child of " + parent.pid());
    }
}
