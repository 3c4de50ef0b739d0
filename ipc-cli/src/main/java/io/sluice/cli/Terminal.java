package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tells which standard streams are terminals. `System.console()` answers for two of them together, and not for the
/// third.
public final class Terminal {
    /// Number of standard input.
    public static final int IN = 0;
    /// Number of standard output.
    public static final int OUT = 1;
    /// Number of standard error.
    public static final int ERROR = 2;

    /// Moves to the beginning of the line and erases it.
    public static final String ERASE_LINE = "\r\u001b[K";

    private Terminal() {}

    /// Whether a stream is a terminal.
    ///
    /// @param stream [#IN], [#OUT] or [#ERROR]
    /// @return true for a terminal
    public static boolean is(int stream) {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(stream))).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException noSuchStream) {
            return false;
        }
    }
}
