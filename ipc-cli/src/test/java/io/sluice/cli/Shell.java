package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.files.TestFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Runs the command as a process of its own, as a shell does, with a root of spaces and a folder of files for one test.
/// At the end of the test, running processes are killed and all files are removed.
final class Shell implements AutoCloseable {
    static final long WATCHDOG_SECONDS = 120;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Path root = TestFolders.makeRoot();
    private final Path files;
    private final List<String> jvmOptions;
    private final List<Process> running = new ArrayList<>();

    /// The result of a command.
    record Result(int code, String out, String err) {}

    /// A running command.
    record Run(Process process, Path out, Path err) {
        /// Waits for its end.
        Result await() {
            try {
                assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
                return new Result(process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1),
                        Files.readString(err));
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        /// Kills it with SIGKILL and waits until it is gone.
        void kill() {
            process.destroyForcibly();
            assertThat(await().code()).isEqualTo(137);
        }
    }

    /// @param jvmOptions of every command
    Shell(String... jvmOptions) {
        this.jvmOptions = List.of(jvmOptions);
        try {
            files = Files.createTempDirectory("sluice-test-");
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    Path root() {
        return root;
    }

    Path file(String name) {
        return files.resolve(name);
    }

    Path file(String name, byte[] content) {
        try {
            return Files.write(file(name), content);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Runs a command to its end, without input.
    Result run(String... arguments) {
        return start(arguments).await();
    }

    /// Starts a command without input.
    Run start(String... arguments) {
        return start(Path.of("/dev/null"), arguments);
    }

    /// Starts a command.
    ///
    /// @param input its standard input
    Run start(Path input, String... arguments) {
        return start(ProcessBuilder.Redirect.from(input.toFile()), arguments);
    }

    /// Starts a command whose standard input is written by the test.
    Run startPiped(String... arguments) {
        return start(ProcessBuilder.Redirect.PIPE, arguments);
    }

    private Run start(ProcessBuilder.Redirect input, String... arguments) {
        try {
            Path out = Files.createTempFile(files, "out", "");
            Path err = Files.createTempFile(files, "err", "");
            // A JVM keeps ignoring a signal that was ignored at its start, and so do its children: SIGINT if a script
            // has started the build in the background, SIGHUP under nohup. A user's shell ignores neither.
            List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP,INT"));
            command.addAll(command(arguments));
            command.addAll(command.indexOf("-cp"), jvmOptions);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(input)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("SLUICE_HOME", root.toString());
            Process process = builder.start();
            running.add(process);
            return new Run(process, out, err);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// The command line of a command.
    static List<String> command(String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        line.addAll(List.of(arguments));
        return line;
    }

    /// Waits until a condition holds.
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waited for: " + what).isNegative();
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// The files in the root; none if everything is removed.
    List<Path> left() {
        try (var all = Files.walk(root)) {
            return all.filter(path -> !path.equals(root)).toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public void close() {
        for (Process process : running) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            process.onExit().join();
        }
        var _ = TestFolders.remove(root);
        var _ = TestFolders.remove(files);
    }
}
