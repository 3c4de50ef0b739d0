package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A part of a test that needs a JVM of its own, from its start to its end.
public final class OwnJvm {
    private OwnJvm() {}

    /// Runs a program, and asserts that it exits with 0. It ends with the test, however the test ends.
    ///
    /// @param main class of the program
    /// @param options of the JVM, beside those that every test has
    /// @param arguments of the program
    /// @return what it printed
    /// @throws IOException if it cannot be started or read
    /// @throws InterruptedException if interrupted meanwhile
    public static String run(Class<?> main, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC"));
        line.addAll(options);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(List.of(arguments));
        Process program = new ProcessBuilder(line).redirectErrorStream(true).start();
        try {
            String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(program.waitFor()).as(output).isZero();
            return output;
        } finally {
            program.destroyForcibly();
        }
    }
}
