package io.sluice.pool.submission;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Steps that must run although memory is short: no later event makes up for them.
///
/// - **Allocation:** none beside that of the step. A lambda is an object as well, and its first evaluation makes the
///   JVM generate a class. So a step is a constant of its class, and its arguments are there before.
public final class MustRun {
    private static final long RETRY_NANOS = 1_000_000;

    private MustRun() {}

    /// Runs a step. Without memory for it, waits and runs it again.
    ///
    /// @param step that may be repeated: what it has done is not done again, or without an effect
    /// @param on its argument
    /// @param <A> type of the argument
    public static <A> void repeat(Consumer<? super A> step, A on) {
        for (;;) {
            try {
                step.accept(on);
                return;
            } catch (OutOfMemoryError noMemory) {
                pause();
            }
        }
    }

    /// As [#repeat(Consumer, Object)], for a step of two arguments.
    ///
    /// @param step that may be repeated
    /// @param first argument
    /// @param second argument
    /// @param <A> type of the first argument
    /// @param <B> type of the second argument
    public static <A, B> void repeat(BiConsumer<? super A, ? super B> step, A first, B second) {
        for (;;) {
            try {
                step.accept(first, second);
                return;
            } catch (OutOfMemoryError noMemory) {
                pause();
            }
        }
    }

    /// Waits a little for memory, before a step is repeated. A virtual thread yields meanwhile: its park with a
    /// time-out needs memory for a timer, and without that the JDK never wakes it.
    @SuppressWarnings("ThreadPriorityCheck") // the yield is a courtesy, and no order depends on it
    public static void pause() {
        if (!Thread.currentThread().isVirtual()) {
            LockSupport.parkNanos(RETRY_NANOS);
            return;
        }
        long start = System.nanoTime();
        while (System.nanoTime() - start < RETRY_NANOS) {
            try {
                Thread.yield();
            } catch (OutOfMemoryError noMemoryForTheStack) {
                Thread.onSpinWait();
            }
        }
    }

    /// Runs an action in a virtual thread; in the calling one if there is no memory for a thread.
    ///
    /// @param action to run
    public static void inAThread(Runnable action) {
        try {
            Thread.ofVirtual().start(action);
        } catch (OutOfMemoryError noThread) {
            action.run();
        }
    }
}
