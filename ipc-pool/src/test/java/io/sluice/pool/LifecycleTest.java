package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.files.TestFolders;
import io.sluice.core.logging.Logged;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.pool.task.Task;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ends of a pool, and what happens to its tasks.
class LifecycleTest extends PoolTest {
    private static void assertRefuses(ProcessPool pool) {
        assertThatThrownBy(() -> pool.submit(() -> 1))
                .isInstanceOf(RejectedExecutionException.class).hasMessageContaining("was shut down");
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> pool.apply(() -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> pool.map((Integer x) -> x, List.of(1))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> pool.map((Integer x) -> x, List.of())).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> pool.imap((Integer x) -> x, List.of(1)))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> pool.invokeAll(List.of((Task<Integer>) () -> 1)))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void afterAShutdownOnlySubmittedTasksAreDone() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = ProcessPool.builder().workers(1).name("ending").build()) {
            assertThat(pool.toString()).isEqualTo("ProcessPool[ending, 1 workers, 0 calls waiting, running]");
            var running = occupy(pool, gate);
            List<CompletableFuture<Integer>> waiting = IntStream.range(0, 20)
                    .mapToObj(i -> pool.submit(() -> i)).toList();
            CompletableFuture<List<Integer>> map = pool.mapAsync((Integer x) -> x, List.of(1, 2, 3));
            assertThat(pool.isShutdown()).isFalse();
            pool.shutdown();
            pool.shutdown();
            assertThat(pool.isShutdown()).isTrue();
            assertThat(pool.isTerminated()).isFalse();
            assertThat(pool.toString()).endsWith("shut down]");
            assertRefuses(pool);
            assertThat(pool.awaitTermination(20, TimeUnit.MILLISECONDS)).isFalse();
            gate.set();
            for (int i = 0; i < 20; i++) {
                assertThat(resultOf(waiting.get(i))).isEqualTo(i);
            }
            assertThat(resultOf(map)).containsExactly(1, 2, 3);
            long pid = resultOf(running.getFirst());
            assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.isTerminated()).isTrue();
            assertThat(pool.toString()).isEqualTo("ProcessPool[ending, 1 workers, 0 calls waiting, terminated]");
            assertThat(pool.workers()).isEmpty();
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
            assertRefuses(pool);
        }
    }

    @Test
    void closeWaitsForQueuedTasksAndMayBeCalledTwice() throws Exception {
        ProcessPool pool = ProcessPool.create(1);
        List<CompletableFuture<Integer>> queued = IntStream.range(0, 50).mapToObj(i -> pool.submit(() -> i)).toList();
        pool.close();
        assertThat(queued).allMatch(each -> each.state() == CompletableFuture.State.SUCCESS);
        assertThat(pool.isTerminated()).isTrue();
        pool.close();
        pool.shutdown();
        pool.terminate();
        assertThat(pool.shutdownNow()).isEmpty();
        assertRefuses(pool);
        assertThat(pool.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
    }

    /// Its workers may still be starting.
    @Test
    void aPoolMayBeClosedAtOnce() {
        ProcessPool pool = ProcessPool.create(2);
        pool.close();
        assertThat(pool.isTerminated()).isTrue();
    }

    @Test
    void shutdownNowReturnsUnbegunTasksAndInterruptsRunningOnes() throws Exception {
        SharedEvent begun = space.event("begun");
        SharedEvent gate = space.event("gate");
        SharedLong interrupted = space.longValue("interrupted", 0);
        SharedLong ran = space.longValue("ran", 0);
        ProcessPool pool = ProcessPool.create(1);
        CompletableFuture<Integer> running = pool.submit(() -> {
            begun.set();
            try {
                gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                interrupted.set(1);
            }
            return 7;
        });
        begun.await();
        Action first = () -> ran.set(1);
        Action second = () -> ran.set(2);
        pool.execute(first);
        pool.execute(second);
        var third = pool.submit(second);
        var task = pool.submit(ran::incrementAndGet);
        CompletableFuture<List<Long>> map = pool.mapAsync((Integer x) -> ran.incrementAndGet(), List.of(1, 2));
        List<Runnable> never;
        try (Logged logged = new Logged("io.sluice.pool")) {
            never = pool.shutdownNow();
            assertThat(pool.isShutdown()).isTrue();
            awaitUntil(() -> logged.failures().size() == 2);
        }
        assertThat(never).hasSize(4);
        assertThat((Object) never.get(0)).isSameAs(first);
        assertThat((Object) never.get(1)).isSameAs(second);
        assertThat((Object) never.get(2)).isSameAs(second);
        assertThat((Object) never.get(3)).isSameAs(task);
        assertThat(List.of(third, task, map)).allMatch(CompletableFuture::isCancelled);
        assertThat(resultOf(running)).isEqualTo(7);
        assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(interrupted.get()).isEqualTo(1);
        assertThat(ran.get()).isZero();
        assertRefuses(pool);
    }

    @Test
    void terminateKillsAndCancels() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong ran = space.longValue("ran", 0);
        ProcessPool pool = ProcessPool.create(2);
        var running = occupy(pool, gate);
        var waiting = pool.submit(ran::incrementAndGet);
        CompletableFuture<List<Long>> map = pool.mapAsync((Integer x) -> ran.incrementAndGet(), List.of(1, 2));
        pool.terminate();
        assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(running).allMatch(CompletableFuture::isDone);
        for (var future : List.of(running.get(0), running.get(1), waiting, map)) {
            assertThat(future.isCancelled()).isTrue();
            assertThatThrownBy(future::get)
                    .isInstanceOf(CancellationException.class)
                    .hasStackTraceContaining("pool '%s' was terminated".formatted(pool.name()));
        }
        assertThat(ran.get()).isZero();
        assertRefuses(pool);
    }

    /// Running tasks are not retried, unbegun ones are cancelled, and no other worker starts.
    @Test
    void killedWorkersFailWhatTheyRunAndThePoolEnds() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong ran = space.longValue("ran", 0);
        ProcessPool pool = ProcessPool.create(2);
        var running = occupy(pool, gate);
        var waiting = pool.submit(ran::incrementAndGet, TaskOptions.defaults().withRetries(3));
        CompletableFuture<List<Long>> map = pool.mapAsync((Integer x) -> ran.incrementAndGet(), List.of(1, 2));
        pool.killWorkers();
        assertThat(pool.isShutdown()).isTrue();
        assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
        for (var future : running) {
            assertThat(failureOf(future)).isInstanceOfSatisfying(WorkerDiedException.class,
                    died -> assertThat(died.exit()).isEqualTo(new Exit.Killed(9)));
        }
        assertThat(waiting.isCancelled()).isTrue();
        assertThat(map.isCancelled()).isTrue();
        assertThat(ran.get()).isZero();
        assertRefuses(pool);
        pool.killWorkers();
        pool.terminateWorkers();
    }

    /// The hooks of a worker run, in spite of a running task; a worker that does not end in order is killed.
    @Test
    void terminatedWorkersEndInOrderOrAreKilled() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong hooks = space.longValue("hooks", 0);
        for (boolean stuck : new boolean[] {false, true}) {
            Duration grace = stuck ? Duration.ofMillis(100) : Duration.ofMinutes(1);
            ProcessPool pool = ProcessPool.builder().workers(1).grace(grace).build();
            SharedEvent begun = space.event("begun-" + stuck);
            var task = pool.submit(() -> {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    hooks.incrementAndGet();
                    while (stuck) {
                        LockSupport.park();
                    }
                }));
                begun.set();
                gate.await();
                return 1;
            }, TaskOptions.defaults().withRetries(3));
            begun.await();
            pool.terminateWorkers();
            assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(((WorkerDiedException) failureOf(task)).exit())
                    .isEqualTo(stuck ? new Exit.Killed(9) : new Exit.Returned(143));
            assertThat(hooks.get()).as("its hook has run before, if there was time").isPositive();
            assertRefuses(pool);
        }
    }

    /// Their JVMs may still be coming up.
    @Test
    void workersMayBeTerminatedAtOnce() throws Exception {
        ProcessPool pool = ProcessPool.create(2);
        pool.terminateWorkers();
        assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertRefuses(pool);
    }

    /// What depends on a cancelled future runs in the call that cancels it, or in another thread's.
    @Test
    void whatDependsOnACancelledTaskMayAskForTheWorkers() throws Exception {
        SharedEvent gate = space.event("gate");
        ProcessPool pool = ProcessPool.create(1);
        var running = occupy(pool, gate);
        CompletableFuture<List<WorkerInfo>> asked = pool.submit(() -> 1).handle((value, failure) -> pool.workers());
        Thread ending = Thread.ofPlatform().daemon().start(pool::terminate);
        assertThat(resultOf(asked)).hasSizeLessThanOrEqualTo(1);
        ending.join();
        assertThat(pool.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(running).allMatch(CompletableFuture::isDone);
    }

    /// As in the JDK's executors: the flag is kept, and the end is hastened.
    @Test
    void anInterruptedCloseGoesOnAsShutdownNow() throws Exception {
        SharedEvent gate = space.event("gate");
        ProcessPool pool = ProcessPool.create(1);
        var running = occupy(pool, gate);
        var waiting = pool.submit(() -> 1);
        var stayed = new CompletableFuture<Boolean>();
        Thread closer = Thread.ofPlatform().start(() -> {
            pool.close();
            stayed.complete(Thread.currentThread().isInterrupted());
        });
        awaitUntil(pool::isShutdown);
        awaitWaiting(closer);
        closer.interrupt();
        assertThat(resultOf(stayed)).isTrue();
        assertThat(pool.isTerminated()).isTrue();
        assertThat(waiting.isCancelled()).isTrue();
        assertThat(failureOf(running.getFirst())).isInstanceOf(InterruptedException.class);
    }

    /// Also while other threads use the pool.
    @Test
    void aShutdownIsInForceWhenTheCallReturns() throws Exception {
        for (int round = 0; round < 20; round++) {
            ProcessPool pool = ProcessPool.create(1);
            List<Thread> busy = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                busy.add(Thread.ofPlatform().start(() -> {
                    while (!pool.isShutdown()) {
                        try {
                            var _ = pool.submit(() -> {}).cancel(false);
                        } catch (RejectedExecutionException end) {
                            return;
                        }
                    }
                }));
            }
            awaitUntil(() -> !pool.workers().isEmpty());
            if (round % 2 == 0) {
                pool.shutdown();
            } else {
                var _ = pool.shutdownNow();
            }
            boolean shutdown = pool.isShutdown();
            pool.terminate();
            for (Thread thread : busy) {
                thread.join();
            }
            pool.close();
            assertThat(shutdown).isTrue();
        }
    }

    @Test
    void severalPoolsAreSeparate() throws Exception {
        try (ProcessPool one = ProcessPool.create(1); ProcessPool two = ProcessPool.create(1)) {
            long pid = one.apply(() -> ProcessHandle.current().pid());
            assertThat(two.apply(() -> ProcessHandle.current().pid())).isNotEqualTo(pid);
            assertThat(one.name()).isNotEqualTo(two.name());
            one.shutdown();
            assertThat(one.awaitTermination(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(two.apply(() -> 2)).isEqualTo(2);
        }
    }

    @Test
    void aTaskMayHaveAPoolOfItsOwn() throws Exception {
        try (ProcessPool pool = ProcessPool.create(1)) {
            assertThat(pool.apply(() -> {
                try (ProcessPool nested = ProcessPool.create(1)) {
                    long inner = nested.apply(() -> ProcessHandle.current().pid());
                    return nested.map((Integer x) -> x + 1, List.of(1, 2)).size() == 2
                            && inner != ProcessHandle.current().pid();
                }
            })).isTrue();
        }
    }

    /// A program that does not close its pool, or ends while it works, leaves neither processes nor files.
    @Test
    void aProcessThatExitsEndsItsPool(@TempDir Path temporary) throws Exception {
        SharedLongArray pids = space.longArray("pids", 2);
        Path home = TestFolders.makeRoot();
        try {
            JavaProcess program = JavaProcess.builder(() -> {
                ProcessPool pool = ProcessPool.create(2);
                for (int i = 0; i < 2; i++) {
                    int number = i;
                    var _ = pool.submit(() -> {
                        pids.setVolatile(number, ProcessHandle.current().pid());
                        Thread.sleep(TimeUnit.DAYS.toMillis(1));
                        return null;
                    });
                }
                awaitUntil(() -> pids.getVolatile(0) != 0 && pids.getVolatile(1) != 0);
                System.exit(7);
            })
                    .jvmOptions("-Dsluice.home=" + home)
                    .stdout(Redirect.to(temporary.resolve("out").toFile()))
                    .stderr(Redirect.to(temporary.resolve("err").toFile()))
                    .start();
            assertThat(exitOf(program)).isEqualTo(new Exit.Returned(7));
            for (int i = 0; i < 2; i++) {
                long pid = pids.getVolatile(i);
                assertThat(pid).isPositive();
                awaitUntil(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
            }
            assertThat(names(home)).isEmpty();
            assertThat(temporary.resolve("out")).isEmptyFile();
        } finally {
            var _ = TestFolders.remove(home);
        }
    }
}
