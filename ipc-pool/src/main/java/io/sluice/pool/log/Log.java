package io.sluice.pool.log;

import java.lang.System.Logger.Level;

/// Logs what no caller can receive: failures of callbacks, of the pool itself, of tasks of processes, and refused
/// peers. All names begin with `io.sluice`. Never throws: the handlers of a log are user code.
public final class Log {
    private static final SluiceLogger ALL = new SluiceLogger("io.sluice");
    private static final SluiceLogger POOL = new SluiceLogger("io.sluice.pool");
    private static final SluiceLogger CONNECTION = new SluiceLogger("io.sluice.pool.connection");
    private static final SluiceLogger PROCESS = new SluiceLogger("io.sluice.pool.process");

    private Log() {}

    /// The logger for users.
    ///
    /// @return the logger `io.sluice`
    public static System.Logger forUsers() {
        return ALL;
    }

    /// Logs a failure of the library itself.
    ///
    /// @param what happened, and to which part: a pool, or a manager by its name
    /// @param failure why
    public static void error(String what, Throwable failure) {
        log(POOL, Level.ERROR, what, failure);
    }

    /// Logs a failure of user code.
    ///
    /// @param what happened, and in which part
    /// @param failure why
    public static void warning(String what, Throwable failure) {
        log(POOL, Level.WARNING, what, failure);
    }

    /// Logs why an optional step was not done.
    ///
    /// @param what was not done, and by which part
    /// @param failure why
    public static void debug(String what, Throwable failure) {
        log(POOL, Level.DEBUG, what, failure);
    }

    /// Logs that a listener refused a peer, or could not accept one.
    ///
    /// @param what happened, with the name of the listener and the reason
    public static void refusal(String what) {
        log(CONNECTION, Level.WARNING, what, null);
    }

    /// Logs why a connection was not made in the best way.
    ///
    /// @param what was not done, with the name of the connection
    /// @param failure why
    public static void detail(String what, Throwable failure) {
        log(CONNECTION, Level.DEBUG, what, failure);
    }

    /// Logs a step in the life of this process, but only if standard error shows it: to look up a logger would cost
    /// every child a part of its start.
    ///
    /// @param what happens
    public static void step(String what) {
        if (StandardError.prints(Level.INFO)) {
            log(PROCESS, Level.INFO, what, null);
        }
    }

    /// Prints on standard error that the task of this process has failed, and then logs it.
    ///
    /// @param pid of this process
    /// @param failure what the task threw
    /// @param trace its stack trace, which ends with a line separator
    public static void uncaught(long pid, Throwable failure, String trace) {
        String name = StandardError.process();
        System.err.print(StandardError.prints(Level.ERROR)
                ? "[%s/%s] the task of process %s failed: %s".formatted(Level.ERROR, name, pid, trace)
                : "Exception in process \"%s\" (%s) %s".formatted(name, pid, trace));
        System.err.flush();
        printed(Level.ERROR, "the task of process '%s' (%s) failed".formatted(name, pid), failure);
    }

    /// Reports what happens at the end of this JVM. It is printed in any case: another hook may have closed the
    /// handlers of the log.
    ///
    /// @param what happens
    public static void atEnd(String what) {
        if (StandardError.prints(Level.WARNING)) {
            StandardError.print(Level.WARNING, what, null);
        } else {
            System.err.println("sluice: " + what);
        }
        printed(Level.WARNING, what, null);
    }

    private static void printed(Level level, String what, Throwable failure) {
        try {
            PROCESS.logPrinted(level, what, failure);
        } catch (RuntimeException | Error ofHandler) {
            // It is on standard error.
        }
    }

    private static void log(SluiceLogger logger, Level level, String what, Throwable failure) {
        try {
            logger.log(level, what, failure);
        } catch (RuntimeException | Error ofHandler) {
            // The work goes on without the log.
        }
    }
}
