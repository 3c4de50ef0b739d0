package io.sluice.shm.death;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.campaign.Share;
import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.RoleHeldException;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.Journal;
import io.sluice.shm.Peer;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.pipe.BrokenPipeException;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import io.sluice.shm.pipe.PipeOptions;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.ring.SharedRing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A process dies that alone had a role: the only producer or consumer of a ring, a subscriber, an end of a pipe. The
/// other side learns of it, the role can be taken again, and committed messages are there.
@Timeout(120)
class DeathOfAnOnlyOneTest {
    private static final List<Long> BLOCKED = Collections.synchronizedList(new ArrayList<>());
    private static final int SLOTS = 16;
    private static final int SHORT = 8;
    private static final int LARGE = 200_000;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    @AfterAll
    static void tellHowLongTheSurvivorsWaited() {
        Deaths.print("the other side of an only one, from the kill to what it waited for", BLOCKED);
    }

    private static RingOptions shape(boolean broadcast) {
        return broadcast ? RingOptions.broadcast(SLOTS) : RingOptions.oneToOne(SLOTS);
    }

    /// The work of a victim as the producer: messages in order; every fifth number is claimed and aborted.
    private static void produce(SharedRing ring, Journal intends, Journal confirms, int length, boolean aborts)
            throws InterruptedException {
        RingProducer producer = ring.producer();
        Claim claim = new Claim();
        for (long id = 0;; id++) {
            producer.claim(claim, 7, length);
            claim.buffer().putLong(0, id);
            if (aborts && id % 5 == 0) {
                claim.abort();
                continue;
            }
            intends.add(id);
            claim.commit();
            confirms.add(id);
        }
    }

    /// The only producer dies at a step: the consumer gets all that was committed and nothing else, in order, and goes
    /// on with the next producer.
    @ParameterizedTest
    @Share
    @CsvSource({
        "false, CLAIM_HELD, 1, 8, 0", "false, CLAIM_HELD, 40, 8, 0", "false, CLAIM_HELD, 23, 150, 0",
        "false, COMMIT_ANNOUNCED, 1, 8, 0", "false, COMMIT_ANNOUNCED, 40, 8, 0", "false, COMMIT_ANNOUNCED, 23, 150, 0",
        "false, COMMIT_WORD_SET, 41, 8, 1", "false, COMMIT_WORD_SET, 24, 150, 1",
        "false, ABORT_WORD_SET, 9, 8, 0", "false, ABORT_WORD_SET, 9, 150, 0",
        "true, CLAIM_HELD, 1, 8, 0", "true, CLAIM_HELD, 40, 8, 0", "true, CLAIM_HELD, 23, 150, 0",
        "true, COMMIT_WORD_SET, 41, 8, 1", "true, COMMIT_WORD_SET, 24, 150, 1",
        "true, ABORT_WORD_SET, 9, 150, 0"
    })
    void theNextProducerGoesOnWhereTheDeadOneStopped(
            boolean broadcast, CrashPoint point, int hit, int length, int unconfirmed) throws InterruptedException {
        SharedRing ring = space.ring("r", shape(broadcast));
        RingConsumer consumer = broadcast ? ring.subscribe(SlowConsumer.BLOCK) : ring.consumer();
        Peer victim = sandbox.peer();
        victim.dieAt(point, hit);
        String home = root;
        boolean aborts = point == CrashPoint.ABORT_WORD_SET;
        victim.start(desk -> {
            produce(desk.space(home).ring("r", shape(broadcast)), new Journal(home, "intends", 1000),
                    new Journal(home, "confirms", 1000), length, aborts);
            return null;
        });
        List<Long> received = new ArrayList<>();
        while (victim.isAlive()) {
            consumer.read((type, buffer, index, size) -> received.add(buffer.getLong(index)), 8, SECOND / 50);
        }
        long killed = victim.awaitSelfKill();
        RingProducer next = ring.producer();
        assertThat(next.offer(7, message(-1, length), 0, length)).isTrue();
        while (received.isEmpty() || received.getLast() != -1) {
            consumer.read((type, buffer, index, size) -> received.add(buffer.getLong(index)), 8, 10 * SECOND);
        }
        BLOCKED.add(System.nanoTime() - killed);
        long[] confirmed = new Journal(root, "confirms", 1000).all();
        long[] intended = new Journal(root, "intends", 1000).all();
        long[] expected = LongStream.concat(
                Arrays.stream(intended).limit(confirmed.length + unconfirmed), LongStream.of(-1)).toArray();
        assertThat(received).isEqualTo(Arrays.stream(expected).boxed().toList());
        checkFits(next, consumer, length);
        ring.close();
        sandbox.leaveNothing();
    }

    private static org.agrona.DirectBuffer message(long id, int length) {
        var buffer = new io.sluice.core.buffer.ExpandableMemoryBuffer(length);
        buffer.putLong(0, id);
        return buffer;
    }

    private static void checkFits(RingProducer producer, RingConsumer consumer, int length) {
        int slots = length == SHORT ? 1 : 3;
        for (int turn = 0; turn < 4; turn++) {
            int fit = 0;
            while (producer.offer(7, message(fit, length), 0, length)) {
                fit++;
            }
            assertThat(fit * slots).isBetween(SLOTS - 2 * slots, SLOTS);
            assertThat(consumer.drain((type, buffer, index, size) -> {})).isEqualTo(fit);
        }
    }

    /// The only consumer dies at a step: the producer finds its room again, and the next consumer begins with the first
    /// message that was not acknowledged.
    @ParameterizedTest
    @Share
    @CsvSource({
        "TAKE_HELD, 1, 8", "TAKE_HELD, 40, 8", "TAKE_HELD, 23, 150",
        "RELEASE_DONE_SET, 24, 150", "RELEASE_HALF_STAMPED, 51, 150", "RELEASE_HALF_STAMPED, 52, 150",
        "RELEASE_WORD_SET, 41, 8", "RELEASE_WORD_SET, 25, 150"
    })
    void theNextConsumerGoesOnWhereTheDeadOneStopped(CrashPoint point, int hit, int length)
            throws InterruptedException {
        SharedRing ring = space.ring("r", shape(false));
        RingProducer producer = ring.producer();
        Peer victim = sandbox.peer();
        victim.dieAt(point, hit);
        String home = root;
        victim.start(desk -> {
            Journal receives = new Journal(home, "receives", 1000);
            RingConsumer consumer = desk.space(home).ring("r", shape(false)).consumer();
            for (;;) {
                consumer.read((type, buffer, index, size) -> receives.add(buffer.getLong(index)), 3, SECOND);
            }
        });
        Claim claim = new Claim();
        long sent = 0;
        while (victim.isAlive()) {
            if (producer.claim(claim, 7, length, SECOND / 50)) {
                claim.buffer().putLong(0, sent++);
                claim.commit();
            }
        }
        long killed = victim.awaitSelfKill();
        long[] received = new Journal(root, "receives", 1000).all();
        assertThat(received).isEqualTo(LongStream.range(0, received.length).toArray());
        RingConsumer next = ring.consumer();
        List<Long> rest = new ArrayList<>();
        next.drain((type, buffer, index, size) -> rest.add(buffer.getLong(index)));
        BLOCKED.add(System.nanoTime() - killed);
        assertThat(rest).isEqualTo(LongStream.range(received.length, sent).boxed().toList());
        checkFits(producer, next, length);
        ring.close();
        sandbox.leaveNothing();
    }

    /// A subscriber that blocks the producer dies: the producer goes on by itself, and the other subscriber has
    /// everything.
    @ParameterizedTest
    @CsvSource({"8", "150"})
    void aDeadSubscriberDoesNotBlockTheProducer(int length) throws InterruptedException {
        SharedRing ring = space.ring("r", shape(true));
        RingConsumer mine = ring.subscribe(SlowConsumer.BLOCK);
        Peer victim = sandbox.peer();
        String home = root;
        victim.call(desk -> {
            desk.keep("consumer", desk.space(home).ring("r", shape(true)).subscribe(SlowConsumer.BLOCK));
            return null;
        });
        RingProducer producer = ring.producer();
        long sent = 0;
        List<Long> received = new ArrayList<>();
        while (producer.offer(7, message(sent, length), 0, length)) {
            sent++;
        }
        mine.drain((type, buffer, index, size) -> received.add(buffer.getLong(index)));
        assertThat(producer.offer(7, message(-1, length), 0, length)).isFalse();
        long killed = victim.kill();
        Claim claim = new Claim();
        for (int i = 0; i < 100; i++) {
            assertThat(producer.claim(claim, 7, length, 30 * SECOND)).isTrue();
            if (i == 0) {
                BLOCKED.add(System.nanoTime() - killed);
            }
            claim.buffer().putLong(0, sent++);
            claim.commit();
            mine.drain((type, buffer, index, size) -> received.add(buffer.getLong(index)));
        }
        assertThat(received).isEqualTo(LongStream.range(0, sent).boxed().toList());
    }

    /// The first end of a pipe dies while it sends: the second receives what was sent, then the end, as a death; the
    /// end can be taken again, and the stream goes on.
    @ParameterizedTest
    @Share
    @CsvSource({
        "CLAIM_HELD, 30, 8, 0", "COMMIT_WORD_SET, 31, 8, 1", "CLAIM_HELD, 12, 150, 0", "COMMIT_WORD_SET, 13, 150, 1",
        "COMMIT_ANNOUNCED, 14, 150, 0", "COMMIT_ANNOUNCED, 5, 1000000, 0",
        "LARGE_WRITTEN, 5, 1000000, 0", "COMMIT_WORD_SET, 6, 1000000, 1",
        "LARGE_CLAIMED, 4, 1000000, 0"
    })
    void aPipeTellsThatItsSenderDied(CrashPoint point, int hit, int length, int unconfirmed)
            throws InterruptedException, java.io.IOException {
        SharedPipe<byte[]> pipe = space.pipe("p");
        Connection<byte[]> end = pipe.second();
        Peer victim = sandbox.peer();
        victim.dieAt(point, hit);
        String home = root;
        victim.start(desk -> {
            Journal confirms = new Journal(home, "confirms", 100_000);
            Connection<byte[]> first = desk.space(home).pipe("p").first();
            for (long id = 0;; id++) {
                first.sendBytes(Lane.message(id, length));
                confirms.add(id);
            }
        });
        List<Long> received = new ArrayList<>();
        assertThatThrownBy(() -> {
            for (;;) {
                received.add(Lane.number(end.receiveBytes(), length));
            }
        }).isInstanceOf(PeerDiedException.class).hasMessageContaining("pipe 'p': the other side died");
        BLOCKED.add(System.nanoTime() - victim.awaitSelfKill());
        int confirmed = new Journal(root, "confirms", 100_000).size();
        assertThat(received).isEqualTo(LongStream.range(0, confirmed + unconfirmed).boxed().toList());
        assertThatThrownBy(() -> end.sendBytes(new byte[1]))
                .isInstanceOf(BrokenPipeException.class)
                .hasMessageContaining("pipe 'p': the other side has died");
        space.sweep();        // or the background, a little later
        assertThat(sandbox.files()).containsExactly("p");
        try (Connection<byte[]> again = pipe.first()) {
            again.sendBytes(Lane.message(-1, length));
            assertThat(Lane.number(end.receiveBytes(), length)).isEqualTo(-1);
            end.sendBytes(new byte[3]);
            assertThat(again.receiveBytes()).hasSize(3);
        }
        pipe.close();
        sandbox.leaveNothing();
    }

    /// The receiving end dies: the sender gets an exception, also one that waits for room; the end that is taken again
    /// gets the messages that the dead process had not acknowledged.
    @ParameterizedTest
    @Share
    @CsvSource({
        "TAKE_HELD, 30, 8", "RELEASE_WORD_SET, 31, 8", "RELEASE_DONE_SET, 12, 150", "RELEASE_HALF_STAMPED, 13, 150",
        "TAKE_HELD, 4, 1000000", "RELEASE_WORD_SET, 5, 1000000", "LARGE_RELEASED, 6, 1000000"
    })
    void aPipeTellsThatItsReceiverDied(CrashPoint point, int hit, int length)
            throws InterruptedException, java.io.IOException {
        SharedPipe<byte[]> pipe = space.pipe("p", Codec.bytes(), PipeOptions.simplex());
        Connection<byte[]> end = pipe.first();
        Peer victim = sandbox.peer();
        victim.dieAt(point, hit);
        String home = root;
        victim.start(desk -> {
            Journal receives = new Journal(home, "receives", 100_000);
            Connection<byte[]> second = desk.space(home).pipe("p", Codec.bytes(), PipeOptions.simplex()).second();
            for (;;) {
                receives.add(Lane.number(second.receiveBytes(), length));
            }
        });
        long[] sent = new long[1];
        int most = length > LARGE ? 20 : Integer.MAX_VALUE;
        assertThatThrownBy(() -> {
            for (;;) {
                if (sent[0] < most || !victim.isAlive()) {
                    end.sendBytes(Lane.message(sent[0], length));
                    sent[0]++;
                } else {
                    Thread.onSpinWait();
                }
            }
        }).isInstanceOf(BrokenPipeException.class).hasMessageContaining("died");
        BLOCKED.add(System.nanoTime() - victim.awaitSelfKill());
        long[] received = new Journal(root, "receives", 100_000).all();
        assertThat(received).isEqualTo(LongStream.range(0, received.length).toArray());
        boolean onItsWay = point != CrashPoint.TAKE_HELD;     // acknowledged, and not yet returned to the caller
        end.close();
        try (Connection<byte[]> again = pipe.second()) {
            List<Long> rest = new ArrayList<>();
            assertThatThrownBy(() -> {
                for (;;) {
                    rest.add(Lane.number(again.receiveBytes(), length));
                }
            }).isExactlyInstanceOf(java.io.EOFException.class);
            assertThat(rest).isEqualTo(
                    LongStream.range(received.length + (onItsWay ? 1 : 0), sent[0]).boxed().toList());
        }
        assertThat(sandbox.files()).containsExactly("p");
        pipe.close();
        sandbox.leaveNothing();
    }

    /// A sender learns of a death without waiting for room, and a receiver without waiting for a message.
    @Test
    void aDeathIsNoticedWithoutWaiting() throws InterruptedException {
        SharedPipe<byte[]> pipe = space.pipe("p");
        Connection<byte[]> end = pipe.first();
        Peer peer = sandbox.peer();
        String home = root;
        peer.call(desk -> {
            desk.keep("end", desk.space(home).pipe("p").second());
            return null;
        });
        assertThat(end.poll(0, TimeUnit.SECONDS)).isFalse();
        peer.close();
        assertThatThrownBy(() -> {
            for (int i = 0; i < 4000; i++) {
                end.sendBytes(new byte[100_000]);
            }
        }).isInstanceOf(BrokenPipeException.class);
        assertThat(end.poll(0, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(end::receiveBytes).isInstanceOf(PeerDiedException.class);
    }

    /// A consumer that polls a queue and never waits gets past the claim of a dead producer too.
    @Test
    void pollingRecoversTheClaimOfADeadProducer() {
        SharedQueue<Long> queue = space.queue("q", Codec.longs(), 2);
        String home = root;
        Peer victim = sandbox.peer();
        victim.dieAt(CrashPoint.CLAIM_HELD, 1);
        victim.start(desk -> desk.space(home).queue("q", Codec.longs(), 2).offer(1L));
        victim.awaitSelfKill();
        assertThat(queue.offer(2L)).isTrue();
        long start = System.nanoTime();
        Long next = queue.poll();
        while (next == null) {
            assertThat(System.nanoTime() - start).isLessThan(60 * SECOND);
            next = queue.poll();
        }
        assertThat(next).isEqualTo(2);
        assertThat(queue.offer(3L)).isTrue();
        assertThat(queue.offer(4L)).isTrue();
        assertThat(queue).containsExactly(3L, 4L);
    }

    /// As long as its holder lives, a role is refused to other processes; when it has died, it is free.
    @Test
    void aRoleIsFreeWhenItsHolderHasDied() {
        SharedRing ring = space.ring("r", shape(false));
        SharedPipe<byte[]> pipe = space.pipe("p");
        Peer holder = sandbox.peer();
        String home = root;
        holder.call(desk -> {
            SharedRing there = desk.space(home).ring("r", shape(false));
            desk.keep("producer", there.producer());
            desk.keep("consumer", there.consumer());
            desk.keep("end", desk.space(home).pipe("p").first());
            return null;
        });
        assertThatThrownBy(ring::producer)
                .isInstanceOf(RoleHeldException.class).hasMessageContaining("ring 'r' has one producer");
        assertThatThrownBy(ring::consumer)
                .isInstanceOf(RoleHeldException.class).hasMessageContaining("ring 'r' has one consumer");
        assertThatThrownBy(pipe::first)
                .isInstanceOf(RoleHeldException.class).hasMessageContaining("has the first end; close it there");
        holder.close();
        ring.producer().close();
        ring.consumer().close();
        pipe.first().close();
    }
}
