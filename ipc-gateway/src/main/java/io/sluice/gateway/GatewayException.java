package io.sluice.gateway;

import java.io.Serial;

/// The gateway cannot begin, or cannot go on; the message is one line for its user.
final class GatewayException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    GatewayException(String message) {
        super(message);
    }

    GatewayException(String message, Throwable cause) {
        super(message, cause);
    }
}
