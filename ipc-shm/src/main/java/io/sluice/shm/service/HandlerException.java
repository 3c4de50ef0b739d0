package io.sluice.shm.service;

import io.sluice.core.error.RemoteTrace;
import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// The handler of a call threw an exception, its request did not decode, or its answer did not encode. What was thrown
/// does not travel as an object: no received bytes choose a class. Its class, message and trace travel as texts; the
/// trace is printed with that of this exception.
public final class HandlerException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String remoteClass;
    private final String remoteMessage;
    private final String remoteTrace;

    HandlerException(String service, Failure failure) {
        super("service '%s': %s".formatted(service, failure.message() == null
                ? failure.type() : failure.type() + ": " + failure.message()), new RemoteTrace(failure.trace()));
        this.remoteClass = failure.type();
        this.remoteMessage = failure.message();
        this.remoteTrace = failure.trace();
    }

    /// The class of what was thrown.
    ///
    /// @return name of the class
    public String remoteClass() {
        return remoteClass;
    }

    /// The message of what was thrown.
    ///
    /// @return the message; may be `null`
    public String remoteMessage() {
        return remoteMessage;
    }

    /// Where it was thrown.
    ///
    /// @return the trace that it printed in the process of the server, with its causes; cut if there was no memory
    ///     for it
    public String remoteTrace() {
        return remoteTrace;
    }
}
