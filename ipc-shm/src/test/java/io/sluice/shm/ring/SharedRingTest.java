package io.sluice.shm.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.RoleHeldException;
import io.sluice.core.ring.ShutdownException;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rings between processes.
@Timeout(120)
class SharedRingTest {
    private static final int SLOTS = 64;
    private static final int MESSAGES = 20_000;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// The shapes, by names that travel.
    enum Shape {
        ONE_TO_ONE, MANY_TO_MANY, BROADCAST;

        RingOptions options() {
            return switch (this) {
                case ONE_TO_ONE -> RingOptions.oneToOne(SLOTS);
                case MANY_TO_MANY -> RingOptions.manyToMany(SLOTS);
                case BROADCAST -> RingOptions.broadcast(SLOTS);
            };
        }
    }

    private static void send(RingProducer producer, long from, long to, int length) throws InterruptedException {
        Claim claim = new Claim();
        for (long id = from; id < to; id++) {
            producer.claim(claim, (int) id, length);
            try (claim) {
                claim.buffer().putLong(length - Long.BYTES, ~id);
                claim.buffer().putLong(0, id);
                claim.commit();
            }
        }
    }

    private static List<Long> receive(RingConsumer consumer) throws InterruptedException {
        List<Long> all = new ArrayList<>();
        while (consumer.read((type, buffer, index, length) -> {
            long id = buffer.getLong(index);
            if (type != (int) id || buffer.getLong(index + length - Long.BYTES) != ~id) {
                throw new AssertionError("message %d is not whole".formatted(id));
            }
            all.add(id);
        }, 10, Long.MAX_VALUE) != RingConsumer.END) {
            Thread.onSpinWait();
        }
        return all;
    }

    /// Everything in order from one process to another, with messages of one slot and of several.
    @ParameterizedTest
    @ValueSource(ints = {16, 200})
    void oneToOneBetweenProcesses(int length) throws InterruptedException {
        String home = root;
        SharedRing ring = space.ring("r", RingOptions.oneToOne(SLOTS));
        RingConsumer consumer = ring.consumer();
        sandbox.peer().start(desk -> {
            SharedRing there = desk.space(home).ring("r", RingOptions.oneToOne(SLOTS));
            send(there.producer(), 0, MESSAGES, length);
            there.shutdown();
            return null;
        });
        assertThat(receive(consumer)).isEqualTo(LongStream.range(0, MESSAGES).boxed().toList());
        assertThat(consumer.isEnded()).isTrue();
        sandbox.leaveNothing();
    }

    /// Everything once, in each producer's order, from two processes to two.
    @ParameterizedTest
    @ValueSource(ints = {16, 200})
    void manyToManyBetweenProcesses(int length) throws InterruptedException {
        String home = root;
        Shape shape = Shape.MANY_TO_MANY;
        SharedRing ring = space.ring("r", shape.options());
        Threads threads = sandbox.with(Threads.platform());
        Peer peer = sandbox.peer();
        Reply<List<Long>> here = threads.start(desk -> receive(ring.consumer()));
        Reply<List<Long>> there = peer.start(desk -> receive(desk.space(home).ring("r", shape.options()).consumer()));
        Reply<Object> producer = peer.start(desk -> {
            send(desk.space(home).ring("r", shape.options()).producer(), 0, MESSAGES, length);
            return null;
        });
        send(ring.producer(), MESSAGES, 2 * MESSAGES, length);
        producer.get();
        ring.shutdown();
        List<Long> all = new ArrayList<>();
        for (Reply<List<Long>> reply : List.of(here, there)) {
            List<Long> part = reply.get();
            assertThat(part.stream().filter(id -> id < MESSAGES)).isSorted();
            assertThat(part.stream().filter(id -> id >= MESSAGES)).isSorted();
            all.addAll(part);
        }
        assertThat(all.stream().sorted().toList()).isEqualTo(LongStream.range(0, 2 * MESSAGES).boxed().toList());
        assertThat(ring.size()).isZero();
    }

    /// A broadcast: a subscriber that blocks the producer gets everything, in each process; one that does not learns
    /// how much it lost.
    @ParameterizedTest
    @ValueSource(ints = {16, 200})
    void aBroadcastReachesAllSubscribers(int length) throws InterruptedException {
        String home = root;
        Shape shape = Shape.BROADCAST;
        SharedRing ring = space.ring("r", shape.options());
        RingConsumer slow = ring.subscribe(SlowConsumer.DROP);
        Threads threads = sandbox.with(Threads.platform());
        Peer peer = sandbox.peer();
        RingConsumer mine = ring.subscribe(SlowConsumer.BLOCK);
        Reply<List<Long>> there = peer.start(desk -> {
            RingConsumer consumer = desk.space(home).ring("r", shape.options()).subscribe(SlowConsumer.BLOCK);
            desk.tell("there");
            return receive(consumer);
        });
        there.told();
        Reply<List<Long>> here = threads.start(desk -> receive(mine));
        RingProducer producer = ring.producer();
        send(producer, 0, MESSAGES, length);
        assertThat(slow.lost()).isZero();                 // it has not read yet
        List<Long> late = new ArrayList<>();
        slow.drain((type, buffer, index, size) -> late.add(buffer.getLong(index)));
        assertThat(slow.lost()).isPositive();
        assertThat(late).hasSizeLessThan(SLOTS);
        send(producer, MESSAGES, MESSAGES + 3, length);
        slow.drain((type, buffer, index, size) -> late.add(buffer.getLong(index)));
        assertThat(late).endsWith(MESSAGES + 0L, MESSAGES + 1L, MESSAGES + 2L).isSorted();
        if (length == 16) {
            assertThat(slow.lost() + late.size()).isEqualTo(MESSAGES + 3);
        }
        ring.shutdown();
        List<Long> everything = LongStream.range(0, MESSAGES + 3).boxed().toList();
        assertThat(here.get()).isEqualTo(everything);
        assertThat(there.get()).isEqualTo(everything);
        assertThatThrownBy(ring::consumer)
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("ring 'r' is a broadcast");
    }

    /// A role that another process has is refused; when that one closes, it is free.
    @Test
    void aRoleIsForOneProcess() throws InterruptedException {
        String home = root;
        SharedRing ring = space.ring("r", RingOptions.oneToOne(SLOTS));
        RingProducer mine = ring.producer();
        Peer peer = sandbox.peer();
        assertThatThrownBy(() -> peer.call(desk -> {
            desk.space(home).ring("r", RingOptions.oneToOne(SLOTS)).producer();
            return null;
        })).isInstanceOf(RoleHeldException.class).hasMessageContaining("ring 'r' has one producer");
        assertThatThrownBy(ring::producer)
                .isInstanceOf(RoleHeldException.class).hasMessageContaining("(this process)");
        send(mine, 0, 5, 16);
        mine.close();
        peer.call(desk -> {
            send(desk.space(home).ring("r", RingOptions.oneToOne(SLOTS)).producer(), 5, 10, 16);
            return null;
        });
        ring.shutdown();
        assertThat(receive(ring.consumer())).isEqualTo(LongStream.range(0, 10).boxed().toList());
    }

    /// A handler that throws leaves its message where it was: the same process, or another one, gets it again.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHandlerThatThrowsConsumesNothing(boolean many) throws InterruptedException {
        String home = root;
        Shape shape = many ? Shape.MANY_TO_MANY : Shape.ONE_TO_ONE;
        SharedRing ring = space.ring("r", shape.options());
        send(ring.producer(), 0, 5, 16);
        RingConsumer consumer = ring.consumer();
        List<Long> seen = new ArrayList<>();
        assertThatThrownBy(() -> consumer.read((type, buffer, index, length) -> {
            if (buffer.getLong(index) == 2) {
                throw new IllegalStateException("no");
            }
            seen.add(buffer.getLong(index));
        }, 10)).hasMessage("no");
        assertThat(seen).containsExactly(0L, 1L);
        consumer.close();
        ring.shutdown();
        List<Long> rest = sandbox.peer().call(
                desk -> receive(desk.space(home).ring("r", shape.options()).consumer()));
        assertThat(rest).containsExactly(2L, 3L, 4L);
    }

    /// A thread that throws between claim and commit aborts: readers step over it, and the claim serves again.
    @ParameterizedTest
    @EnumSource(Shape.class)
    void aThreadThatThrowsBeforeItCommitsAborts(Shape shape) throws InterruptedException {
        SharedRing ring = space.ring("r", shape.options());
        RingConsumer consumer = shape == Shape.BROADCAST ? ring.subscribe(SlowConsumer.BLOCK) : ring.consumer();
        RingProducer producer = ring.producer();
        Claim claim = new Claim();
        for (int i = 0; i < 3 * SLOTS; i++) {
            assertThatThrownBy(() -> {
                try (claim) {
                    assertThat(producer.tryClaim(claim, 0, 16)).isTrue();
                    claim.buffer().putLong(0, -1);
                    throw new IllegalStateException("no");
                }
            }).hasMessage("no");
            assertThat(claim.isOpen()).isFalse();
            assertThatThrownBy(claim::commit).isInstanceOf(IllegalStateException.class);
            send(producer, i, i + 1, 16);
            long expected = i;
            assertThat(consumer.drain((type, buffer, index, length) ->
                    assertThat(buffer.getLong(index)).isEqualTo(expected))).isEqualTo(1);
        }
    }

    /// What was read can be seen again until it is overwritten, oldest first, from another process too.
    @Test
    void historyIsReadable() throws InterruptedException {
        String home = root;
        Shape shape = Shape.MANY_TO_MANY;
        SharedRing ring = space.ring("r", shape.options());
        send(ring.producer(), 0, 10, 16);
        assertThat(ring.size()).isEqualTo(10);
        assertThat(ring.history((type, payload, length) -> 0)).isZero();
        RingConsumer consumer = ring.consumer();
        assertThat(consumer.read((type, buffer, index, length) -> {}, 4)).isEqualTo(4);
        List<Integer> types = sandbox.peer().call(desk -> {
            List<Integer> seen = new ArrayList<>();
            int count = desk.space(home).ring("r", shape.options()).history((type, payload, length) -> {
                seen.add(length == 16 ? type : -1);
                return 0;
            });
            return count == seen.size() ? seen : List.of();
        });
        assertThat(types).containsExactly(0, 1, 2, 3);
        assertThat(ring.size()).isEqualTo(6);
    }

    /// Impossible lengths and shapes are refused with the limits; so is a ring of another shape.
    @Test
    void whatDoesNotFitIsRefused() {
        SharedRing ring = space.ring("r", RingOptions.manyToMany(SLOTS));
        RingProducer producer = ring.producer();
        Claim claim = new Claim();
        int most = ring.options().maxMessageBytes();
        assertThatThrownBy(() -> producer.tryClaim(claim, 0, most + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("message of %,d bytes exceeds the %,d bytes".formatted(most + 1, most));
        assertThatThrownBy(() -> producer.tryClaim(claim, 0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(producer.tryClaim(claim, 0, most)).isTrue();
        assertThatThrownBy(() -> producer.tryClaim(claim, 0, 1)).hasMessageContaining("the claim is open");
        claim.abort();
        assertThatThrownBy(() -> space.ring("r", RingOptions.manyToMany(2 * SLOTS)))
                .isInstanceOf(MismatchException.class);
        assertThatThrownBy(() -> space.ring("r", RingOptions.oneToOne(SLOTS))).isInstanceOf(MismatchException.class);
        assertThat(ring).hasToString("SharedRing[r, MANY producer, MANY consumer, 64 slots of 64 bytes]");
    }

    /// A close of the ring's handle ends the waits of its producers and consumers, and they are refused afterwards.
    @Test
    void aCloseEndsTheWaits() throws InterruptedException {
        for (int round = 0; round < 2; round++) {
            SharedRing empty = space.ring("empty" + round, RingOptions.oneToOne(SLOTS));
            SharedRing full = space.ring("full" + round, RingOptions.manyToMany(4));
            RingConsumer consumer = empty.consumer();
            RingProducer producer = full.producer();
            ExpandableMemoryBuffer bytes = new ExpandableMemoryBuffer(64);
            while (producer.offer(0, bytes, 0, 16)) {
                Thread.onSpinWait();
            }
            Threads threads = sandbox.with(Threads.platform());
            Reply<Object> reader = threads.<Object>start(desk -> {
                desk.tellWhenWaiting();
                return consumer.read((type, buffer, index, length) -> {}, 1, Long.MAX_VALUE);
            }).awaitWaiting();
            Reply<Object> writer = threads.<Object>start(desk -> {
                desk.tellWhenWaiting();
                send(producer, 0, 1, 16);
                return null;
            }).awaitWaiting();
            if (round == 0) {
                empty.close();
                full.close();
                empty.close();
                assertThatThrownBy(empty::consumer)
                        .isInstanceOf(ClosedException.class).hasMessage("ring 'empty0': this handle was closed");
                assertThat(empty.toString()).endsWith("closed]");
            } else {
                consumer.close();
                producer.close();
            }
            assertThat(reader.failure()).isInstanceOf(ClosedException.class).hasMessageContaining("closed");
            assertThat(writer.failure()).isInstanceOf(ClosedException.class).hasMessageContaining("closed");
            assertThatThrownBy(() -> producer.offer(0, bytes, 0, 16)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> consumer.drain((type, buffer, index, length) -> {}))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /// A shutdown from another process refuses producers, and consumers see the end after what was there.
    @Test
    void aShutdownReachesAllProcesses() throws InterruptedException {
        String home = root;
        Shape shape = Shape.ONE_TO_ONE;
        SharedRing ring = space.ring("r", shape.options());
        RingProducer producer = ring.producer();
        send(producer, 0, 3, 16);
        sandbox.peer().call(desk -> {
            desk.space(home).ring("r", shape.options()).shutdown();
            return null;
        });
        assertThat(ring.isShutdown()).isTrue();
        assertThatThrownBy(() -> send(producer, 3, 4, 16)).isInstanceOf(ShutdownException.class);
        RingConsumer consumer = ring.consumer();
        assertThat(receive(consumer)).containsExactly(0L, 1L, 2L);
        assertThat(consumer.read((type, buffer, index, length) -> {}, 1, SECOND)).isEqualTo(RingConsumer.END);
    }

    /// A handle travels, and roles are taken where it arrives.
    @Test
    void aHandleTravels() throws InterruptedException {
        SharedRing ring = space.ring("r", RingOptions.manyToMany(SLOTS));
        sandbox.peer().call(desk -> {
            send(ring.producer(), 0, 3, 16);
            return null;
        });
        ring.shutdown();
        assertThat(receive(ring.consumer())).containsExactly(0L, 1L, 2L);
    }

    /// Two handles of one process; the open claim of the one that is closed does not stop the ring for another process.
    @Test
    void aClaimEndsWithItsHandle() {
        RingOptions options = RingOptions.manyToMany(SLOTS);
        SharedRing kept = space.ring("two", options);
        SharedRing closed = space.ring("two", options);
        Claim claim = new Claim();
        assertThat(closed.producer().tryClaim(claim, 1, 0)).isTrue();
        closed.close();
        assertThatThrownBy(claim::commit).isInstanceOf(ClosedException.class)
                .hasMessage("ring 'two': commit: the producer was closed; the message is not sent");
        Claim next = new Claim();
        assertThat(kept.producer().tryClaim(next, 2, 0)).isTrue();
        next.commit();
        List<Integer> received = new ArrayList<>();
        kept.consumer().drain((type, buffer, index, length) -> received.add(type));
        assertThat(received).containsExactly(2);
        assertThat(kept.abortedByDeath()).isZero();
    }

    /// Nothing behind an open claim is counted or read.
    @Test
    void sizeStopsAtAnOpenClaim() {
        SharedRing ring = space.ring("open", RingOptions.manyToMany(SLOTS));
        RingProducer producer = ring.producer();
        Claim slow = new Claim();
        Claim quick = new Claim();
        producer.tryClaim(slow, 1, 0);
        producer.tryClaim(quick, 2, 0);
        quick.commit();
        assertThat(ring.size()).isZero();
        assertThat(ring.consumer().read((type, buffer, index, length) -> {}, 1)).isZero();
        slow.commit();
        assertThat(ring.size()).isEqualTo(2);
    }
}
