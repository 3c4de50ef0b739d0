package io.sluice.pool;

/// Where a pool says what no caller is there to be told: failures of callbacks and of its own.
final class Log {
    private static final System.Logger LOGGER = System.getLogger("io.sluice.pool");

    private Log() {}

    /// Says that something of the pool's own failed. Never throws: handlers of a log are users' code, too.
    static void error(String what, Throwable failure) {
        log(System.Logger.Level.ERROR, what, failure);
    }

    /// Says that something of the user's failed.
    static void warning(String what, Throwable failure) {
        log(System.Logger.Level.WARNING, what, failure);
    }

    /// Says why something that can wait was not done.
    static void debug(String what, Throwable failure) {
        log(System.Logger.Level.DEBUG, what, failure);
    }

    private static void log(System.Logger.Level level, String what, Throwable failure) {
        try {
            LOGGER.log(level, "pool: " + what, failure);
        } catch (RuntimeException | Error unheard) {
            // The work goes on without it.
        }
    }
}
