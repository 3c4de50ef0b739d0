package io.sluice.jmh.crossprocess;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Python, if there is one: our peer where it has what we have.
public final class Python3 {
    private Python3() {}

    /// Which Python there is.
    ///
    /// @return name and version, or an empty text if there is no `python3`
    public static String version() {
        return run(List.of("python3", "--version"));
    }

    /// Runs a command; its standard error goes where ours does.
    ///
    /// @param line the command and its arguments
    /// @return its standard output, stripped; an empty text if there is no such command, or it failed
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
