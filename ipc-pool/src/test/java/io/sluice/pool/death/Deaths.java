package io.sluice.pool.death;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.pool.ProcessPool;
import io.sluice.pool.WorkerDiedException;
import io.sluice.pool.WorkerInfo;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.linux.Pidfd;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Helpers of the tests of deaths: how to cause one, and how to wait for its effects.
final class Deaths {
    static final int SIGINT = 2;
    static final int SIGABRT = 6;
    static final int SIGKILL = 9;
    static final int SIGSEGV = 11;
    static final int SIGTERM = 15;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    /// Options of workers that crash: no core, no report, nothing on standard output.
    static final String[] QUIET = {
        "-XX:-CreateCoredumpOnCrash", "-XX:+SuppressFatalErrorMessage", "-XX:+UnlockDiagnosticVMOptions",
        "-XX:-DisplayVMOutput"};

    private static final long WATCHDOG_SECONDS = 120;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Deaths() {}

    /// Sends a signal. No effect if the process has ended.
    static void signal(long pid, int number) {
        try (Pidfd process = Pidfd.of(pid)) {
            var _ = process.signal(number);
        } catch (SystemCallException gone) {
            // It died before.
        }
    }

    static void kill(long pid) {
        signal(pid, SIGKILL);
    }

    /// Sends this process a signal, and does not return.
    static void die(int number) {
        signal(ProcessHandle.current().pid(), number);
        await("this process to die of signal " + number, () -> false);
    }

    /// The children of this JVM that are not workers of its pool, such as those of a stock.
    static List<Long> standbys(ProcessPool pool) {
        List<Long> workers = pool.workers().stream().map(WorkerInfo::pid).toList();
        return ProcessHandle.current().children().map(ProcessHandle::pid)
                .filter(pid -> !workers.contains(pid)).toList();
    }

    static boolean isGone(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }

    /// Waits for a condition, and fails if it does not hold in time.
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited %d s for %s".formatted(WATCHDOG_SECONDS, what));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// Waits until a cell has the expected value.
    static void await(SharedLongArray cells, long index, long value) {
        await("cell %d to become %d".formatted(index, value), () -> cells.getVolatile(index) == value);
    }

    /// Waits until all workers take tasks.
    ///
    /// @return the workers
    static List<WorkerInfo> awaitReady(ProcessPool pool) {
        await("the workers of " + pool, () -> ready(pool).size() == pool.size());
        return ready(pool);
    }

    static List<WorkerInfo> ready(ProcessPool pool) {
        return pool.workers().stream().filter(WorkerInfo::ready).toList();
    }

    /// The result of a task, which must succeed.
    static <T> T get(Future<T> future) {
        try {
            return future.get(WATCHDOG_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException unexpected) {
            throw new AssertionError("a task was lost or failed: " + unexpected, unexpected);
        }
    }

    /// The failure of a task, which must fail.
    static Throwable failure(Future<?> future) {
        Throwable thrown = catchThrowable(() -> future.get(WATCHDOG_SECONDS, TimeUnit.SECONDS));
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        return thrown.getCause();
    }

    /// The failure of a task whose worker died while it ran the task.
    static WorkerDiedException death(Future<?> future) {
        Throwable failure = failure(future);
        assertThat(failure).isInstanceOf(WorkerDiedException.class);
        return (WorkerDiedException) failure;
    }
}
