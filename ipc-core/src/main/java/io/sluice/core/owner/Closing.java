package io.sluice.core.owner;

import io.sluice.core.memory.MemoryFault;

/// The steps of a close. Each step runs, whether or not an earlier one failed.
///
/// The first failure is thrown at the end, and carries the others as suppressed ones.
///
/// - **Threads:** one.
/// - **Truncation:** a step that meets memory whose file was truncated fails with the exception that names the file,
///   see [MemoryFault].
public final class Closing {
    private Throwable first;

    /// Begins a close.
    public Closing() {}

    /// Runs one step.
    ///
    /// @param step what is closed, or a lambda. What is closed itself needs no lambda, for which the JVM would generate
    ///     a class, at the end of every short process
    /// @return this
    public Closing then(AutoCloseable step) {
        try {
            attempt(step);
        } catch (Throwable failure) {
            add(failure);
        }
        return this;
    }

    private static void attempt(AutoCloseable step) throws Exception {
        try {
            step.close();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself
    private void add(Throwable failure) {
        if (first == null) {
            first = failure;
        } else if (first != failure) {
            suppress(failure);
        }
    }

    private void suppress(Throwable failure) {
        try {
            first.addSuppressed(failure);
        } catch (OutOfMemoryError noMemory) {
            // The first failure is thrown all the same, and the next step runs.
        }
    }

    /// Whether every step has succeeded so far.
    ///
    /// @return true if so
    public boolean isClean() {
        return first == null;
    }

    /// Ends the close: throws the first failure, if there was one, of any type.
    public void end() {
        if (first != null) {
            throw Closing.<RuntimeException>unchecked(first);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
        throw (T) failure;
    }
}
