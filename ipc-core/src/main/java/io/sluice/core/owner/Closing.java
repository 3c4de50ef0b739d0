package io.sluice.core.owner;

import io.sluice.core.memory.MemoryFault;

/// Steps of a closing, each of which is done whatever became of those before it.
///
/// The first failure is thrown at the end, and carries the others as suppressed ones.
///
/// - **Threads:** one.
/// - **Truncation:** a step that meets memory whose file was truncated fails with the exception that names the file,
///   see [MemoryFault].
public final class Closing {
    private Throwable first;

    /// Begins a closing.
    public Closing() {}

    /// One step.
    public interface Step {
        /// Does it.
        ///
        /// @throws Exception as the step likes
        void run() throws Exception;
    }

    /// Does one step.
    ///
    /// @param step what to do
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

    /// Whether every step succeeded so far.
    ///
    /// @return whether
    public boolean isClean() {
        return first == null;
    }

    /// Ends the closing: throws the first failure, if there was one, whatever it is.
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
