package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.space.ObjectState;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What slow paths count in an object, as an observer sees it; also what a process has counted that was killed.
class CountersTest {
    private static final long WAIT_MILLIS = 5;
    /// On a loaded machine a wait may be over before its first spins are, and is not counted then.
    private static final int MOST_TRIES = 100;

    private final Sandbox sandbox = new Sandbox();
    private final SpaceRoot root = new SpaceRoot(Path.of(sandbox.root()));

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private long counted(String object, String name) {
        ObjectState state = root.details(Sandbox.SPACE, object).objects().getFirst();
        return state.counter(name).orElseThrow(() -> new AssertionError(state.counters() + " have no " + name));
    }

    /// A wait that ends by its time-out.
    @FunctionalInterface
    private interface Attempt {
        void make() throws Exception;
    }

    private void assertCounted(String object, String reason, Attempt wait) throws Exception {
        assertThat(counted(object, reason + "waits")).as(object).isZero();
        for (int tries = 0; counted(object, reason + "waits") == 0 && tries < MOST_TRIES; tries++) {
            wait.make();
        }
        assertThat(counted(object, reason + "waits")).as(object).isEqualTo(1);
        assertThat(counted(object, reason + "blocked ns")).as(object).isPositive();
    }

    /// A queue counts refusals, and the waits of both sides; not what passes without a wait.
    @Test
    void aQueueCountsRefusalsAndWaits() throws Exception {
        var queue = sandbox.open().queue("queue", Codec.strings(), 1);
        for (int i = 0; i < 100; i++) {
            queue.put("element");
            assertThat(queue.take()).isEqualTo("element");
        }
        for (String none : List.of("refused", "room waits", "message waits", "message blocked ns", "recoveries")) {
            assertThat(counted("queue", none)).as(none).isZero();
        }
        assertThat(counted("queue", "empty ns ago")).isEqualTo(-1);

        assertCounted("queue", "message ",
                () -> assertThat(queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isNull());
        long emptyNanos = counted("queue", "empty ns ago");
        assertThat(emptyNanos).isPositive();
        assertThat(counted("queue", "empty ns ago")).isGreaterThan(emptyNanos);
        queue.put("element");
        assertThat(counted("queue", "refused")).isZero();
        assertThat(queue.offer("another")).isFalse();
        long refused = counted("queue", "refused");
        assertThat(refused).isBetween(1L, 2L);       // an offer looks for dead processes at times, and tries again
        assertThat(counted("queue", "room waits")).isZero();
        assertCounted("queue", "room ",
                () -> assertThat(queue.offer("another", WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse());
        assertThat(counted("queue", "refused")).isGreaterThan(refused);
        assertThat(counted("queue", "message waits")).isEqualTo(1);
    }

    /// Refusals are exact: one for each try, in the ring that refused; none where there is room.
    @Test
    void eachRingCountsItsRefusals() {
        SharedSpace space = sandbox.open();
        var full = space.ring("full", RingOptions.oneToOne(1));
        var empty = space.ring("empty", RingOptions.broadcast(2));
        var many = space.ring("many", RingOptions.manyToMany(1));
        var message = new ExpandableMemoryBuffer(8);
        try (var one = full.producer(); var other = empty.producer(); var third = many.producer()) {
            for (int i = 0; i < 4; i++) {
                assertThat(one.offer(1, message, 0, 8)).isEqualTo(i == 0);
                assertThat(other.offer(1, message, 0, 8)).isTrue();
                assertThat(third.offer(1, message, 0, 8)).isEqualTo(i == 0);
            }
        }
        assertThat(counted("full", "refused")).isEqualTo(3);
        assertThat(counted("many", "refused")).isEqualTo(3);
        assertThat(counted("empty", "refused")).isZero();
    }

    /// Locks and what threads meet at: each with the waits that it has.
    @Test
    @SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"})   // the wait ends by its time-out
    void everyReasonToWaitIsCounted() throws Exception {
        SharedSpace space = sandbox.open();
        var lock = space.lock("lock");
        var readWrite = space.readWriteLock("rw");
        var permits = space.semaphore("permits", 0);
        var event = space.event("event");
        var latch = space.countDownLatch("latch", 1);
        var barrier = space.barrier("barrier", 2);
        var held = space.lock("held");
        assertThat(held.tryLock()).isTrue();
        assertThat(readWrite.readLock().tryLock()).isTrue();
        Party other = sandbox.with(Threads.platform());
        String home = sandbox.root();

        assertCounted("lock", "condition ", () -> {
            lock.lock();
            assertThat(lock.newCondition().await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
            lock.unlock();
        });
        assertThat(counted("lock", "lock waits")).isZero();
        assertCounted("held", "lock ", () -> assertThat(other.<Boolean>call(desk ->
                desk.space(home).lock("held").tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS))).isFalse());
        assertCounted("rw", "reader ", () -> assertThat(other.<Boolean>call(desk ->
                desk.space(home).readWriteLock("rw").writeLock().tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS)))
                .isFalse());
        assertCounted("permits", "",
                () -> assertThat(permits.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse());
        assertCounted("event", "", () -> assertThat(event.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse());
        assertCounted("latch", "", () -> assertThat(latch.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isFalse());
        assertCounted("barrier", "", () -> {
            assertThatThrownBy(() -> barrier.await(WAIT_MILLIS, TimeUnit.MILLISECONDS))
                    .isInstanceOfAny(TimeoutException.class, BrokenBarrierException.class);
            barrier.reset();
        });
    }

    /// What a process has counted, and the wait in which it was killed, are there after its death; then others count on.
    @Test
    void whatADeadProcessHasCountedStays() throws Exception {
        SharedSpace space = sandbox.open();
        var queue = space.queue("queue", Codec.strings(), 1);
        Peer peer = sandbox.peer();
        String home = sandbox.root();
        Reply<String> taken = peer.start(desk -> {
            var own = desk.space(home).queue("queue", Codec.strings(), 1);
            desk.tellWhenWaiting();
            return own.take();
        });
        taken.awaitWaiting();
        assertThat(counted("queue", "message waits")).isEqualTo(1);
        while (counted("queue", "message blocked ns") == 0) {       // a slice is added after 20 ms
            assertThat(taken.isDone()).isFalse();
            Thread.onSpinWait();
        }
        long blocked = counted("queue", "message blocked ns");
        assertThat(counted("queue", "recoveries")).isZero();
        peer.close();
        int _ = space.sweep();
        assertThat(counted("queue", "recoveries")).isEqualTo(1);
        assertThat(counted("queue", "message waits")).isEqualTo(1);
        assertThat(counted("queue", "message wake-ups")).isPositive();
        assertThat(counted("queue", "message blocked ns")).isGreaterThanOrEqualTo(blocked);
        for (int tries = 0; counted("queue", "message waits") == 1 && tries < MOST_TRIES; tries++) {
            assertThat(queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isNull();
        }
        assertThat(counted("queue", "message waits")).isEqualTo(2);
    }
}
