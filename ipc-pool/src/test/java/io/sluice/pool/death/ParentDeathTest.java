package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.crash.CrashPoint;
import io.sluice.pool.pool.ProcessPool;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.process.ProcessTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The process that has a pool is killed: its workers leave, whatever they are at, and nothing of the pool stays in
/// `/dev/shm`.
@Timeout(300)
class ParentDeathTest {
    private static final String STARTING = "starting.mark";
    private static final String READY = "ready.mark";
    private static final long LONGEST_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long TASK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Path root = newRoot();

    private static Path newRoot() {
        try {
            return Files.createTempDirectory(Path.of("/dev/shm"), "sluice-test-");
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @AfterEach
    void removeEverything() throws IOException {
        workers().forEach(ProcessHandle::destroyForcibly);
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// Has a pool, and gives it small and large tasks without end.
    private record Parent(String root) implements ProcessTask {
        @Override
        public void run() throws Exception {
            try (ProcessPool pool = ProcessPool.create(2)) {
                Files.createFile(Path.of(root, STARTING));
                Deaths.awaitReady(pool);
                Files.createFile(Path.of(root, READY));
                BlockingQueue<Future<?>> underWay = new ArrayBlockingQueue<>(32);
                for (int i = 0;; i++) {
                    byte[] argument = new byte[i % 8 == 0 ? 300_000 : 10];
                    if (!underWay.offer(pool.submit(() -> {
                        LockSupport.parkNanos(TASK_NANOS);
                        return argument;
                    }))) {
                        underWay.take().get();
                    }
                }
            }
        }
    }

    private JavaProcess parent(String... jvmOptions) {
        return JavaProcess.builder(new Parent(root.toString())).name("parent").daemon(true)
                .jvmOptions(jvmOptions).jvmOptions("-Dsluice.home=" + root)
                .stdout(Redirect.DISCARD).stderr(Redirect.DISCARD).start();
    }

    @ParameterizedTest
    @CsvSource({"POOL_TASK_PLACED, 1", "POOL_TASK_PLACED, 30", "POOL_TASK_SENT, 1", "POOL_TASK_SENT, 30",
        "CLAIM_HELD, 20", "LARGE_WRITTEN, 2", "TAKE_HELD, 20"})
    void aParentThatDiesAtAStepLeavesNothing(CrashPoint point, int nth) throws InterruptedException {
        try (JavaProcess parent = parent("-Dsluice.crash.at=" + point, "-Dsluice.crash.nth=" + nth)) {
            assertThat(parent.join()).isEqualTo(new Exit.Killed(Deaths.SIGKILL));
            removeMarks();
            assertNothingIsLeft();
        }
    }

    /// The instants begin when all workers are ready: before that, the parent may be alone in the space of the pool.
    @Test
    @Tag(Campaign.TAG)
    void aParentThatDiesAtARandomInstantLeavesNothing() throws InterruptedException {
        killAtRandom(true);
    }

    /// Perhaps nobody else was in its space yet: then the next pool removes it.
    @Test
    @Tag(Campaign.TAG)
    void whatAParentLeftThatDiedWhileItsFirstWorkersStartedTheNextPoolRemoves() throws InterruptedException {
        killAtRandom(false);
    }

    private void killAtRandom(boolean onceReady) throws InterruptedException {
        Campaign campaign = Campaign.begin("sluice.pool.parents", 2, 20);
        Random random = campaign.random();
        for (int round = 0; campaign.goesOn(round); round++) {
            try (JavaProcess parent = parent()) {
                Path mark = root.resolve(onceReady ? READY : STARTING);
                Deaths.await("the parent's word", () -> Files.exists(mark));
                LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_NANOS));   // the random instant
                parent.kill();
                assertThat(parent.join()).isEqualTo(new Exit.Killed(Deaths.SIGKILL));
                removeMarks();
                Deaths.await("the workers to leave", () -> workers().isEmpty());
                if (!onceReady) {
                    haveAnotherPool();
                }
                assertNothingIsLeft();
            } catch (AssertionError failure) {
                throw new AssertionError("round %d of -Dsluice.test.seed=%d".formatted(round, campaign.seed()), failure);
            }
        }
    }

    private void haveAnotherPool() throws InterruptedException {
        try (JavaProcess next = JavaProcess.builder(() -> ProcessPool.create(1).close())
                .jvmOptions("-Dsluice.home=" + root).stdout(Redirect.DISCARD).stderr(Redirect.DISCARD).start()) {
            assertThat(next.join()).isEqualTo(new Exit.Returned(0));
        }
    }

    private void removeMarks() {
        try {
            Files.deleteIfExists(root.resolve(STARTING));
            Files.deleteIfExists(root.resolve(READY));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private void assertNothingIsLeft() {
        Deaths.await("the workers to leave", () -> workers().isEmpty());
        assertThat(files()).isEmpty();
    }

    /// The processes that were started with the root.
    private List<ProcessHandle> workers() {
        return ProcessHandle.allProcesses()
                .filter(process -> commandLine(process.pid()).contains(root + "\0")).toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }

    private List<Path> files() {
        try (var files = Files.walk(root)) {
            return files.filter(file -> !file.equals(root)).toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}
