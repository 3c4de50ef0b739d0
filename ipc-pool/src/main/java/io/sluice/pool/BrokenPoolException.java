package io.sluice.pool;

import java.util.concurrent.RejectedExecutionException;

/// The pool cannot have workers: its initializer failed, which is the cause then, or its workers die before they are
/// ready. All its futures fail with this exception, and it refuses new tasks.
public final class BrokenPoolException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    BrokenPoolException(String message, Throwable cause) {
        super(message, cause);
    }
}
