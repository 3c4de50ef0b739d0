package io.sluice.pool.submission;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A delayed action that can be cancelled; a cancelled one is not kept until its time.
///
/// - **Memory:** an action that runs out of memory is repeated until it has enough, so it must bear that.
public final class Timer {
    private static final Consumer<Runnable> RUN = Runnable::run;

    private final CompletableFuture<Void> due = new CompletableFuture<>();

    private Timer() {}

    /// Runs an action in a virtual thread after a delay; in a thread of the JDK if there is no memory for one.
    ///
    /// @param nanos delay in nanoseconds
    /// @param action to run
    /// @return cancels the action
    public static Timer after(long nanos, Runnable action) {
        Timer timer = new Timer();
        Runnable untilDone = () -> MustRun.repeat(RUN, action);
        var _ = timer.due.thenRun(() -> MustRun.inAThread(untilDone));
        Thread caller = Thread.currentThread();
        ClassLoader usual = caller.getContextClassLoader();
        // The first timer of a JVM starts a thread of the JDK, which keeps the context class loader of its starter.
        caller.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            var _ = timer.due.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
            return timer;
        } finally {
            caller.setContextClassLoader(usual);
        }
    }

    /// Cancels the action, unless its time has come. Without memory for that, the action runs at its time: it checks
    /// whether it is still to do anything.
    public void cancel() {
        try {
            var _ = due.cancel(false);
        } catch (OutOfMemoryError noMemory) {
            // The caller goes on: what it does has no use for the error.
        }
    }
}
