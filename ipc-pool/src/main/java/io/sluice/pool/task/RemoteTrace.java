package io.sluice.pool.task;

import java.io.Serial;

/// Where a failure happened in another process: stands as the root cause under an exception that travelled, so that
/// whoever prints the one sees the other. It was never thrown and has no stack of its own.
public final class RemoteTrace extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Creates a trace.
    ///
    /// @param text the process, and what the exception printed there
    public RemoteTrace(String text) {
        super(text, null, true, false);
    }
}
