package io.sluice.core.memory;

import java.util.Objects;

/// The exception for mapped memory that is gone: a truncated file has no pages behind its new end, and the JVM reports
/// an access there with an `InternalError` that names no file.
///
/// The module that maps files names the file. Each operation asks for the name at its outer boundary and not around
/// single accesses: the interpreter throws at the access, compiled code at the next safepoint poll after it, which is
/// often further out. If the first poll is the one at which the operation returns, the error appears in its caller,
/// unnamed. Measured with JDK 25, 20 times each for 35 operations: the interpreter named the object every time. C1 and
/// C2 named it every time for each operation of several accesses (queues, rings, pipes, locks, semaphores, values),
/// except C1's `tryClaim` of a single producer and C2's `commit` of a claim. For a get or a set of one word, a
/// snapshot, or a copy of a whole array, C2's error appeared in the caller in 0 to 20 of 20 tries, depending on what
/// was compiled together.
public final class MemoryFault {
    /// HotSpot's text for it, since JDK 9.
    private static final String TEXT = "unsafe memory access";

    /// Null if no module maps files.
    private static volatile Explainer explainer;

    /// Finds the file behind mapped memory.
    public interface Explainer {
        /// Looks for a truncated file.
        ///
        /// - **Threads:** any. Touches no mapped memory.
        ///
        /// @param fault thrown by the JVM
        /// @return the exception that names the file, with the fault as its cause; null if no file was truncated
        RuntimeException explain(InternalError fault);
    }

    private MemoryFault() {}

    /// Sets the one explainer of this process.
    ///
    /// @param next the explainer from now on
    public static void explainWith(Explainer next) {
        explainer = Objects.requireNonNull(next, "next");
    }

    /// The exception to throw instead of an error of the JVM.
    ///
    /// - **Blocking:** for one system call per mapped file.
    ///
    /// @param fault the caught error
    /// @return the exception that names the truncated file
    /// @throws InternalError the fault, if it is something else
    public static RuntimeException named(InternalError fault) {
        takePending();
        Explainer known = explainer;
        RuntimeException named = known != null && isFault(fault) ? known.explain(fault) : null;
        if (named == null) {
            throw fault;
        }
        return named;
    }

    /// Takes a second error that is pending: code between the fault and here, such as a `finally`, may have touched
    /// lost pages again. The JVM keeps one such error and throws it at the next poll, which is here instead of in later
    /// code.
    @SuppressWarnings("ThreadPriorityCheck")     // a native call that ends with a poll
    private static void takePending() {
        try {
            Thread.yield();
        } catch (InternalError pending) {
            // One of the same kind, since a yield throws none of its own.
        }
    }

    /// The same for a failure of any kind, at the outer boundary of an operation. Any other failure is thrown on.
    ///
    /// @param failure the caught failure
    /// @return as for an error
    public static RuntimeException named(Throwable failure) {
        if (failure instanceof InternalError fault) {
            return named(fault);
        }
        if (failure.getCause() instanceof InternalError) {
            takePending();               // an inner boundary has named it
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
