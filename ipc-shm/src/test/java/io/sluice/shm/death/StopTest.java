package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Slow is not dead: a process that is stopped inside an operation keeps what it holds.
@Timeout(120)
class StopTest {
    private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int CAPACITY = 4;

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// One process is stopped inside a claim, one inside a take, and one inside a read of a ring, for two seconds.
    /// Others wait, poll, sweep, join and leave meanwhile: the stopped ones lose nothing, and then each message arrives
    /// once.
    @Test
    void aStoppedProcessKeepsWhatItHolds() {
        String root = sandbox.root();
        SharedSpace space = sandbox.open();
        SharedQueue<byte[]> claimed = space.queue("claimed", Codec.bytes(), CAPACITY);
        SharedQueue<byte[]> taken = space.queue("taken", Codec.bytes(), CAPACITY);
        Lane handled = Road.LONG_RING.open(space);
        Peer producer = sandbox.peer();
        Peer consumer = sandbox.peer();
        Peer handler = sandbox.peer();
        taken.add(Lane.message(2, 40));
        assertThat(handled.offer(3)).isTrue();

        producer.stopAt(CrashPoint.CLAIM_HELD, 1);
        Reply<Boolean> offer = producer.start(
                desk -> desk.space(root).queue("claimed", Codec.bytes(), CAPACITY).offer(Lane.message(1, 40)));
        consumer.stopAt(CrashPoint.TAKE_HELD, 1);
        Reply<Long> take = consumer.start(
                desk -> Lane.number(desk.space(root).queue("taken", Codec.bytes(), CAPACITY).take(), 40));
        handler.stopAt(CrashPoint.TAKE_HELD, 1);
        Reply<Long> read = handler.start(desk -> Road.LONG_RING.open(desk.space(root)).take(0, id -> {}));
        List<Peer> stopped = List.of(producer, consumer, handler);
        stopped.forEach(Peer::awaitStop);

        long start = System.nanoTime();
        Threads threads = sandbox.with(Threads.platform());
        Reply<Long> waitingForTheClaim = threads.start(desk -> Lane.number(claimed.take(), 40));
        Peer passer = sandbox.peer();
        int passed = 0;
        while (System.nanoTime() - start < STOP_NANOS) {
            assertThat(space.sweep()).isZero();
            assertThat(waitingForTheClaim.isDone()).isFalse();
            assertThat(taken.poll()).isNull();
            assertThat(take(handled)).isEqualTo(Lane.NONE);
            passer.call(desk -> {
                desk.space(root).queue("taken", Codec.bytes(), CAPACITY);
                desk.close();
                return null;
            });
            passed++;
        }
        assertThat(passed).isPositive();
        assertThat(fill(claimed)).isEqualTo(CAPACITY - 1);
        assertThat(fill(taken)).isEqualTo(CAPACITY - 1);

        stopped.forEach(Peer::resume);
        assertThat(offer.get()).isTrue();
        assertThat(waitingForTheClaim.get()).isEqualTo(1);
        assertThat(take.get()).isEqualTo(2);
        assertThat(read.get()).isEqualTo(3);
        assertThat(drain(claimed)).containsExactly(100L, 101L, 102L);
        assertThat(drain(taken)).containsExactly(100L, 101L, 102L);
        assertThat(take(handled)).isEqualTo(Lane.NONE);
        sandbox.leaveNothing();
    }

    private static long take(Lane lane) {
        try {
            return lane.take(0, id -> {});
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static int fill(SharedQueue<byte[]> queue) {
        int fit = 0;
        while (queue.offer(Lane.message(100 + fit, 40))) {
            fit++;
        }
        return fit;
    }

    private static List<Long> drain(SharedQueue<byte[]> queue) {
        List<Long> all = new ArrayList<>();
        for (byte[] bytes = queue.poll(); bytes != null; bytes = queue.poll()) {
            all.add(Lane.number(bytes, 40));
        }
        return all;
    }
}
