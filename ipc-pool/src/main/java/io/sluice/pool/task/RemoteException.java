package io.sluice.pool.task;

import java.io.Serial;

/// Stands for an exception of another process that did not travel: it holds something that is not serializable, or its
/// class is not here. What it said did travel. The suppressed exception, if there is one, says why it stayed.
public final class RemoteException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String remoteClass;
    private final String remoteMessage;
    private final String remoteTrace;

    /// Creates an exception with the trace as its cause.
    ///
    /// @param remoteClass name of the class of the exception
    /// @param remoteMessage what it said; may be `null`
    /// @param remoteTrace the process, and what the exception printed there
    public RemoteException(String remoteClass, String remoteMessage, String remoteTrace) {
        super(remoteMessage == null ? remoteClass : remoteClass + ": " + remoteMessage, new RemoteTrace(remoteTrace));
        this.remoteClass = remoteClass;
        this.remoteMessage = remoteMessage;
        this.remoteTrace = remoteTrace;
    }

    /// Which exception it was.
    ///
    /// @return name of its class
    public String remoteClass() {
        return remoteClass;
    }

    /// What it said.
    ///
    /// @return its message; may be `null`
    public String remoteMessage() {
        return remoteMessage;
    }

    /// Where it happened.
    ///
    /// @return the process, and the whole of what the exception printed there, causes included
    public String remoteTrace() {
        return remoteTrace;
    }
}
