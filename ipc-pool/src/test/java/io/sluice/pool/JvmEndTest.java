package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What happens to a pool whose JVM ends: programs that open a pool and do not close it.
class JvmEndTest extends PoolTest {
    private static final int SIGTERM = 15;
    private static final int TASKS = 5;

    private SharedEvent gate;
    private SharedEvent returned;
    private SharedEvent hooked;
    private SharedLong done;
    private SharedLong told;

    @BeforeEach
    void openObjects() {
        gate = space.event("gate");
        returned = space.event("returned");
        hooked = space.event("hooked");
        done = space.longValue("done", 0);
        told = space.longValue("told", 0);
    }

    @AfterEach
    void closeObjects() {
        gate.close();
        returned.close();
        hooked.close();
        done.close();
        told.close();
    }

    /// The work of the programs: tasks that wait at the gate and count, and dependent stages that count as well.
    private record Work(SharedEvent gate, SharedLong done, SharedLong told) {
        List<CompletableFuture<Integer>> submit(ProcessPool pool) {
            SharedEvent theGate = gate;
            SharedLong theDone = done;
            return IntStream.range(0, TASKS).mapToObj(i -> pool.submit(() -> {
                theGate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
                theDone.incrementAndGet();
                return i;
            }).whenComplete((value, failure) -> {
                if (failure == null) {
                    told.incrementAndGet();
                }
            })).toList();
        }
    }

    private Work work() {
        return new Work(gate, done, told);
    }

    /// Waits until the pool's threads are the only ones left in a program.
    private void awaitReturned() throws InterruptedException {
        assertThat(returned.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private void assertEndsAfterItsWork(JavaProcess program) throws InterruptedException {
        awaitReturned();
        assertThat(program.join(300, TimeUnit.MILLISECONDS)).as("ended before its work").isFalse();
        gate.set();
        assertThat(exitOf(program)).isEqualTo(new Exit.Returned(0));
    }

    @Test
    void unfinishedTasksKeepTheJvmAliveAndAnIdlePoolDoesNot() throws Exception {
        Work work = work();
        SharedEvent over = returned;
        JavaProcess program = JavaProcess.start(() -> {
            ProcessPool pool = ProcessPool.create(1);
            var _ = pool.submit(() -> 1).get();
            var _ = work.submit(pool);
            over.set();
        });
        assertEndsAfterItsWork(program);
        assertThat(done.get()).isEqualTo(TASKS);
        assertThat(told.get()).isEqualTo(TASKS);
    }

    /// A daemon thread, as a virtual one is, does not keep the JVM alive; the call that it waits for does.
    @Test
    void theCallOfADaemonThreadKeepsTheJvmAlive() throws Exception {
        Work work = work();
        SharedEvent over = returned;
        JavaProcess program = JavaProcess.start(() -> {
            ProcessPool pool = ProcessPool.create(1);
            SharedEvent theGate = work.gate();
            SharedLong theDone = work.done();
            Thread caller = Thread.startVirtualThread(() -> {
                try {
                    var _ = pool.apply(() -> {
                        theGate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
                        return theDone.incrementAndGet();
                    });
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            awaitWaiting(caller);
            over.set();
        });
        assertEndsAfterItsWork(program);
        assertThat(done.get()).isEqualTo(1);
    }

    /// Also the tasks that users' hooks wait for, which run at the same time.
    @Test
    void atSigtermThePoolDrains() throws Exception {
        Work work = work();
        SharedEvent over = returned;
        SharedEvent inHook = hooked;
        JavaProcess program = JavaProcess.start(() -> {
            ProcessPool pool = ProcessPool.builder().workers(2)
                    .onShutdown(OnShutdown.drain(Duration.ofSeconds(WATCHDOG_SECONDS))).build();
            var _ = pool.submit(() -> 1).get();
            List<CompletableFuture<Integer>> futures = work.submit(pool);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                awaitUntil(pool::isShutdown);
                assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(RejectedExecutionException.class);
                inHook.set();
                int sum = futures.stream().mapToInt(CompletableFuture::join).sum();
                work.told().addAndGet(100L * sum);
            }));
            over.set();
            Thread.sleep(TimeUnit.SECONDS.toMillis(WATCHDOG_SECONDS));
        });
        awaitReturned();
        assertThat(program.signal(SIGTERM)).isTrue();
        assertThat(hooked.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
        gate.set();
        assertThat(exitOf(program)).isEqualTo(new Exit.Killed(SIGTERM));
        assertThat(done.get()).isEqualTo(TASKS);
        assertThat(told.get()).isEqualTo(TASKS + 100 * TASKS * (TASKS - 1) / 2);
    }

    /// The workers are still starting then, and open the space of the pool after the end of its process has begun.
    @Test
    void aProgramThatExitsRightAfterItsSubmissionsDrains() throws Exception {
        Work work = work();
        gate.set();
        JavaProcess program = JavaProcess.start(() -> {
            ProcessPool pool = ProcessPool.builder().workers(1)
                    .onShutdown(OnShutdown.drain(Duration.ofSeconds(WATCHDOG_SECONDS))).build();
            var _ = work.submit(pool);
            System.exit(7);
        });
        assertThat(exitOf(program)).isEqualTo(new Exit.Returned(7));
        assertThat(done.get()).isEqualTo(TASKS);
        assertThat(told.get()).isEqualTo(TASKS);
    }

    /// The dependent stage runs on after the pool has ended.
    @Test
    void dependentStagesOfTheLastResultAreDoneBeforeTheEnd() throws Exception {
        Work work = work();
        JavaProcess program = JavaProcess.start(() -> {
            ProcessPool pool = ProcessPool.builder().workers(1)
                    .onShutdown(OnShutdown.drain(Duration.ofSeconds(WATCHDOG_SECONDS))).build();
            SharedEvent theGate = work.gate();
            var _ = pool.submit(() -> theGate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)).thenAccept(opened -> {
                awaitUntil(pool::isTerminated);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));   // longer than the rest of the end
                work.told().addAndGet(opened ? 1 : 0);
            });
            work.gate().set();
            System.exit(7);
        });
        assertThat(exitOf(program)).isEqualTo(new Exit.Returned(7));
        assertThat(told.get()).isEqualTo(1);
    }

    @Test
    void aPoolThatTerminatesOrDoesNotDrainInTimeLosesItsWork() throws Exception {
        Work work = work();
        SharedEvent over = returned;
        for (boolean drain : new boolean[] {true, false}) {
            returned.clear();
            JavaProcess program = JavaProcess.start(() -> {
                ProcessPool pool = ProcessPool.builder().workers(1).onShutdown(
                        drain ? OnShutdown.drain(Duration.ofMillis(50)) : OnShutdown.TERMINATE).build();
                var _ = pool.submit(() -> 1).get();
                var _ = work.submit(pool);
                over.set();
                System.exit(7);
            });
            awaitReturned();
            assertThat(exitOf(program)).isEqualTo(new Exit.Returned(7));
            assertThat(done.get()).isZero();
            assertThat(told.get()).isZero();
        }
    }

    @Test
    void aNegativeTimeToDrainIsRefused() {
        assertThatThrownBy(() -> OnShutdown.drain(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pool: the time to drain, PT-1S, is negative");
        assertThat(OnShutdown.drain(Duration.ofSeconds(3))).hasToString("drain(PT3S)");
        assertThat(OnShutdown.TERMINATE).hasToString("terminate");
    }
}
