package io.sluice.bench.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Programs that may be installed: Python for a peer, a C compiler for the floors in C.
public final class External {
    private External() {}

    /// The installed Python.
    ///
    /// @return name and version, or an empty text if there is no `python3`
    public static String python() {
        return run(List.of("python3", "--version"));
    }

    /// The installed C compiler.
    ///
    /// @return first line of its version, or an empty text if there is no `cc`
    public static String compiler() {
        return run(List.of("cc", "--version")).lines().findFirst().orElse("");
    }

    /// Runs a command; its standard error is ours.
    ///
    /// @param line the command and its arguments
    /// @return its standard output, stripped; an empty text if there is no such command or it failed
    public static String run(List<String> line) {
        try {
            Process process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? output.strip() : "";
        } catch (IOException missing) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
