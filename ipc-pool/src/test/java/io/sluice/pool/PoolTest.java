package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.core.error.RemoteTrace;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// Base of the tests of pools: a space for objects shared by test and tasks, and a check of what a pool leaves behind.
@Timeout(value = PoolTest.WATCHDOG_SECONDS, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PoolTest {
    /// Far longer than any wait here takes.
    static final long WATCHDOG_SECONDS = 120;

    private static final AtomicInteger SPACES = new AtomicInteger();
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static Path root;

    SharedSpace space;

    @BeforeEach
    final void openSpace() {
        space = SharedSpace.openTemporary("pool-test-%d-%d".formatted(
                ProcessHandle.current().pid(), SPACES.incrementAndGet()));
        root = space.path().getParent();
    }

    @AfterEach
    final void closeSpace() {
        space.close();
    }

    /// The pools of this JVM are closed now; those of other JVMs do not matter.
    @AfterAll
    static void nothingIsLeft() throws IOException {
        if (root != null && Files.exists(root)) {
            String pid = "-%d-".formatted(ProcessHandle.current().pid());
            assertThat(names(root)).noneMatch(name -> name.contains(pid));
        }
    }

    /// The names in a directory.
    static List<String> names(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /// The directory of a pool's own objects.
    static Path home(ProcessPool pool, Path spaceOfTheTest) throws IOException {
        Path all = spaceOfTheTest.getParent();
        String start = "%s-%d-".formatted(pool.name(), ProcessHandle.current().pid());
        return all.resolve(names(all).stream().filter(name -> name.startsWith(start)).findFirst().orElseThrow());
    }

    /// Waits for a condition that no method waits for.
    static void awaitUntil(BooleanSupplier happened) {
        long start = System.nanoTime();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS / 2));
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Waits until a thread waits: for another thread that reads the results, or in the kernel, for a result itself.
    static void awaitWaiting(Thread thread) {
        awaitUntil(() -> thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING
                || Stream.of(thread.getStackTrace()).anyMatch(frame -> frame.getClassName().endsWith(".Futex")));
    }

    /// Waits for the end of a process of the test, and kills it if it does not end. @return its exit
    static Exit exitOf(JavaProcess program) throws InterruptedException {
        try (program) {
            boolean ended = program.join(WATCHDOG_SECONDS / 2, TimeUnit.SECONDS);
            program.kill();
            Exit exit = program.join();
            assertThat(ended).as("ended by itself").isTrue();
            return exit;
        }
    }

    /// The result of a future, which must succeed.
    static <T> T resultOf(Future<T> future) throws Exception {
        return future.get(WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    /// The exception of a failed task.
    static Throwable failureOf(Future<?> future) {
        Throwable thrown = catchThrowable(() -> resultOf(future));
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        return thrown.getCause();
    }

    /// The root cause, which shows the trace of the other process.
    static RemoteTrace rootOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertThat(cause).isInstanceOf(RemoteTrace.class);
        return (RemoteTrace) cause;
    }

    /// Lets all workers of a pool run a task each, until the gate opens.
    List<CompletableFuture<Long>> occupy(ProcessPool pool, SharedEvent gate) throws InterruptedException {
        SharedCountDownLatch begun = space.countDownLatch("begun", pool.size());
        List<CompletableFuture<Long>> running = IntStream.range(0, pool.size()).mapToObj(i -> pool.submit(() -> {
            begun.countDown();
            gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            return ProcessHandle.current().pid();
        })).toList();
        begun.await();
        return running;
    }
}
