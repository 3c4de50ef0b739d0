package io.sluice.pool.log;

import java.io.PrintWriter;
import java.io.StringWriter;

/// Prints messages on standard error, as `[LEVEL/process-name] message`, from a level on. Small, since every child
/// loads it at its start: it knows levels by their severities, and logs nothing by itself.
///
/// - **Threads:** any; a message is printed by one call.
public final class StandardError {
    /// Prints nothing.
    public static final int OFF = Integer.MAX_VALUE;

    private static volatile int threshold = OFF;
    private static volatile String process = "main";

    private StandardError() {}

    /// Sets the lowest severity that is printed, see [java.lang.System.Logger.Level#getSeverity()].
    ///
    /// @param severity or [#OFF]
    public static void from(int severity) {
        threshold = severity;
    }

    /// The lowest severity that is printed.
    ///
    /// @return the severity, or [#OFF]
    public static int threshold() {
        return threshold;
    }

    /// Sets the name of this process.
    ///
    /// @param name for people
    public static void process(String name) {
        process = name;
    }

    static String process() {
        return process;
    }

    /// Whether messages of a level are printed.
    ///
    /// @param level of the message
    /// @return whether
    public static boolean prints(System.Logger.Level level) {
        return level.getSeverity() >= threshold && level != System.Logger.Level.OFF;
    }

    /// Prints a message, whatever its level.
    ///
    /// @param failure with its trace; or null
    static void print(System.Logger.Level level, String message, Throwable failure) {
        StringWriter text = new StringWriter();
        try (PrintWriter out = new PrintWriter(text)) {
            out.println("[" + level.getName() + "/" + process + "] " + message);
            if (failure != null) {
                failure.printStackTrace(out);
            }
        }
        System.err.print(text);
        System.err.flush();
    }
}
