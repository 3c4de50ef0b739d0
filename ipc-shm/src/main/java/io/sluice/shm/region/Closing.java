package io.sluice.shm.region;

/// Steps of a closing, each of which is done whatever became of those before it.
///
/// The first failure is thrown at the end, and carries the others as suppressed ones.
public final class Closing {
    private Throwable first;

    /// Begins a closing.
    public Closing() {}

    /// Does one step.
    ///
    /// @param step what to do
    /// @return this
    @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself
    public Closing then(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            if (first == null) {
                first = failure;
            } else if (first != failure) {
                first.addSuppressed(failure);
            }
        }
        return this;
    }

    /// Whether every step succeeded so far.
    ///
    /// @return whether
    public boolean isClean() {
        return first == null;
    }

    /// Ends the closing.
    ///
    /// @throws RuntimeException the first failure, if it is one
    /// @throws Error the first failure, if it is one
    public void end() {
        switch (first) {
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case null, default -> {}
        }
    }
}
