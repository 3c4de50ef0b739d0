package io.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Runs commands in this JVM, which takes milliseconds: for tests of what they print. A test class has a JVM to itself.
final class Here {
    private Here() {}

    /// Runs a command to its end.
    ///
    /// @param root of spaces
    /// @param arguments of the command line
    /// @return its exit code, and what it printed
    static synchronized Shell.Result run(Path root, String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        String home = System.getProperty("sluice.home");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            System.setProperty("sluice.home", root.toString());
            int code = Main.execute(arguments);
            return new Shell.Result(code, printed.toString(StandardCharsets.UTF_8),
                    complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
            if (home == null) {
                System.clearProperty("sluice.home");
            } else {
                System.setProperty("sluice.home", home);
            }
        }
    }
}
