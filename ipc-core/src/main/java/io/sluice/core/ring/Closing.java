package io.sluice.core.ring;

/// Several steps of a close, each of which is made whatever becomes of the others.
final class Closing {
    private Throwable first;

    void run(Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            add(failure);
        }
    }

    void close(AutoCloseable handle) {
        try {
            handle.close();
        } catch (Throwable failure) {
            add(failure);
        }
    }

    @SuppressWarnings("ReferenceEquality")   // a throwable cannot suppress itself
    private void add(Throwable failure) {
        if (first == null) {
            first = failure;
        } else if (first != failure) {
            first.addSuppressed(failure);
        }
    }

    /// Throws what failed first, with what failed later suppressed.
    void throwFirst() {
        if (first != null) {
            throw rethrow(first);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException rethrow(Throwable failure) throws T {
        throw (T) failure;       // the steps declare nothing that is checked
    }
}
