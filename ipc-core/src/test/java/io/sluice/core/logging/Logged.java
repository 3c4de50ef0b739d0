package io.sluice.pool;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Captures the log of the pools of this JVM, and keeps it from the console.
final class Logged extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.sluice.pool");
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    Logged() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    /// The logged exceptions.
    List<Throwable> failures() {
        return failures;
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getThrown() != null) {
            failures.add(record.getThrown());
        }
    }

    @Override
    public void flush() {
        // Nothing is buffered.
    }

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
