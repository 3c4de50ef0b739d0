package io.sluice.shm.queue;

import java.io.Serial;

/// A lease of a task queue ran out before it was acknowledged: the element was offered again, and may be processed
/// twice. See [SharedTaskQueue#leaseTimeout].
public final class LeaseExpiredException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1L;

    LeaseExpiredException(String message) {
        super(message);
    }
}
