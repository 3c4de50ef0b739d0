package io.sluice.pool.process;

import io.sluice.pool.task.Action;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Helpers of the tests of processes: quiet processes, waits with a watchdog, and states of processes from Linux.
final class Jvms {
    static final int SIGINT = 2;
    static final int SIGUSR1 = 10;
    static final int SIGTERM = 15;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;
    static final int SIGKILL = 9;

    private static final Duration WATCHDOG = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();

    private Jvms() {}

    /// A process that does not use the standard streams of the JVM of the tests.
    static JavaProcess.Builder quiet(Action task) {
        return JavaProcess.builder(task).stdout(Redirect.DISCARD).stderr(Redirect.DISCARD);
    }

    /// Ends the processes that a failed test has left.
    static void endAll() {
        JavaProcess.children().forEach(JavaProcess::kill);
    }

    /// Whether this JVM ignores a signal since its start, as one that a script has started in the background ignores
    /// SIGINT. Its children inherit that.
    static boolean isIgnored(int signal) {
        try {
            String mask = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
            return (Long.parseUnsignedLong(mask.substring("SigIgn:".length()).strip(), 16) & 1L << (signal - 1)) != 0;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    static Exit join(JavaProcess process) throws InterruptedException {
        assertThat(process.join(WATCHDOG.toSeconds(), TimeUnit.SECONDS)).as("%s has ended", process).isTrue();
        return process.join();
    }

    /// Runs a quiet process to its end.
    static Exit run(Action task) throws InterruptedException {
        try (JavaProcess process = quiet(task).start()) {
            return join(process);
        }
    }

    /// Runs `java` with arguments to its end, with its output in a file.
    ///
    /// @return its exit code
    static int runCommand(Path output, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(WATCHDOG.toSeconds(), TimeUnit.SECONDS)).as("java has ended").isTrue();
            return process.exitValue();
        } finally {
            var _ = process.destroyForcibly();
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > WATCHDOG.toNanos()) {
                fail("timed out waiting until " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    // Files as messages between processes.

    /// Writes a file that is either absent or complete.
    static void write(String folder, String name, Object content) throws IOException {
        Path draft = Path.of(folder, name + ".draft");
        Files.writeString(draft, content.toString());
        var _ = Files.move(draft, Path.of(folder, name), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Reads a file once it exists.
    static String read(Path folder, String name) {
        Path file = folder.resolve(name);
        until(name + " is there", () -> Files.exists(file));
        try {
            return Files.readString(file);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    static String readLine(InputStream in) throws IOException {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    }

    // States from the kernel.

    /// The state of a process as `ps` shows it: `R`, `S`, `T` if stopped, `Z` for a zombie; `X` if there is none.
    static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return 'X';
        }
    }

    /// Whether a process has ended, also if the reaper of an orphan has not waited for it.
    static boolean isGone(long pid) {
        char state = state(pid);
        return state == 'X' || state == 'Z';
    }

    static long descriptors() {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}
