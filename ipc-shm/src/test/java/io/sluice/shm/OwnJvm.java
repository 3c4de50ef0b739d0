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
        return run(System.getProperty("java.class.path"), main, options, arguments);
    }

    /// Runs a program with a class path of its own; otherwise as above.
    ///
    /// @param classPath what the program needs, and no more
    /// @param main class of the program
    /// @param options of the JVM, beside those that every test has
    /// @param arguments of the program
    /// @return what it printed
    /// @throws IOException if it cannot be started or read
    /// @throws InterruptedException if interrupted meanwhile
    public static String run(String classPath, Class<?> main, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC"));
        line.addAll(options);
        line.addAll(List.of("-cp", classPath, main.getName()));
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
