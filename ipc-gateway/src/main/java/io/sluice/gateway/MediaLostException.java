package io.sluice.gateway;

import java.io.Serial;

/// The connection to the media driver is gone; a new one may be made.
final class MediaLostException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    MediaLostException(Throwable cause) {
        super(cause == null ? "the client was closed" : cause.getMessage(), cause);
    }
}
