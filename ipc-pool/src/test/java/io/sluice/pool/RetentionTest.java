package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import io.sluice.shm.event.SharedEvent;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A finished job keeps nothing reachable: neither the task with its captures, nor its waiters.
class RetentionTest extends PoolTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    /// Longer than a worker waits before it releases its last function.
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    private static ProcessPool pool;
    /// In a worker: the object that the last map captured.
    private static volatile WeakReference<Capture> captured;

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(1).name("retention").grace(Duration.ofHours(1)).build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    /// An object that tasks capture.
    private static final class Capture implements Serializable {
        private static final long serialVersionUID = 1L;

        int value() {
            return 42;
        }
    }

    /// Futures and captures, made in methods so that no local variable keeps the captures.
    private record Held(List<CompletableFuture<?>> futures, List<WeakReference<Capture>> captures) {
        Held() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        Capture capture() {
            Capture capture = new Capture();
            captures.add(new WeakReference<>(capture));
            return capture;
        }

        void submit(TaskOptions options) {
            Capture capture = capture();
            futures.add(pool.submit((Task<Integer>) capture::value, options));
        }

        void submitFailing() {
            Capture capture = capture();
            futures.add(pool.submit((Task<Integer>) () -> {
                throw new IOException("of the task " + capture.value());
            }));
        }

        void submitCalledBack(CountDownLatch called) {
            Capture capture = capture();
            futures.add(pool.applyAsync((Task<Integer>) capture::value, value -> called.countDown(), failure -> {}));
        }

        void submitWaiting(SharedEvent begun, SharedEvent gate) {
            Capture capture = capture();
            futures.add(pool.submit((Task<Integer>) () -> {
                begun.set();
                gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
                return capture.value();
            }));
        }

        void map() {
            Capture capture = capture();
            futures.add(pool.mapAsync((Integer x) -> x + capture.value(), List.of(1, 2, 3)));
        }

        /// All captures become garbage while the futures are kept.
        void assertKeepNoCapture() {
            try {
                for (WeakReference<Capture> capture : captures) {
                    awaitUntil(() -> {
                        System.gc();
                        return capture.get() == null;
                    });
                }
            } finally {
                Reference.reachabilityFence(futures);
            }
        }
    }

    @Test
    void aDoneFutureKeepsNeitherTaskNorCaptures() throws Exception {
        var held = new Held();
        var called = new CountDownLatch(1);
        held.submit(TaskOptions.defaults());
        held.submit(TaskOptions.defaults().withDeadline(LONG));
        held.submitFailing();
        held.submitCalledBack(called);
        held.map();
        for (CompletableFuture<?> future : held.futures) {
            var _ = future.handle((value, failure) -> value).get(WATCHDOG_SECONDS, TimeUnit.SECONDS);
        }
        called.await();
        held.assertKeepNoCapture();
        assertThat(held.futures.getFirst().get()).isEqualTo(42);
    }

    /// While all workers are busy, and other calls wait.
    @Test
    void aCallCancelledBeforeItsTurnIsReleasedAtOnce() throws Exception {
        SharedEvent gate = space.event("gate");
        var running = occupy(pool, gate);
        List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(pool.submit(() -> 1));
        }
        var held = new Held();
        held.submit(TaskOptions.defaults());
        held.submit(TaskOptions.defaults().withDeadline(LONG));
        held.map();
        held.futures.forEach(future -> assertThat(future.cancel(false)).isTrue());
        held.assertKeepNoCapture();
        gate.set();
        assertThat(resultOf(running.getFirst())).isPositive();
        for (var future : waiting) {
            assertThat(resultOf(future)).isEqualTo(1);
        }
    }

    /// The grace period is an hour.
    @Test
    void aTaskThatObeysItsInterruptIsReleasedBeforeItsGracePeriodEnds() throws Exception {
        var held = new Held();
        SharedEvent begun = space.event("begun");
        held.submitWaiting(begun, space.event("gate"));
        begun.await();
        assertThat(held.futures.getFirst().cancel(true)).isTrue();
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
        held.assertKeepNoCapture();
    }

    /// A worker keeps the function of a map for its next chunk, but not while it is idle.
    @Test
    void anIdleWorkerReleasesTheFunctionOfTheLastMap() throws Exception {
        Capture capture = new Capture();
        TaskFunction<Integer, Integer> function = x -> {
            captured = new WeakReference<>(capture);
            return x + capture.value();
        };
        assertThat(pool.map(function, List.of(1, 2))).containsExactly(43, 44);
        awaitUntil(() -> {
            LockSupport.parkNanos(PAUSE_NANOS);
            try {
                return pool.apply(() -> {
                    System.gc();
                    return captured.get() == null;
                });
            } catch (ExecutionException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    /// Each captures half a megabyte, or a tenth of one, and all together more than the size of the heap.
    private static void holdMoreThanTheHeap() throws Exception {
        try (ProcessPool own = ProcessPool.create(1)) {
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                byte[] bytes = new byte[500_000];
                CompletableFuture<Integer> future = own.submit(() -> bytes.length);
                var _ = future.get();
                futures.add(future);
            }
            TaskOptions options = TaskOptions.defaults().withDeadline(LONG);
            for (int i = 0; i < 1000; i++) {
                byte[] bytes = new byte[100_000];
                var _ = own.submit(() -> bytes.length, options).get();
            }
            assertThat(futures).allMatch(future -> future.join() == 500_000);
        }
    }

    @Test
    void aSmallHeapHoldsManyFuturesAndDeadlines() throws Exception {
        JavaProcess program = JavaProcess.builder(RetentionTest::holdMoreThanTheHeap).jvmOptions("-Xmx64m").start();
        assertThat(exitOf(program)).isEqualTo(new Exit.Returned(0));
    }

    private static long residentBytes(long pid) throws IOException {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            String line = lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
    }

    private static void awaitResident(String name, long pid, long most) throws IOException {
        long start = System.nanoTime();
        while (residentBytes(pid) > most) {
            assertThat(System.nanoTime() - start).as("time until %s has at most %,d bytes, not %,d", name, most,
                    residentBytes(pid)).isLessThan(TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS / 4));
            System.gc();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void sendAndReceive(ProcessPool own, int large) throws Exception {
        byte[] bytes = new byte[large];
        assertThat(own.apply(() -> bytes.length)).isEqualTo(large);
        assertThat(own.apply(() -> new byte[large]).length).isEqualTo(large);
    }

    /// Neither side may keep a copy; once two to four stayed on each. The worker starts its collection itself.
    private static void handleSomethingLarge() throws Exception {
        int large = 100_000_000;
        try (ProcessPool own = ProcessPool.create(1)) {
            long worker = own.apply(() -> ProcessHandle.current().pid());
            long self = ProcessHandle.current().pid();
            long ofWorker = residentBytes(worker);
            long ofSelf = residentBytes(self);
            sendAndReceive(own, large);
            awaitResident("the worker", worker, ofWorker + large * 3L / 2);
            awaitResident("the parent", self, ofSelf + large * 3L / 2);
        }
    }

    @Test
    void largeMessagesDoNotStayInTheMemoryOfEitherSide() throws Exception {
        JavaProcess program = JavaProcess.builder(RetentionTest::handleSomethingLarge)
                .jvmOptions("-Xmx600m", "-XX:-ShrinkHeapInSteps").start();
        assertThat(exitOf(program)).isEqualTo(new Exit.Returned(0));
    }

    /// As a cancelled `FutureTask`.
    @Test
    void aDoneFutureDoesNotRunItsTaskAgain() throws Exception {
        var future = (Runnable) pool.submit(() -> 1);
        assertThat(((CompletableFuture<?>) future).get()).isEqualTo(1);
        future.run();
        assertThat(((CompletableFuture<?>) future).get()).isEqualTo(1);
    }

    /// Longer than `Long.MAX_VALUE` nanoseconds.
    @Test
    void aDeadlineBeyondTheRangeOfTheClockIsNone() throws Exception {
        TaskOptions options = TaskOptions.defaults().withDeadline(Duration.ofDays(1_000_000));
        assertThat(resultOf(pool.submit(() -> 1, options))).isEqualTo(1);
        assertThatThrownBy(() -> TaskOptions.defaults().withDeadline(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
