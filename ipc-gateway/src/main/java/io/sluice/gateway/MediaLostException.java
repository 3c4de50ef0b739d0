package io.sluice.gateway;

import io.aeron.Publication;
import java.io.Serial;

/// The connection to the media driver is gone; a new one may be made.
final class MediaLostException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Checks what a publication has answered to an offer, or as its window.
    ///
    /// @throws MediaLostException if nothing can be offered to it any more
    static void check(long result) {
        if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
            throw new MediaLostException(new IllegalStateException(Publication.errorString(result)));
        }
    }

    MediaLostException(Throwable cause) {
        super(cause == null ? "the client was closed" : cause.getMessage(), cause);
    }
}
