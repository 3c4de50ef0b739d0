package io.sluice.pool;

/// Logs failures that no caller can receive: those of callbacks, and of the pool itself.
final class Log {
    private static final System.Logger LOGGER = System.getLogger("io.sluice.pool");

    private Log() {}

    /// Logs a failure of the pool itself. Never throws: the handlers of a log are user code.
    static void error(String what, Throwable failure) {
        log(System.Logger.Level.ERROR, what, failure);
    }

    /// Logs a failure of user code.
    static void warning(String what, Throwable failure) {
        log(System.Logger.Level.WARNING, what, failure);
    }

    /// Logs why an optional step was not done.
    static void debug(String what, Throwable failure) {
        log(System.Logger.Level.DEBUG, what, failure);
    }

    private static void log(System.Logger.Level level, String what, Throwable failure) {
        try {
            LOGGER.log(level, "pool: " + what, failure);
        } catch (RuntimeException | Error ofHandler) {
            // The work goes on without the log.
        }
    }
}
