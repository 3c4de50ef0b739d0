package io.sluice.shm.service;

import io.sluice.core.error.SluiceException;
import java.io.Serial;

/// The server of a call died, or closed the service, before it had answered. Whether it has executed the request is not
/// known. A later call goes to another server, or waits for one.
public final class ServerDiedException extends SluiceException {
    @Serial
    private static final long serialVersionUID = 1L;

    ServerDiedException(String message) {
        super(message);
    }
}
