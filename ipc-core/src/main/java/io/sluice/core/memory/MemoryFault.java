package io.sluice.core.memory;

import java.util.Objects;

/// What is thrown where mapped memory is gone: a file that is truncated has no pages behind its new end, and the JVM
/// says so with an `InternalError` that names nothing.
///
/// The module that maps files names the file. Each operation asks for that at its outer boundary and not around single
/// accesses: the interpreter throws at the access, compiled code at the next safepoint poll after it, which is often
/// further out. If the first poll is the one at which the operation returns, the error comes in its caller, as what it
/// is. Tried with JDK 25, 20 times each for 35 operations: the interpreter named the object every time. C1 and C2 named
/// it every time for each operation of several accesses (queues, rings, pipes, locks, semaphores, values), but for C1's
/// `tryClaim` of an only producer and C2's `commit` of a claim. For a single word that was get or set, a look, or a
/// copy of a whole array, C2's error came in the caller in 0 to 20 of 20 tries, depending on what was compiled with
/// what.
public final class MemoryFault {
    /// What HotSpot calls it, since JDK 9.
    private static final String TEXT = "unsafe memory access";

    private static volatile Explainer explainer = fault -> null;

    /// Knows which memory is mapped from which file.
    public interface Explainer {
        /// Looks for the file that was truncated.
        ///
        /// - **Threads:** any. Touches no mapped memory.
        ///
        /// @param fault what the JVM threw
        /// @return the exception that names the file, with the fault as its cause; null if no file was truncated
        RuntimeException explain(InternalError fault);
    }

    private MemoryFault() {}

    /// Sets the one explainer of this process.
    ///
    /// @param knowing asked from now on
    public static void explainWith(Explainer knowing) {
        explainer = Objects.requireNonNull(knowing, "knowing");
    }

    /// Tells what to throw instead of an error of the JVM.
    ///
    /// - **Blocking:** for a system call for each mapped file.
    ///
    /// @param fault what was caught
    /// @return the exception that names the file that was truncated
    /// @throws InternalError the fault, if it is something else
    public static RuntimeException named(InternalError fault) {
        takePending();
        RuntimeException named = isFault(fault) ? explainer.explain(fault) : null;
        if (named == null) {
            throw fault;
        }
        return named;
    }

    /// What ran between the fault and here, a `finally` for instance, may have met lost pages again. The JVM keeps one
    /// error of them, and throws it at the next poll, which is here instead of in any code that follows.
    @SuppressWarnings("ThreadPriorityCheck")     // a native call that ends with a poll
    private static void takePending() {
        try {
            Thread.yield();
        } catch (InternalError pending) {
            // One of the same kind, since a yield throws none of its own.
        }
    }

    /// The same for a failure of any kind, at the outer boundary of an operation. What is something else is thrown on.
    ///
    /// @param failure what was caught
    /// @return as for an error
    public static RuntimeException named(Throwable failure) {
        if (failure instanceof InternalError fault) {
            return named(fault);
        }
        if (failure.getCause() instanceof InternalError) {
            takePending();               // named further in
        }
        throw MemoryFault.<RuntimeException>unchecked(failure);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
        throw (T) failure;
    }

    private static boolean isFault(InternalError error) {
        return error.getMessage() != null && error.getMessage().contains(TEXT);
    }
}
