package io.sluice.pool.task;

import io.sluice.core.error.RemoteTrace;
import java.io.Serial;

/// Stands for an exception of another process that did not travel: it holds an object that is not serializable, or its
/// class does not exist here. Its texts did travel. The suppressed exception, if there is one, tells why it did not.
public final class RemoteException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String remoteClass;
    private final String remoteMessage;
    private final String remoteTrace;

    /// Creates an exception with the trace as its cause.
    ///
    /// @param remoteClass name of the class of the exception
    /// @param remoteMessage its message; may be `null`
    /// @param remoteTrace the process, and the trace that the exception printed there
    public RemoteException(String remoteClass, String remoteMessage, String remoteTrace) {
        super(remoteMessage == null ? remoteClass : remoteClass + ": " + remoteMessage, new RemoteTrace(remoteTrace));
        this.remoteClass = remoteClass;
        this.remoteMessage = remoteMessage;
        this.remoteTrace = remoteTrace;
    }

    /// The class of the exception.
    ///
    /// @return name of the class
    public String remoteClass() {
        return remoteClass;
    }

    /// The message of the exception.
    ///
    /// @return the message; may be `null`
    public String remoteMessage() {
        return remoteMessage;
    }

    /// Where it happened.
    ///
    /// @return the process, and the full trace that the exception printed there, with its causes
    public String remoteTrace() {
        return remoteTrace;
    }
}
