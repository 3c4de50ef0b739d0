package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.campaign.Share;
import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.error.SpaceFullException;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.space.SpaceOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Deaths of processes that clean up, wait, shut a queue down, or occupy all slots.
@Timeout(120)
class DeathOfACleanerTest {
    private static final int CAPACITY = 4;
    private static final int LARGE = 100_000;

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private SharedQueue<byte[]> queue() {
        return space.queue("q", Codec.bytes(), CAPACITY);
    }

    /// A process dies with one large element taken and another one half put; the first cleaner dies during
    /// the recovery, and so does the second, which recovers after both; the third finishes.
    @ParameterizedTest
    @Share
    @CsvSource({
        "RECOVER_BEGUN, 1, RECOVER_BEGUN, 1", "RECOVER_BEGUN, 1, RECOVER_SLOT_DONE, 1",
        "RECOVER_SLOT_DONE, 1, RECOVER_SLOT_DONE, 1", "RECOVER_SLOT_DONE, 2, RECOVER_OBJECTS_DONE, 1",
        "RECOVER_OBJECTS_DONE, 1, RECOVER_OBJECTS_DONE, 2"
    })
    void aCleanerThatDiesIsCleanedUpAfterToo(CrashPoint point, int hit, CrashPoint secondPoint, int secondHit) {
        SharedQueue<byte[]> queue = queue();
        String home = root;
        queue.add(Lane.message(1, LARGE));
        Peer victim = sandbox.peer();
        Peer first = sandbox.peer();
        Peer second = sandbox.peer();
        first.dieAt(point, hit);
        second.dieAt(secondPoint, secondHit);
        for (Peer peer : List.of(victim, first, second)) {
            peer.call(desk -> {
                desk.keep("q", desk.space(home).queue("q", Codec.bytes(), CAPACITY));
                return null;
            });
        }
        Reply<Object> taking = victim.start(desk -> {
            desk.stayAt(CrashPoint.TAKE_HELD);
            return desk.kept("q", SharedQueue.class).take();
        });
        assertThat(taking.told()).isEqualTo("there");
        victim.dieAt(CrashPoint.LARGE_WRITTEN, 1);
        victim.start(desk -> desk.space(home).queue("q", Codec.bytes(), CAPACITY).offer(Lane.message(2, LARGE)));
        victim.awaitSelfKill();
        for (Peer cleaner : List.of(first, second)) {
            cleaner.start(desk -> desk.space(home).sweep());
            cleaner.awaitSelfKill();
        }
        space.sweep();
        assertThat(Lane.number(queue.remove(), LARGE)).isEqualTo(1);
        assertThat(queue.poll()).isNull();
        checkCleanAndWhole(queue);
    }

    private void checkCleanAndWhole(SharedQueue<byte[]> queue) {
        space.sweep();
        assertThat(space.list().getFirst().dead()).isZero();
        assertThat(sandbox.files()).containsExactly("q");
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(queue.offer(new byte[8])).isTrue();
        }
        assertThat(queue.offer(new byte[8])).isFalse();
        queue.clear();
        sandbox.leaveNothing();
    }

    /// A process that is killed while it sleeps in `put` or `take` leaves no trace.
    @Test
    void aProcessThatIsKilledWhileItWaitsLeavesNoTrace() {
        SharedQueue<byte[]> queue = queue();
        String home = root;
        Peer taker = sandbox.peer();
        taker.start(desk -> {
            SharedQueue<byte[]> there = desk.space(home).queue("q", Codec.bytes(), CAPACITY);
            desk.tellWhenWaiting();
            return there.take();
        }).awaitWaiting();
        taker.close();
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(queue.offer(new byte[] {(byte) i})).isTrue();
        }
        Peer putter = sandbox.peer();
        putter.start(desk -> {
            SharedQueue<byte[]> there = desk.space(home).queue("q", Codec.bytes(), CAPACITY);
            desk.tellWhenWaiting();
            there.put(new byte[9]);
            return null;
        }).awaitWaiting();
        putter.close();
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(queue.poll()).containsExactly(i);
        }
        assertThat(queue.poll()).isNull();
        checkCleanAndWhole(queue);
    }

    /// A process shuts the queue down and dies before it has woken any waiter: all sleepers notice, in each process.
    @Test
    void aShutdownIsCompleteThoughItsCallerDies() {
        SharedQueue<byte[]> empty = queue();
        SharedQueue<byte[]> full = space.queue("full", Codec.bytes(), 1);
        full.add(new byte[1]);
        String home = root;
        Peer other = sandbox.peer();
        Threads threads = sandbox.with(Threads.platform());
        List<Reply<Object>> waiting = List.of(
                threads.<Object>start(desk -> {
                    desk.tellWhenWaiting();
                    return empty.take();
                }).awaitWaiting(),
                other.<Object>start(desk -> {
                    SharedQueue<byte[]> there = desk.space(home).queue("q", Codec.bytes(), CAPACITY);
                    desk.tellWhenWaiting();
                    return there.take();
                }).awaitWaiting(),
                threads.<Object>start(desk -> {
                    desk.tellWhenWaiting();
                    full.put(new byte[1]);
                    return null;
                }).awaitWaiting());
        Peer victim = sandbox.peer();
        victim.dieAt(CrashPoint.SHUTDOWN_FLAG_SET, 2);
        victim.start(desk -> {
            SharedQueue<byte[]> first = desk.space(home).queue("full", Codec.bytes(), 1);
            SharedQueue<byte[]> second = desk.space(home).queue("q", Codec.bytes(), CAPACITY);
            first.shutdown();
            second.shutdown();
            return null;
        });
        victim.awaitSelfKill();
        for (Reply<Object> each : waiting) {
            assertThat(each.failure()).isInstanceOf(ShutdownException.class);
        }
        assertThat(full.poll()).hasSize(1);
        assertThat(full.isEnded()).isTrue();
        assertThat(empty.isEnded()).isTrue();
    }

    /// A shut-down queue is not at its end while a consumer holds an element: it may die, and the element is then
    /// offered again.
    @ParameterizedTest
    @EnumSource(names = {"QUEUE", "TASKS"})
    void theEndWaitsForWhatADyingConsumerHolds(Road road) throws InterruptedException {
        Lane lane = road.open(space);
        String home = root;
        lane.put(1);
        Peer victim = sandbox.peer();
        victim.stopAt(CrashPoint.TAKE_HELD, 1);
        victim.start(desk -> road.open(desk.space(home)).take(0, id -> {}));
        victim.awaitStop();
        if (road == Road.TASKS) {
            space.taskQueue(road.file(), Codec.bytes(), road.capacity).shutdown();
        } else {
            space.queue(road.file(), Codec.bytes(), road.capacity).shutdown();
        }
        Threads threads = sandbox.with(Threads.platform());
        Reply<Long> taken = threads.<Long>start(desk -> {
            desk.tellWhenWaiting();
            return lane.take(TimeUnit.SECONDS.toNanos(60), id -> {});
        }).awaitWaiting();
        victim.close();
        assertThat(taken.get()).isEqualTo(1);
    }

    /// With two owner slots, a third process is refused with the way out, until one of the two dies.
    @Test
    void moreProcessesThanSlotsAreRefused() {
        String home = root;
        Peer first = sandbox.peer();
        Peer second = sandbox.peer();
        Peer third = sandbox.peer();
        for (Peer peer : List.of(first, second)) {
            peer.call(desk -> {
                SharedSpace small = SharedSpace.open("small", SpaceOptions.under(Path.of(home)).withMaxProcesses(2));
                desk.keep("space", small);
                desk.keep("q", small.queue("q", Codec.longs(), 2));
                return null;
            });
        }
        assertThatThrownBy(() -> third.call(desk -> SharedSpace.open(
                "small", SpaceOptions.under(Path.of(home)).withMaxProcesses(2)).path().toString()))
                .isInstanceOf(SpaceFullException.class)
                .hasMessageContaining("all 2 places belong to live processes");
        first.close();
        assertThat(third.<Integer>call(desk -> {
            try (SharedSpace small = SharedSpace.open("small", SpaceOptions.under(Path.of(home)).withMaxProcesses(2));
                    SharedTaskQueue<Long> tasks = small.taskQueue("t", Codec.longs(), 2)) {
                return tasks.capacity();
            }
        })).isEqualTo(2);
    }
}
