package io.sluice.pool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Actions that come later, unless they are not needed any more: of one that is cancelled, nothing is kept until its
/// time.
final class Timers {
    private static final Executor VIRTUAL = action -> Thread.ofVirtual().start(action);

    private Timers() {}

    /// Runs an action in a virtual thread, after a time.
    ///
    /// @param nanos in nanoseconds
    /// @return to cancel it
    static Future<?> after(long nanos, Runnable action) {
        CompletableFuture<Void> timer = new CompletableFuture<>();
        var _ = timer.thenRunAsync(action, VIRTUAL);
        Thread caller = Thread.currentThread();
        ClassLoader usual = caller.getContextClassLoader();
        // The first timer of a JVM starts a thread of the JDK, which lives on with the context class loader of its
        // starter.
        caller.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            return timer.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
        } finally {
            caller.setContextClassLoader(usual);
        }
    }
}
