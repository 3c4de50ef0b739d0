package io.sluice.bench.exact;

import java.io.Serial;

/// The kernel, or the policy of a container, refuses a call that counting system calls needs.
final class RefusedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
