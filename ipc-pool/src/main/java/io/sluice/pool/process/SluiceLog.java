package io.sluice.pool.process;

import io.sluice.pool.log.Log;
import io.sluice.pool.log.StandardError;

/// The log of Sluice, for this process and its children.
///
/// Everything that Sluice logs goes to loggers of the JDK ([System.Logger]) whose names begin with `io.sluice`, and so
/// to the log that the application has chosen: `java.util.logging` by default, or that of its
/// [System.LoggerFinder], as the bridges of SLF4J and Log4j bring one. [#toStderr] prints the messages too:
///
/// ```java
/// SluiceLog.toStderr(Level.INFO);
/// JavaProcess.start(() -> SluiceLog.logger().log(Level.INFO, "hello"));
/// ```
///
/// ```
/// [INFO/Process-1] started by main
/// [INFO/Process-1] hello
/// [INFO/Process-1] its task has returned
/// ```
///
/// - **Names:** `io.sluice.pool` for pools, `io.sluice.pool.process` for processes, `io.sluice.pool.connection` for
///   listeners, and `io.sluice` for messages of users.
/// - **Failures of tasks:** what the task of a [JavaProcess] throws is printed on the standard error of the child with
///   the child's name, whatever the level, and logged there.
/// - **Threads:** any.
/// - **Blocking:** as the log of the application does, and as standard error does.
public final class SluiceLog {
    private SluiceLog() {}

    /// Prints messages of Sluice on standard error, as `[LEVEL/process-name] message`: those of this process, and of
    /// the children and pool workers that it starts from now on. Loggers with other names do not change.
    ///
    /// The messages go to the log of the application too, if it has a [System.LoggerFinder] of its own, or a
    /// configuration of `java.util.logging` in a system property. The JDK's own log, which would print them a second
    /// time, gets none.
    ///
    /// @param level the lowest that is printed; `OFF` prints none, as before the first call. `INFO` shows when children
    ///     begin and end
    public static void toStderr(System.Logger.Level level) {
        StandardError.from(level.getSeverity());
    }

    /// A logger for messages of users, which go where those of Sluice go.
    ///
    /// @return the logger `io.sluice`
    public static System.Logger logger() {
        return Log.forUsers();
    }
}
