package io.sluice.pool.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.manager.Manager.Options;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Managers with real processes: proxies in children, and the kill of a server, a client, a holder of proxies and a
/// starter.
@Timeout(120)
class ManagerDeathTest {
    private final List<JavaProcess> children = new ArrayList<>();

    @AfterEach
    void endChildren() throws Exception {
        for (JavaProcess child : children) {
            kill(child);
            child.close();
        }
    }

    private JavaProcess child(Action task) {
        JavaProcess child = JavaProcess.builder(task).stdout(Redirect.DISCARD).start();
        children.add(child);
        return child;
    }

    private static void kill(JavaProcess child) throws InterruptedException {
        child.kill();
        var _ = child.join();
    }

    private static void park() {
        while (true) {
            LockSupport.park();
        }
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }

    private static int objects(Manager manager) {
        System.gc();
        return ((Server) manager.server()).objectCount();
    }

    private static JavaProcess process(Manager manager) {
        return ((ServerProcess) manager.server()).process();
    }

    private static void assertNothingIsLeft(Address address) {
        assertThat(Path.of(((Address.Unix) address).path())).doesNotExist();
        assertThat(Path.of(((Address.Unix) address).path() + ".lock")).doesNotExist();
    }

    @Test
    void childrenUseProxiesAndTheManagerItself() throws Exception {
        Manager manager = Manager.start(Options.defaults().withJvmOptions("-Xmx64m")
                .withConnection(ConnectionOptions.defaults().withAllowed("java.util.PriorityQueue")));
        ConcurrentMap<String, Integer> hits = manager.map();
        List<Object> list = manager.list("list");
        JavaProcess one = child(() -> {
            hits.merge("hits", 1, (BinaryOperator<Integer> & Serializable) Integer::sum);
            list.add(hits);                                      // lives on in the list
        });
        JavaProcess two = child(() -> {
            manager.<String, Object>map("own").put("queue", new PriorityQueue<>(List.of(1)));
            hits.merge("hits", 1, Integer::sum);
            manager.close();                                     // leaves, and does not end the server
        });
        assertThat(one.join()).hasToString("returned normally");
        assertThat(two.join()).hasToString("returned normally");
        assertThat(hits).containsEntry("hits", 2);
        assertThat((Queue<?>) manager.map("own").get("queue")).as("the options travel too").hasSize(1);
        assertThat(list).containsExactly(hits);
        Address address = manager.address();
        JavaProcess server = process(manager);
        manager.close();
        assertThat(server.exit().orElseThrow()).as("it has ended in order").hasToString("returned normally");
        assertNothingIsLeft(address);
    }

    @Test
    void aKilledServerEndsPendingAndLaterCalls() throws Exception {
        Manager manager = Manager.start();
        BlockingDeque<Integer> deque = manager.deque();
        Map<String, Integer> map = manager.map("map");
        List<FutureTask<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            FutureTask<Integer> taker = new FutureTask<>(deque::take);
            takers.add(taker);
            Thread.ofVirtual().start(taker);
        }
        map.put("a", 1);
        kill(process(manager));
        for (FutureTask<Integer> taker : takers) {
            assertThatThrownBy(() -> taker.get(60, TimeUnit.SECONDS)).cause()
                    .isInstanceOf(ManagerEndedException.class).hasMessageContaining("its server has ended");
        }
        assertThatThrownBy(() -> map.get("a")).isInstanceOf(ManagerEndedException.class)
                .hasMessageContaining(manager.address().toString()).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> manager.map("map")).isInstanceOf(ManagerEndedException.class)
                .rootCause().isInstanceOfAny(PeerDiedException.class, IOException.class);
        manager.close();
        assertNothingIsLeft(manager.address());
    }

    @Test
    void aKilledClientTakesNothingAndDropsItsReferences() throws Exception {
        try (Manager manager = Manager.serve(Options.defaults())) {
            BlockingDeque<String> deque = manager.deque("deque");
            BlockingDeque<String> reports = manager.deque("reports");
            JavaProcess child = child(() -> {
                Map<String, Object> own = manager.map();         // only this process has it
                own.put("a", manager.list());
                List<Map<String, Object>> kept = List.of(own);
                reports.put("about to take");
                var _ = deque.take();
                reports.put("took" + kept);
            });
            assertThat(reports.take()).isEqualTo("about to take");
            until(() -> objects(manager) == 4);                  // deque, reports, map, list
            kill(child);
            until(() -> objects(manager) == 2);
            deque.put("for another one");
            assertThat(deque.poll(60, TimeUnit.SECONDS)).isEqualTo("for another one");
            assertThat(reports).isEmpty();
        }
    }

    @Test
    void anObjectLivesAsLongAsAHolderOfItsProxy() throws Exception {
        try (Manager manager = Manager.serve(Options.defaults())) {
            BlockingDeque<Integer> reports = manager.deque("reports");
            JavaProcess child = holder(manager, reports);
            assertThat(reports.take()).as("this process has dropped its proxy, the child has one").isEqualTo(7);
            assertThat(objects(manager)).isEqualTo(2);
            kill(child);
            until(() -> objects(manager) == 1);
        }
    }

    private JavaProcess holder(Manager manager, BlockingDeque<Integer> reports) {
        Map<String, Integer> map = manager.map();
        map.put("a", 7);
        return child(() -> {
            reports.put(map.get("a"));
            park();
            reports.put(map.get("a"));
        });
    }

    @Test
    void aServerEndsWithAStarterThatIsKilled() throws Exception {
        try (Manager manager = Manager.serve(Options.defaults())) {
            BlockingDeque<Long> pids = manager.deque();
            BlockingDeque<String> addresses = manager.deque();
            JavaProcess starter = child(() -> {
                Manager own = Manager.start();
                addresses.put(own.address().toString());
                pids.put(ProcessHandle.current().children().findFirst().orElseThrow().pid());
                park();
            });
            Address address = Address.parse(addresses.take());
            ProcessHandle server = ProcessHandle.of(pids.take()).orElseThrow();
            kill(starter);
            server.onExit().get(60, TimeUnit.SECONDS);
            assertNothingIsLeft(address);
        }
    }

    @Test
    void aServerThatDoesNotComeUpIsAnError() throws Exception {
        try (Manager manager = Manager.serve(Options.defaults())) {
            Options taken = Options.defaults().withAddress(manager.address());
            assertThatThrownBy(() -> Manager.start(taken)).isInstanceOf(IOException.class)
                    .hasMessageContaining("its server did not come up");
            assertThat(JavaProcess.children()).isEmpty();
        }
    }
}
