package io.sluice.pool.process;

import io.sluice.pool.task.Action;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shm.SharedSpace;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process that has children dies. The daemons among them leave, whatever its death was; the others live on if it was
/// killed, and are waited for if it ended in order. A stopped parent has not died.
class ParentDeathTest {
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    @TempDir
    private Path folder;

    private SharedSpace space;
    private SharedLong daemonBeats;
    private SharedLong otherBeats;
    private SharedLong released;

    /// How the parent ends.
    enum Ending { NEVER, RETURN, EXIT, HALT_AT_ONCE }

    /// The work of the children: beat until they are released.
    private record Child(String folder, SharedLong beats, SharedLong released) implements Action {
        @Override
        public void act() throws IOException {
            Jvms.write(folder, JavaProcess.current().name(), ProcessHandle.current().pid());
            while (released.get() == 0) {
                var _ = beats.incrementAndGet();
                LockSupport.parkNanos(BEAT_NANOS);
            }
            Jvms.write(folder, JavaProcess.current().name() + " has ended", "in order");
        }
    }

    /// The work of their parent.
    private record Parent(String folder, Ending ending, Child daemon, Child other) implements Action {
        @Override
        public void act() throws Exception {
            JavaProcess first = Jvms.quiet(daemon).name("daemon").daemon(true).start();
            if (ending == Ending.HALT_AT_ONCE) {
                Jvms.write(folder, "daemon", first.pid());
                Runtime.getRuntime().halt(0);
            }
            var _ = Jvms.quiet(other).name("other").daemon(false).start();
            var _ = Jvms.read(Path.of(folder), "daemon");
            var _ = Jvms.read(Path.of(folder), "other");
            Jvms.until("the daemon beats", () -> daemon.beats.get() > 0);
            Jvms.write(folder, "parent", "is ready");
            switch (ending) {
                case EXIT -> System.exit(7);
                case NEVER -> new CountDownLatch(1).await();
                case RETURN, HALT_AT_ONCE -> {}
            }
        }
    }

    @BeforeEach
    void openSharedObjects() {
        space = SharedSpace.openTemporary("parent-death-" + ProcessHandle.current().pid());
        daemonBeats = space.longValue("daemon", 0);
        otherBeats = space.longValue("other", 0);
        released = space.longValue("released", 0);
    }

    @AfterEach
    void endRemainingProcesses() {
        released.set(1);
        Jvms.endAll();
        for (String child : new String[] {"daemon", "other"}) {
            if (folder.resolve(child).toFile().exists()) {
                long pid = pid(child);
                Jvms.until(child + " has ended", () -> Jvms.isGone(pid));
            }
        }
        daemonBeats.close();
        otherBeats.close();
        released.close();
        Path home = space.path();
        space.close();
        Jvms.until("nothing is left", () -> isRemoved(home));
    }

    /// A process whose main thread has ended may still have others, and so be alive.
    private static boolean isRemoved(Path home) {
        if (Files.exists(home)) {
            SharedSpace.openTemporary(home.getFileName().toString()).close();      // sweeps
        }
        return Files.notExists(home);
    }

    private JavaProcess startParent(Ending ending) {
        return builder(ending).start();
    }

    private JavaProcess.Builder builder(Ending ending) {
        String path = folder.toString();
        return Jvms.quiet(new Parent(path, ending, new Child(path, daemonBeats, released),
                new Child(path, otherBeats, released)));
    }

    private long pid(String child) {
        return Long.parseLong(Jvms.read(folder, child));
    }

    private static void awaitBeats(SharedLong beats, int more) {
        long target = beats.get() + more;
        Jvms.until("it beats on", () -> beats.get() >= target);
    }

    @Test
    void daemonsLeaveAKilledParentAndTheOthersLiveOn(TestReporter reporter) throws Exception {
        try (JavaProcess parent = startParent(Ending.NEVER)) {
            var _ = Jvms.read(folder, "parent");
            long daemon = pid("daemon");
            long start = System.nanoTime();
            parent.kill();
            Jvms.until("the daemon has left", () -> Jvms.isGone(daemon));
            reporter.publishEntry("milliseconds from SIGKILL of the parent to the end of its daemon",
                    Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
            assertThat(Jvms.join(parent)).isEqualTo(new Exit.Killed(Jvms.SIGKILL));
            awaitBeats(otherBeats, 100);
            assertThat(Jvms.isGone(pid("other"))).isFalse();
            released.set(1);
            assertThat(Jvms.read(folder, "other has ended")).isEqualTo("in order");
            assertThat(folder.resolve("daemon has ended")).doesNotExist();
        }
    }

    /// The daemon may not have read its order yet.
    @Test
    void aDaemonThatIsComingUpLeavesAParentThatHasHalted() throws Exception {
        try (JavaProcess parent = startParent(Ending.HALT_AT_ONCE)) {
            assertThat(Jvms.join(parent)).isEqualTo(new Exit.Returned(0));
            long daemon = pid("daemon");
            Jvms.until("the daemon has left", () -> Jvms.isGone(daemon));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Ending.class, names = {"RETURN", "EXIT"})
    void aParentThatEndsStopsItsDaemonsAndWaitsForTheOthers(Ending ending) throws Exception {
        try (JavaProcess parent = startParent(ending)) {
            var _ = Jvms.read(folder, "parent");
            long daemon = pid("daemon");
            Jvms.until("the daemon has been stopped", () -> Jvms.isGone(daemon));
            awaitBeats(otherBeats, 20);
            assertThat(parent.isAlive()).isTrue();
            released.set(1);
            assertThat(Jvms.join(parent)).isEqualTo(new Exit.Returned(ending == Ending.EXIT ? 7 : 0));
            assertThat(folder.resolve("other has ended")).hasContent("in order");
            assertThat(folder.resolve("daemon has ended")).doesNotExist();
        }
    }

    /// The parent is at work, or waits for its children already.
    @ParameterizedTest
    @EnumSource(value = Ending.class, names = {"NEVER", "RETURN"})
    void aTerminatedParentStopsItsDaemonsAndTheOthersGoOn(Ending ending) throws Exception {
        Path log = folder.resolve("log");
        try (JavaProcess parent = builder(ending).stderr(Redirect.to(log.toFile())).start()) {
            var _ = Jvms.read(folder, "parent");
            long daemon = pid("daemon");
            if (ending == Ending.RETURN) {
                Jvms.until("the daemon has been stopped", () -> Jvms.isGone(daemon));
            }
            parent.terminate();
            // A JVM that is ending already keeps its exit code.
            assertThat(Jvms.join(parent)).isEqualTo(
                    ending == Ending.RETURN ? new Exit.Returned(0) : new Exit.Killed(Jvms.SIGTERM));
            assertThat(Jvms.isGone(daemon)).isTrue();
            awaitBeats(otherBeats, 20);
            assertThat(log).content().contains("'other' (%d) goes on".formatted(pid("other")), "SIGTERM");
            released.set(1);
            assertThat(Jvms.read(folder, "other has ended")).isEqualTo("in order");
        }
    }

    @Test
    void aStoppedParentKeepsItsDaemons() throws Exception {
        try (JavaProcess parent = startParent(Ending.NEVER)) {
            var _ = Jvms.read(folder, "parent");
            assertThat(parent.signal(Jvms.SIGSTOP)).isTrue();
            Jvms.until("the parent has stopped", () -> Jvms.state(parent.pid()) == 'T');
            awaitBeats(daemonBeats, 100);
            assertThat(Jvms.isGone(pid("daemon"))).isFalse();
            assertThat(parent.signal(Jvms.SIGCONT)).isTrue();
            awaitBeats(daemonBeats, 20);
            parent.terminate();
            released.set(1);
            assertThat(Jvms.join(parent)).isEqualTo(new Exit.Killed(Jvms.SIGTERM));
        }
    }

    /// The watch is on the process, not on its thread that called `start`.
    @Test
    void theEndOfTheThreadThatStartedADaemonHasNoEffect() throws Exception {
        Child child = new Child(folder.toString(), daemonBeats, released);
        Thread starter = Thread.ofPlatform().start(() -> {
            var _ = Jvms.quiet(child).name("daemon").daemon(true).start();
        });
        starter.join();
        JavaProcess daemon = JavaProcess.children().getFirst();
        awaitBeats(daemonBeats, 100);
        assertThat(daemon.isAlive()).isTrue();
        released.set(1);
        assertThat(Jvms.join(daemon)).isEqualTo(new Exit.Returned(0));
        daemon.close();
    }
}
