package io.sluice.examples;

import io.sluice.pool.ProcessPool;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.SluiceLog;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutionException;

/// A log on standard error, to which a parent, its children and the workers of a pool write, each with its name.
///
/// ```
/// examples/run LogToStderr
/// ```
public final class LogToStderr {
    private LogToStderr() {}

    /// Logs here, in a child, in a child that fails, and in a worker.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    /// @throws ExecutionException if the task of the pool fails
    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        SluiceLog.toStderr(Level.INFO);          // children inherit it
        log("the kitchen opens");
        JavaProcess.builder(() -> log("baking")).name("baker").start().join();
        JavaProcess.builder(() -> {
            throw new IllegalStateException("no more flour");
        }).name("unlucky").start().join();       // the log of Sluice says what has happened
        try (var pool = ProcessPool.builder().name("waiters").workers(1).build()) {
            int buns = pool.apply(() -> {
                log("serving");
                return 3;
            });
            log("served " + buns);
        }
        // What an application logs by its own loggers goes where it always goes.
    }

    private static void log(String message) {
        SluiceLog.logger().log(Level.INFO, message);
    }
}
