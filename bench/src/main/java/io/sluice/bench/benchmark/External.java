package io.sluice.bench.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Programs that a machine may have: our peers and floors in other languages.
public final class External {
    private External() {}

    /// Which Python there is.
    ///
    /// @return name and version, or an empty text if there is no `python3`
    public static String python() {
        return run(List.of("python3", "--version"));
    }

    /// Which C compiler there is.
    ///
    /// @return its first line about itself, or an empty text if there is no `cc`
    public static String compiler() {
        return run(List.of("cc", "--version")).lines().findFirst().orElse("");
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
