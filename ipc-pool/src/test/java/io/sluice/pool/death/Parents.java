package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.files.TestFolders;
import io.sluice.pool.ProcessPool;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Processes that have a pool and will be killed, with a root of their own for its space. `close` removes their workers
/// and the root.
final class Parents implements AutoCloseable {
    private static final String STARTING = "starting.mark";
    private static final String READY = "ready.mark";
    private static final long TASK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Path root = TestFolders.makeRoot();
    private final int workersEach;

    /// @param workersEach size of the pool of each
    Parents(int workersEach) {
        this.workersEach = workersEach;
    }

    /// Has a pool, and gives it small and large tasks endlessly.
    private record Parent(String root, int workers) implements Action {
        @Override
        public void act() throws Exception {
            try (ProcessPool pool = ProcessPool.create(workers)) {
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

    /// Starts a parent.
    JavaProcess start(String... jvmOptions) {
        return JavaProcess.builder(new Parent(root.toString(), workersEach)).name("parent").daemon(true)
                .jvmOptions(jvmOptions).jvmOptions("-Dsluice.home=" + root)
                .stdout(Redirect.DISCARD).stderr(Redirect.DISCARD).start();
    }

    /// Waits for a mark of a parent.
    ///
    /// @param ready true for the mark that all its workers are ready, false for the mark that they are starting
    void await(boolean ready) {
        Path mark = root.resolve(ready ? READY : STARTING);
        Deaths.await("the parent's mark", () -> Files.exists(mark));
    }

    void awaitNoWorkers() {
        Deaths.await("the workers to leave", () -> workers().isEmpty());
    }

    /// Opens and closes a pool, which removes what dead processes left.
    void haveAnotherPool() throws InterruptedException {
        try (JavaProcess next = JavaProcess.builder(() -> ProcessPool.create(1).close())
                .jvmOptions("-Dsluice.home=" + root).stdout(Redirect.DISCARD).stderr(Redirect.DISCARD).start()) {
            assertThat(next.join()).isEqualTo(new Exit.Returned(0));
        }
    }

    /// Removes the marks, before the next parent.
    void removeMarks() {
        try {
            Files.deleteIfExists(root.resolve(STARTING));
            Files.deleteIfExists(root.resolve(READY));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Called when all parents are dead.
    void assertNothingIsLeft() {
        awaitNoWorkers();
        removeMarks();
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

    @Override
    public void close() {
        workers().forEach(ProcessHandle::destroyForcibly);
        var _ = TestFolders.remove(root);
    }
}
