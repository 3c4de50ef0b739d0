package io.sluice.core.logging;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Captures what a logger of this JVM gets, and keeps it from the console.
public final class Logged extends Handler implements AutoCloseable {
    private final Logger logger;                 // a strong reference: one that is collected loses its handlers
    private final Level before;
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    /// Captures what the logger passes on at its present level.
    ///
    /// @param logger its name
    public Logged(String logger) {
        this.logger = Logger.getLogger(logger);
        this.before = this.logger.getLevel();
        this.logger.setUseParentHandlers(false);
        this.logger.addHandler(this);
    }

    /// Captures everything.
    ///
    /// @param logger its name
    /// @return the capture; its close restores the level
    public static Logged all(String logger) {
        Logged logged = new Logged(logger);
        logged.logger.setLevel(Level.ALL);
        return logged;
    }

    /// The messages so far, in order; the list grows.
    public List<String> messages() {
        return messages;
    }

    /// The logged exceptions so far, in order; the list grows.
    public List<Throwable> failures() {
        return failures;
    }

    @Override
    public void publish(LogRecord entry) {
        messages.add(entry.getMessage());
        if (entry.getThrown() != null) {
            failures.add(entry.getThrown());
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
        logger.setLevel(before);
    }
}
