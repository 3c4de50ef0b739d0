package io.sluice.pool.log;

/// Logs failures that no caller can receive: those of callbacks, of the pool itself, and of peers that were refused.
/// Never throws: the handlers of a log are user code.
public final class Log {
    private static final System.Logger POOL = System.getLogger("io.sluice.pool");
    private static final System.Logger CONNECTION = System.getLogger("io.sluice.pool.connection");

    private Log() {}

    /// Logs a failure of the pool itself.
    ///
    /// @param what happened
    /// @param failure why
    public static void error(String what, Throwable failure) {
        log(POOL, System.Logger.Level.ERROR, "pool: " + what, failure);
    }

    /// Logs a failure of user code.
    ///
    /// @param what happened
    /// @param failure why
    public static void warning(String what, Throwable failure) {
        log(POOL, System.Logger.Level.WARNING, "pool: " + what, failure);
    }

    /// Logs why an optional step was not done.
    ///
    /// @param what was not done
    /// @param failure why
    public static void debug(String what, Throwable failure) {
        log(POOL, System.Logger.Level.DEBUG, "pool: " + what, failure);
    }

    /// Logs that a listener refused a peer, or could not accept one.
    ///
    /// @param what happened, with the name of the listener and the reason
    public static void refusal(String what) {
        log(CONNECTION, System.Logger.Level.WARNING, what, null);
    }

    private static void log(System.Logger logger, System.Logger.Level level, String what, Throwable failure) {
        try {
            logger.log(level, what, failure);
        } catch (RuntimeException | Error ofHandler) {
            // The work goes on without the log.
        }
    }
}
