package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.linux.Pidfd;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// JVMs of a stock that die, are stopped, are ended or lose their parent, at each step until they have their order:
/// processes start all the same, and nothing stays.
@Timeout(120)
class StandbyTest {
    @TempDir
    private Path folder;

    /// Ends the JVMs of the stock also if a test has failed.
    @AfterEach
    void endRemainingProcesses() {
        Jvms.endAll();
        jvms().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        awaitNoJvm();
    }

    private Path root() {
        return folder.resolve("root");
    }

    /// A root of its own for spaces shows which JVMs are those of the stock, and what they leave.
    private String ownRoot() {
        return "-Dsluice.home=" + root();
    }

    /// Ids of the live JVMs that have the root of this test.
    private List<Long> jvms() {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf)
                    .filter(pid -> commandLine(pid).contains(ownRoot()) && !Jvms.isGone(pid))
                    .toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private void awaitNoJvm() {
        Jvms.until("all JVMs of the stock have ended", () -> jvms().isEmpty());
    }

    private static void awaitReady(ProcessContext context, int count) {
        Jvms.until(count + " JVMs are ready", () -> context.ready() == count);
    }

    private List<String> spaces() throws IOException {
        if (Files.notExists(root())) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(root())) {
            return all.map(path -> path.getFileName().toString()).filter(name -> !name.startsWith(".")).toList();
        }
    }

    private static void signal(long pid, int signal) {
        try (Pidfd handle = Pidfd.of(pid)) {
            assertThat(handle.signal(signal)).isTrue();
        }
    }

    private static void assertStarts(ProcessContext context) throws InterruptedException {
        assertThat(exitOf(context)).isEqualTo(new Exit.Returned(12));
    }

    private static Exit exitOf(ProcessContext context) throws InterruptedException {
        try (JavaProcess process = context.start(() -> System.exit(12))) {
            return Jvms.join(process);
        }
    }

    private void killOne() {
        long victim = jvms().getFirst();
        signal(victim, Jvms.SIGKILL);
        Jvms.until("it has died", () -> Jvms.isGone(victim));
    }

    private long stopOne() {
        long stopped = jvms().getFirst();
        signal(stopped, Jvms.SIGSTOP);
        Jvms.until("it is stopped", () -> Jvms.state(stopped) == 'T');
        return stopped;
    }

    /// Killed while it comes up, and when it is ready.
    @Test
    void aJvmThatDiesIsReplaced() throws Exception {
        try (ProcessContext context = ProcessContext.standby(1, ownRoot())) {
            Jvms.until("a JVM comes up", () -> !jvms().isEmpty());
            killOne();
            assertStarts(context);
            awaitReady(context, 1);
            killOne();
            assertStarts(context);
            awaitReady(context, 1);
        }
    }

    /// Each JVM of the stock dies with the lock of its rehearsal, and is not started again and again.
    @Test
    void aStockWhoseJvmsDieInTheirRehearsalIsPassedBy() throws Exception {
        try (ProcessContext context = ProcessContext.standby(1, ownRoot(),
                "-Dsluice.crash.at=" + CrashPoint.LOCK_WORD_SET, "-Dsluice.crash.nth=1")) {
            Jvms.until("one has died", () -> jvms().isEmpty() && Files.exists(root()));
            // One that is dying, and has no command line any more, can still be taken, and is a process that died.
            Exit exit = exitOf(context);
            while (exit.equals(new Exit.Killed(9))) {
                exit = exitOf(context);
            }
            assertThat(exit).isEqualTo(new Exit.Returned(12));
            assertThat(context.ready()).isZero();
        }
        // The next openings remove what was left; one that comes while a process is dying does not.
        do {
            SharedSpace.open("sweeps", SpaceOptions.under(root()).withTemporary(true)).close();
        } while (!spaces().isEmpty());
    }

    @Test
    void aStoppedJvmIsNotTakenUntilItGoesOn() throws Exception {
        try (ProcessContext context = ProcessContext.standby(1, ownRoot())) {
            awaitReady(context, 1);
            assertThat(spaces()).as("the rehearsal has left nothing").isEmpty();
            long stopped = stopOne();
            try (JavaProcess process = context.start(() -> {})) {
                assertThat(process.pid()).isNotEqualTo(stopped);
                assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(0));
            }
            signal(stopped, Jvms.SIGCONT);
            Jvms.until("it goes on", () -> Jvms.state(stopped) != 'T');
            try (JavaProcess process = context.start(() -> {})) {
                assertThat(process.pid()).isEqualTo(stopped);
                assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(0));
            }
            awaitReady(context, 1);
            var _ = stopOne();
        }
        awaitNoJvm();            // the close has ended the stopped one
    }

    /// A context that is closed at any moment ends its JVMs, which take their spaces along.
    @Test
    void aCloseDuringTheStartLeavesNothing() throws Exception {
        ProcessContext early = ProcessContext.standby(1, ownRoot());
        Jvms.until("it comes up", () -> !jvms().isEmpty());
        early.close();
        awaitNoJvm();
        ProcessContext late = ProcessContext.standby(1, ownRoot());
        Jvms.until("it rehearses", () -> Files.exists(root()) || late.ready() > 0);
        late.close();
        awaitNoJvm();
        assertThat(spaces()).isEmpty();
    }

    /// The parent is killed as soon as it has a stock, and when the stock is ready.
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aJvmLeavesADeadParent(int ready) throws Exception {
        String option = ownRoot();
        String path = folder.toString();
        try (JavaProcess parent = Jvms.quiet(() -> {
            ProcessContext context = ProcessContext.standby(1, option);
            Jvms.until("the JVM is ready", () -> context.ready() >= ready);
            Jvms.write(path, "parent", "is there");
            Thread.sleep(Long.MAX_VALUE);
        }).start()) {
            var _ = Jvms.read(folder, "parent");
            Jvms.until("it is there", () -> !jvms().isEmpty());
            parent.kill();
            assertThat(Jvms.join(parent)).isEqualTo(new Exit.Killed(Jvms.SIGKILL));
            awaitNoJvm();
            assertThat(spaces()).isEmpty();
        }
    }
}
