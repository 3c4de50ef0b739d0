package io.sluice.pool.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.campaign.Share;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.LockPoisonedException;
import io.sluice.pool.connection.Address;
import io.sluice.pool.manager.Manager.Options;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.semaphore.SharedSemaphore;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The server of a manager, or a client that holds proxies, locks and permits, is killed at each named step. What the
/// other side sees is asserted; how soon after the end of the process it sees that is printed.
@Timeout(120)
@SuppressWarnings("LockNotBeforeTry")    // who holds what is the question
class ManagerCrashTest {
    private static final Set<CrashPoint> OF_THE_SERVER = EnumSet.range(
            CrashPoint.MANAGER_SESSION_MADE, CrashPoint.MANAGER_SESSION_OVER);
    private static final Set<CrashPoint> OF_A_CLIENT = EnumSet.range(
            CrashPoint.MANAGER_HELLO_SENT, CrashPoint.MANAGER_ANSWER_RECEIVED);
    private static final int AMONG_CALLS = 30;
    private static final long WATCHDOG_SECONDS = 60;

    private static <T> FutureTask<T> run(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().name("test").start(task);
        return task;
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static String[] crash(CrashPoint at, int nth) {
        return new String[] {"-Dsluice.crash.at=" + at, "-Dsluice.crash.nth=" + nth};
    }

    private static void assertKilled(JavaProcess process) throws InterruptedException {
        assertThat(process.join(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.join()).isEqualTo(new Exit.Killed(9));
    }

    private static void report(CrashPoint at, String what, long deadNanos) {
        System.out.printf("ManagerCrashTest: %s: %s %,d us after the end of the process%n",
                at, what, (System.nanoTime() - deadNanos) / 1000);
    }

    @Test
    void eachStepOfAManagerHasACase() {
        Set<CrashPoint> all = EnumSet.allOf(CrashPoint.class);
        all.removeIf(point -> !point.name().startsWith("MANAGER_"));
        Set<CrashPoint> covered = EnumSet.copyOf(OF_THE_SERVER);
        covered.addAll(OF_A_CLIENT);
        assertThat(covered).isEqualTo(all);
    }

    // The server.

    @ParameterizedTest
    @Share
    @EnumSource(names = {"MANAGER_SESSION_MADE", "MANAGER_CALL_RECEIVED", "MANAGER_CALL_DONE", "MANAGER_ANSWER_SENT",
            "MANAGER_GUEST_ENTERED", "MANAGER_SESSION_OVER"})
    void aServerThatDiesEndsEachCallAndLeavesNothing(CrashPoint at) throws Exception {
        int nth = switch (at) {
            case MANAGER_SESSION_MADE -> 2;      // the first is that of its starter
            case MANAGER_CALL_RECEIVED, MANAGER_CALL_DONE, MANAGER_ANSWER_SENT -> AMONG_CALLS;
            default -> 1;
        };
        Manager manager = Manager.start(Options.defaults().withJvmOptions(crash(at, nth)));
        JavaProcess process = ((ServerProcess) manager.server()).process();
        long pid = process.pid();
        Address.Unix address = (Address.Unix) manager.address();
        Map<String, Integer> map = manager.map();
        Object server = ((ManagedMap<?, ?>) map).remote().link().server();
        BlockingDeque<Integer> deque = manager.deque();
        List<FutureTask<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            takers.add(run(deque::take));
        }
        assertThatThrownBy(() -> {
            for (int i = 0; i < AMONG_CALLS; i++) {
                map.put("number", i);
            }
            // A second greeting, by a client that counts as one of another host.
            try (Manager elsewhere = Manager.connect(
                    address, manager.key(), Manager.USUAL.withSharedMemory(false))) {
                elsewhere.event("event").set();
                while (true) {
                    map.put("number", 0);
                }
            }
        }).satisfies(failure -> assertThat(failure).isInstanceOfAny(
                ManagerEndedException.class, at == CrashPoint.MANAGER_SESSION_MADE ? IOException.class
                        : ManagerEndedException.class));
        assertKilled(process);
        long dead = System.nanoTime();
        for (FutureTask<Integer> taker : takers) {
            assertThatThrownBy(() -> taker.get(WATCHDOG_SECONDS, TimeUnit.SECONDS)).cause()
                    .isInstanceOf(ManagerEndedException.class).hasMessageContaining("its server has ended");
        }
        report(at, "all calls have ended", dead);
        assertThatThrownBy(map::size).isInstanceOf(ManagerEndedException.class);
        manager.close();
        assertThat(Path.of(address.path())).doesNotExist();
        assertThat(Path.of(address.path() + ".lock")).doesNotExist();
        until(() -> SpaceRoot.usual().spaces().stream().noneMatch(name -> name.equals("manager-" + server)
                || name.startsWith("connections-" + pid + "-")));
    }

    // A client.

    private static JavaProcess client(Manager manager, String[] crash) {
        return JavaProcess.builder(() -> {
            Map<String, Object> own = manager.map();         // the first call
            own.put("own", manager.list());
            manager.lock("lock").lock();
            manager.semaphore("permits", 5).acquire(3);
            var _ = manager.<String>taskQueue("tasks", 4).take();
            var _ = manager.barrier("barrier", 2).getParties();
            for (int i = 0; ; i++) {
                own.put("number", i);
            }
        }).jvmOptions(crash).stdout(Redirect.DISCARD).start();
    }

    @ParameterizedTest
    @Share
    @EnumSource(names = {"MANAGER_HELLO_SENT", "MANAGER_CALL_SENT", "MANAGER_ANSWER_RECEIVED"})
    void aClientThatDiesGivesBackWhatItHas(CrashPoint at) throws Exception {
        Options options = Options.defaults().withAddress(Address.tcp("127.0.0.1", 0))
                .withConnection(Manager.USUAL.withSharedMemory(false));
        try (Manager manager = Manager.serve(options); Manager here = Manager.connect(manager.address(), manager.key());
                SharedLock lock = here.lock("lock"); SharedSemaphore permits = here.semaphore("permits", 5);
                SharedTaskQueue<String> tasks = here.taskQueue("tasks", 4);
                SharedBarrier barrier = here.barrier("barrier", 2)) {
            BlockingDeque<Integer> kept = manager.deque("kept");
            tasks.put("task");
            Server server = (Server) manager.server();
            assertThat(server.objectCount()).isEqualTo(1);
            boolean early = at == CrashPoint.MANAGER_HELLO_SENT;
            FutureTask<Object> party = early ? null : run(barrier::await);
            try (JavaProcess client = client(manager, crash(at, early ? 1 : AMONG_CALLS))) {
                assertKilled(client);
            }
            long dead = System.nanoTime();
            if (!early) {
                assertThatThrownBy(() -> party.get(WATCHDOG_SECONDS, TimeUnit.SECONDS)).cause()
                        .isInstanceOf(BrokenBarrierException.class);
                assertThatThrownBy(lock::lock).isInstanceOf(LockPoisonedException.class);
                assertThat(tasks.take()).isEqualTo("task");
                assertThat(tasks.deliveries()).isEqualTo(2);
                tasks.taskDone();
            }
            until(() -> permits.availablePermits() == 5);
            report(at, "all is given back", dead);
            until(() -> {
                System.gc();
                return server.objectCount() == 1;
            });
            kept.put(1);
            assertThat(kept.take()).as("the others are served").isEqualTo(1);
        }
    }
}
