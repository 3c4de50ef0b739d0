package io.sluice.shm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.SluiceException;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.ObjectState.Counter;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.ObjectState.Hold;
import io.sluice.shm.space.RingMessage;
import io.sluice.shm.space.SpaceOptions;
import io.sluice.shm.space.SpaceState;
import java.nio.file.Path;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What an observer outside a space sees of its objects. The mappings are read-only, so a write would end this JVM.
class StateTest {
    private final Sandbox sandbox = new Sandbox();
    private final SpaceRoot root = new SpaceRoot(Path.of(sandbox.root()));

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private ObjectState state(String name) {
        return root.details(Sandbox.SPACE).objects().stream()
                .filter(object -> object.info().name().equals(name)).findFirst().orElseThrow();
    }

    private static long counter(ObjectState state, String name) {
        return state.counters().stream().filter(counter -> counter.name().equals(name)).findFirst()
                .map(Counter::value).orElseThrow();
    }

    /// Locks and what counts: who holds what.
    @Test
    void holdersAreNamedByProcessAndThread() throws InterruptedException {
        SharedSpace space = sandbox.open();
        long thread = Thread.currentThread().threadId();
        var lock = space.reentrantLock("lock");
        var readWrite = space.readWriteLock("rw");
        var permits = space.semaphore("permits", 3);
        var number = space.longValue("number", 7);
        assertThat(lock.tryLock() && readWrite.readLock().tryLock()).isTrue();
        assertThat(lock.tryLock()).isTrue();
        permits.acquire(2);
        assertThat(state("lock").holds()).containsExactly(new Hold("lock", 1, thread, 2));
        assertThat(counter(state("lock"), "acquisitions")).isEqualTo(1);
        assertThat(state("rw").holds()).containsExactly(new Hold("read lock", 1, 0, 1));
        assertThat(state("permits").holds()).containsExactly(new Hold("permits", 1, 0, 2));
        assertThat(counter(state("permits"), "available")).isEqualTo(1);
        assertThat(state("number").condition()).isEqualTo(Condition.OK);
        readWrite.readLock().unlock();
        assertThat(readWrite.writeLock().tryLock()).isTrue();
        assertThat(state("rw").holds()).containsExactly(new Hold("write lock", 1, thread, 1));
        readWrite.writeLock().unlock();
        lock.unlock();
        lock.unlock();
        permits.release(2);
        assertThat(state("lock").holds()).isEmpty();
        assertThat(number.get()).isEqualTo(7);
    }

    /// Events, latches and barriers, whole and broken.
    @Test
    void meetingPointsTellHowFarTheyAre() throws InterruptedException {
        SharedSpace space = sandbox.open();
        var event = space.event("event");
        var latch = space.countDownLatch("latch", 3);
        var barrier = space.barrier("barrier", 2);
        event.set();
        latch.countDown();
        assertThat(counter(state("event"), "sets")).isEqualTo(1);
        assertThat(counter(state("latch"), "count")).isEqualTo(2);
        assertThat(state("barrier").holds()).containsExactly(new Hold("party", 1, 0, 1));
        assertThat(state("barrier").condition()).isEqualTo(Condition.OK);
        assertThatThrownBy(() -> barrier.await(1, TimeUnit.MILLISECONDS))
                .isInstanceOfAny(TimeoutException.class, BrokenBarrierException.class);
        assertThat(state("barrier").condition()).isEqualTo(Condition.BROKEN);
        barrier.reset();
        assertThat(state("barrier").condition()).isEqualTo(Condition.OK);
    }

    /// Rings, pipes and services.
    @Test
    void messagesAreCountedAndCanBeRead() throws Exception {
        SharedSpace space = sandbox.open();
        var queue = space.taskQueue("queue", Codec.strings(), 2);
        var service = space.service("service", Codec.strings(), Codec.longs());
        var ring = space.ring("ring", RingOptions.oneToOne(8));
        var producer = ring.producer();
        queue.put("one");
        queue.put("two");
        assertThat(queue.take()).isEqualTo("one");
        assertThat(state("queue")).satisfies(state -> {
            assertThat(state.condition()).isEqualTo(Condition.FULL);
            assertThat(state.finding()).isEqualTo("pid " + ProcessHandle.current().pid()
                    + " has taken the oldest message and not released it");
            assertThat(state.flows()).containsExactly(new Flow("", 2, 1, 2, 1, 3, -1, -1));
            assertThat(state.holds()).containsExactly(new Hold("message", 1, 0, 1));
        });
        assertThat(state("ring").holds()).containsExactly(new Hold("producer", 1, 0, 1));
        assertThat(state("ring").flows()).containsExactly(new Flow("", 8, 0, 0, 1, 0, 1, 0));
        assertThat(counter(state("service"), "open calls")).isZero();
        try (MessageView view = root.messages(Sandbox.SPACE, "queue")) {
            assertThat(view.waiting(0, 10)).extracting(message -> new String(message.bytes(), UTF_8))
                    .containsExactly("two");
            assertThat(view.youngest(0, 10, Long.MAX_VALUE)).extracting(RingMessage::state)
                    .containsExactly(RingMessage.State.TAKEN, RingMessage.State.WAITING);
            long end = view.end(0);
            assertThat(view.next(0, end)).isNull();
            queue.taskDone();
            queue.put("x".repeat(5000));
            assertThat(view.next(0, end)).satisfies(large -> {
                assertThat(large.whole()).isTrue();
                assertThat(large.bytes()).hasSize(5000);
            });
            assertThat(view.isLinked()).isTrue();
            assertThat(queue.unlink()).isTrue();
            assertThat(view.isLinked()).isFalse();
        }
        assertThat(producer != null && !service.isClosed()).isTrue();
    }

    /// An observer needs no slot of the space, and a missing or unfit object is said to be so.
    @Test
    void anObserverTakesNoPlace() {
        try (var space = SharedSpace.open("full", SpaceOptions.under(root.path()).withMaxProcesses(1));
                var event = space.event("event")) {
            SpaceState state = root.state("full");
            assertThat(state.objects()).hasSize(1);
            assertThat(state.owner(1).pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(state.owner(2)).isNull();
            assertThatThrownBy(() -> root.messages("full", "event")).isInstanceOf(SluiceException.class)
                    .hasMessageStartingWith("'event' is of kind event, which has no messages; 'sluice stat event' ");
            assertThatThrownBy(() -> root.messages("full", "other")).isInstanceOf(NoSuchObjectException.class);
            assertThatThrownBy(() -> root.recover("full", "event")).isInstanceOf(SluiceException.class)
                    .hasMessage("'event' is of kind event, which has no lock that could be poisoned");
            event.unlink();
        }
        assertThatThrownBy(() -> root.state("nowhere")).isInstanceOf(NoSuchObjectException.class);
    }

    /// The same over JMX, as a client sees it.
    @Test
    void aSpaceIsShownByJmx() throws Exception {
        MBeanServer server = MBeanServerFactory.newMBeanServer();
        ObjectName bean = new ObjectName("io.sluice:type=Space,name=" + Sandbox.SPACE);
        server.registerMBean(root.mxBean(Sandbox.SPACE), bean);
        assertThatThrownBy(() -> server.getAttribute(bean, "LiveProcesses"))
                .hasRootCauseInstanceOf(NoSuchObjectException.class);
        SharedSpace space = sandbox.open();
        var queue = space.queue("queue", Codec.strings(), 2);
        space.semaphore("permits", 3);
        assertThat((String[]) server.getAttribute(bean, "Findings")).isEmpty();
        queue.put("one");
        queue.put("two");
        assertThat(server.getAttribute(bean, "Path")).isEqualTo(sandbox.root() + "/" + Sandbox.SPACE);
        assertThat(server.getAttribute(bean, "LiveProcesses")).isEqualTo(1);
        assertThat(server.getAttribute(bean, "DeadProcesses")).isEqualTo(0);
        assertThat((String[]) server.getAttribute(bean, "Findings")).singleElement(STRING).startsWith("queue: FULL: ");
        CompositeData[] rows = (CompositeData[]) server.getAttribute(bean, "Objects");
        assertThat(rows).extracting(row -> row.get("name")).containsExactly("permits", "queue");
        TabularData counters = (TabularData) rows[0].get("counters");
        assertThat(counters.get(new Object[] {"available"}).get("value")).isEqualTo(3L);
        assertThat(queue.offer("three")).isFalse();
        rows = (CompositeData[]) server.getAttribute(bean, "Objects");
        counters = (TabularData) rows[1].get("counters");
        assertThat(counters.get(new Object[] {"refused"}).get("value")).asInstanceOf(LONG).isPositive();
        assertThat(counters.get(new Object[] {"room waits"}).get("value")).isEqualTo(0L);
        assertThat(rows[1].getAll(new String[] {"kind", "condition", "capacity", "depth", "in", "live", "dead"}))
                .containsExactly("QUEUE", "FULL", 2L, 2L, 2L, 1, 0);
    }
}
