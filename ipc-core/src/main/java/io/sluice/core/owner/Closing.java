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

    /// One step of a close.
    public interface Step {
        /// Runs the step.
        ///
        /// @throws Exception any
        void run() throws Exception;
    }

    /// Runs one step.
    ///
    /// @param step to run
    /// @return this
    public Closing then(Step step) {
        try {
            attempt(step);
        } catch (Throwable failure) {
            add(failure);
        }
        return this;
    }

    private static void attempt(Step step) throws Exception {
        try {
            step.run();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself
    private void add(Throwable failure) {
        if (first == null) {
            first = failure;
        } else if (first != failure) {
            first.addSuppressed(failure);
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
