package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Another JVM that does in spaces what a test tells it, one line at a time.
final class Child {
    private static final long WATCHDOG_SECONDS = 60;

    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    Child(Path root, List<String> options) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path")));
        line.addAll(options);
        line.addAll(List.of(ChildMain.class.getName(), root.toString()));
        try {
            process = new ProcessBuilder(line).redirectErrorStream(true).start();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /// Gives a command, and waits until it has been carried out.
    ///
    /// @return what it answered
    String ask(String command) {
        tell(command);
        return answer();
    }

    /// Gives a command without waiting.
    void tell(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException gone) {
            throw new UncheckedIOException("child %d is gone".formatted(pid()), gone);
        }
    }

    /// Waits for the answer to the oldest command that has none.
    String answer() {
        Thread watchdog = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(TimeUnit.SECONDS.toMillis(WATCHDOG_SECONDS));
                process.destroyForcibly();
            } catch (InterruptedException answered) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            return answers.readLine();
        } catch (IOException gone) {
            throw new UncheckedIOException("child %d is gone".formatted(pid()), gone);
        } finally {
            watchdog.interrupt();
        }
    }

    /// Gives commands that must succeed.
    Child does(String... all) {
        for (String command : all) {
            assertThat(ask(command)).as(command).startsWith("ok");
        }
        return this;
    }

    long pid() {
        return process.pid();
    }

    /// Kills it with SIGKILL and waits until it has ended.
    void kill() {
        process.destroyForcibly();
        awaitDeath();
    }

    /// Waits until it has ended.
    ///
    /// @return its exit code; 137 after SIGKILL
    int awaitDeath() {
        try {
            assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Lets it end by itself.
    int finish() {
        tell("end");
        return awaitDeath();
    }

    void signal(String name) {
        try {
            int result = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
            assertThat(result).isZero();
        } catch (IOException | InterruptedException refused) {
            throw new AssertionError(refused);
        }
    }
}
