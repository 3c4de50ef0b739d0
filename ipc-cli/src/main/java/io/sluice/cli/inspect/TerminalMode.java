package io.sluice.cli.inspect;

import io.sluice.cli.Terminal;
import io.sluice.shm.linux.WindowSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// The second screen of the terminal, until the close or the end of the JVM. If the terminal is standard input too,
/// each key comes at once and is not shown: `stty` sets that mode; where there is none, keys come with the next newline.
final class TerminalMode implements AutoCloseable {
    /// Opens the second screen of the terminal, and hides the cursor.
    private static final String BEGIN = "\u001b[?1049h\u001b[?25l\u001b[2J";
    /// Goes back to the first screen.
    private static final String END = "\u001b[?25h\u001b[?1049l";

    private static final WindowSize USUAL = new WindowSize(24, 80);
    private static final int LEAST = 4;
    private static final long TIMEOUT_SECONDS = 5;

    /// What `stty` sets again; empty if it sets nothing.
    private final String before;
    private final Thread hook = new Thread(this::restore, "sluice-terminal");

    private TerminalMode(String before) {
        this.before = before;
    }

    /// Begins. Standard output is a terminal.
    ///
    /// @param keys whether standard input is one, too
    /// @return restores the terminal when it is closed
    static TerminalMode begin(boolean keys) {
        TerminalMode mode = new TerminalMode(keys ? stty("-g") : "");
        Runtime.getRuntime().addShutdownHook(mode.hook);
        if (keys) {
            stty("-icanon", "-echo", "min", "1");
        }
        System.out.print(BEGIN);
        return mode;
    }

    /// The size of the terminal that is standard output, now.
    ///
    /// @return 24 rows of 80 columns if it is not known
    static WindowSize size() {
        WindowSize size = WindowSize.of(Terminal.OUT);
        return size == null || size.rows() < LEAST || size.columns() < LEAST ? USUAL : size;
    }

    private void restore() {
        if (!before.isEmpty()) {
            stty(before);
        }
        System.out.print(END);
        System.out.flush();
    }

    private static String stty(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return answer;
        } catch (IOException none) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            return;                      // the hook restores it
        }
        restore();
    }
}
