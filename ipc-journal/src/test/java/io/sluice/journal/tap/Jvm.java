package io.sluice.journal.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.journal.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A child JVM of a test, with its output in files. It is killed with the test.
public final class Jvm implements AutoCloseable {
    private static final long WATCHDOG_SECONDS = 150;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final List<String> FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m");

    private final Process process;
    private final Path out;
    private final Path err;

    private Jvm(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /// Starts one with the flags of a journal.
    ///
    /// @param folders of the test
    /// @param main class to run
    /// @param arguments of it
    /// @return the child
    public static Jvm start(Folders folders, Class<?> main, String... arguments) {
        return start(folders, Path.of("/dev/null"), FLAGS, main, arguments);
    }

    /// Starts one with the flags of a journal, and more.
    ///
    /// @param folders of the test
    /// @param more flags of the JVM
    /// @param main class to run
    /// @param arguments of it
    /// @return the child
    public static Jvm start(Folders folders, List<String> more, Class<?> main, String... arguments) {
        List<String> flags = new ArrayList<>(FLAGS);
        flags.addAll(more);
        return start(folders, Path.of("/dev/null"), flags, main, arguments);
    }

    /// Starts one.
    ///
    /// @param folders of the test
    /// @param input its standard input
    /// @param flags of the JVM
    /// @param main class to run
    /// @param arguments of it
    /// @return the child
    public static Jvm start(Folders folders, Path input, List<String> flags, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP,INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(folders.file(""), "out", "");
            Path err = Files.createTempFile(folders.file(""), "err", "");
            ProcessBuilder builder = new ProcessBuilder(command).redirectInput(input.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("SLUICE_HOME", folders.root().toString());
            return new Jvm(builder.start(), out, err);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Waits for its end.
    ///
    /// @return the exit code
    public int await() {
        try {
            assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).as("ended: %s", this).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        return process.exitValue();
    }

    /// Sends SIGKILL, and waits until it is gone.
    public void kill() {
        process.destroyForcibly();
        assertThat(await()).as("%s", this).isEqualTo(137);
    }

    /// Sends SIGTERM.
    public void terminate() {
        process.destroy();
    }

    /// Sends SIGINT, as Ctrl-C does.
    public void interrupt() {
        try {
            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor()).isZero();
        } catch (IOException | InterruptedException refused) {
            throw new AssertionError(refused);
        }
    }

    /// Whether it runs.
    ///
    /// @return false once it has ended
    public boolean isAlive() {
        return process.isAlive();
    }

    /// What it has written so far.
    ///
    /// @return to standard output
    public String out() {
        return read(out);
    }

    /// What it has written so far.
    ///
    /// @return to standard error
    public String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Waits until a condition holds.
    ///
    /// @param what it is
    /// @param condition to hold
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waited for: " + what).isNegative();
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// What it has written, for messages.
    @Override
    public String toString() {
        return Set.of(out(), err()).toString();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
