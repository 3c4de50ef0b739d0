package io.sluice.cli.inspect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// The terminal in a mode in which each key comes at once and is not shown, until the close or the end of the JVM.
/// `stty` sets it; where there is none, keys come with the next newline.
final class TerminalMode implements AutoCloseable {
    /// Opens the second screen of the terminal, and hides the cursor.
    static final String BEGIN = "\u001b[?1049h\u001b[?25l\u001b[2J";
    /// Goes back to the first screen.
    static final String END = "\u001b[?25h\u001b[?1049l";

    private static final int USUAL_ROWS = 24;
    private static final int USUAL_COLUMNS = 80;
    private static final int LEAST = 4;
    private static final long TIMEOUT_SECONDS = 5;

    private final String before;
    private final Thread hook;

    private TerminalMode(String before) {
        this.before = before;
        this.hook = new Thread(() -> {
            stty(before);
            System.out.print(END);
            System.out.flush();
        }, "sluice-terminal");
    }

    /// Sets the mode.
    ///
    /// @return restores the terminal when it is closed
    static TerminalMode keys() {
        TerminalMode mode = new TerminalMode(stty("-g"));
        Runtime.getRuntime().addShutdownHook(mode.hook);
        stty("-icanon", "-echo", "min", "1");
        return mode;
    }

    /// The size of the terminal now.
    ///
    /// @return rows and columns; 24 and 80 if it is not known
    static int[] size() {
        String text = stty("size");
        int blank = text.indexOf(' ');
        try {
            int rows = blank < 0 ? 0 : Integer.parseInt(text.substring(0, blank));
            int columns = blank < 0 ? 0 : Integer.parseInt(text.substring(blank + 1));
            return rows < LEAST || columns < LEAST ? new int[] {USUAL_ROWS, USUAL_COLUMNS} : new int[] {rows, columns};
        } catch (NumberFormatException unknown) {
            return new int[] {USUAL_ROWS, USUAL_COLUMNS};
        }
    }

    private static String stty(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        if (arguments.length == 1 && arguments[0].isEmpty()) {
            return "";
        }
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
        stty(before);
    }
}
