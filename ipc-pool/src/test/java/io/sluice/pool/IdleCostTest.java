package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.connection.Listener;
import io.sluice.pool.manager.Manager;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Task;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.pipe.Connection;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// CPU time of processes, pools, connections and managers whose threads all wait, measured by the kernel.
class IdleCostTest extends PoolTest {
    /// All of it costs some percent of a core. A single thread that spins would cost more than the bound, or, on a busy
    /// machine, as much as it gets.
    private static final double BOUND = 0.3;
    private static final int WINDOWS = 40;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final List<FutureTask<?>> waits = new ArrayList<>();

    private <T> void waits(Callable<T> wait) {
        FutureTask<T> task = new FutureTask<>(wait);
        waits.add(task);
        Thread.ofPlatform().daemon().start(task);
    }

    @Test
    void whatWaitsCostsNearlyNothing() throws Exception {
        AuthKey key = AuthKey.generate();
        ConnectionOptions socket = ConnectionOptions.defaults().withSharedMemory(false);
        SharedEvent end = space.event("end");
        try (ProcessPool pool = ProcessPool.create(2);
                ProcessPool idle = ProcessPool.create(1);
                Manager manager = Manager.start();
                Listener<Object> listener = Listener.open(Address.unix(), key);
                Connection<Object> moved = Client.connect(listener.address(), key);
                Connection<Object> accepted = listener.accept();
                Connection<Object> kept = Client.connect(listener.address(), key, socket);
                Connection<Object> acceptedToo = listener.accept();
                JavaProcess child = JavaProcess.start(end::await);
                AutoCloseable _ = () -> {
                    end.set();
                    var _ = child.join();
                }) {
            assertThat(idle.submit(() -> 1).get()).isEqualTo(1);
            Task<Integer> untilTheEnd = () -> {
                end.await();
                return 1;
            };
            CompletableFuture<Integer> awaited = pool.submit(untilTheEnd);
            CompletableFuture<Void> stage = pool.submit(untilTheEnd).thenAccept(one -> {});
            BlockingDeque<Integer> deque = manager.deque();
            waits(awaited::get);
            waits(deque::take);
            waits(moved::receive);
            waits(accepted::receive);
            waits(kept::receive);
            waits(acceptedToo::receive);
            waits(listener::accept);
            waits(() -> pool.imap(one -> {
                end.await();
                return one;
            }, List.of(1, 2, 3)).next());
            waits(child::join);

            assertThat(leastShare()).as("CPU time of a core, of this process and of its children").isLessThan(BOUND);
            for (FutureTask<?> wait : waits) {
                assertThat(wait.state()).as(() -> wait.exceptionNow().toString()).isEqualTo(Future.State.RUNNING);
            }
            end.set();
            stage.get();
            assertThat(child.join().isSuccess()).isTrue();
        }
    }

    /// The least of some windows: the first ones pay for compilers and for whatever else a JVM does once.
    private static double leastShare() throws InterruptedException {
        double least = Double.MAX_VALUE;
        for (int window = 0; window < WINDOWS && (window < 2 || least >= BOUND); window++) {
            long begin = System.nanoTime();
            long spent = cpuNanos();
            TimeUnit.MILLISECONDS.sleep(500);
            least = Math.min(least, (double) (cpuNanos() - spent) / (System.nanoTime() - begin));
        }
        System.out.printf("IdleCostTest: %.1f %% of a core%n", least * 100);
        return least;
    }

    private static long cpuNanos() {
        return SYSTEM.getProcessCpuTime() + ProcessHandle.current().children()
                .mapToLong(child -> child.info().totalCpuDuration().map(time -> time.toNanos()).orElse(0L)).sum();
    }
}
