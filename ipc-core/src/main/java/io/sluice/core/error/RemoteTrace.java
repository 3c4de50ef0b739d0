package io.sluice.core.error;

import java.io.Serial;

/// Where a failure happened in another process. It is the root cause of an exception that travelled, so a printed trace
/// shows both. It was never thrown and has no stack of its own.
public final class RemoteTrace extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Creates a trace.
    ///
    /// @param text the process, and the trace that the exception printed there
    public RemoteTrace(String text) {
        super(text, null, true, false);
    }
}
