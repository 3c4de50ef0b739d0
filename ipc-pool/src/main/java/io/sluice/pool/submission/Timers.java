package io.sluice.pool.submission;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Delayed actions that can be cancelled; a cancelled one is not kept until its time.
public final class Timers {
    private static final Executor VIRTUAL = action -> Thread.ofVirtual().start(action);

    private Timers() {}

    /// Runs an action in a virtual thread after a delay.
    ///
    /// @param nanos delay in nanoseconds
    /// @param action to run
    /// @return cancels the action
    public static Future<?> after(long nanos, Runnable action) {
        CompletableFuture<Void> timer = new CompletableFuture<>();
        var _ = timer.thenRunAsync(action, VIRTUAL);
        Thread caller = Thread.currentThread();
        ClassLoader usual = caller.getContextClassLoader();
        // The first timer of a JVM starts a thread of the JDK, which keeps the context class loader of its starter.
        caller.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            return timer.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
        } finally {
            caller.setContextClassLoader(usual);
        }
    }
}
