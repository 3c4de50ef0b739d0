package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.BUSY_SPIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Foreign bytes are in the memory. Every call ends, with a result or with the declared exception, and no handler sees
/// a byte outside the ring.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpoiledRingTest {
    private static final int LIVES = 400;

    static Stream<Shape> shapes() {
        return Stream.of(1, 5, 16).flatMap(capacity -> Shape.roles(capacity, 64).stream());
    }

    /// Words of slots, lengths and cursors set to random, boundary and plausible values between operations.
    @ParameterizedTest
    @MethodSource("shapes")
    void everyCallEndsWithAnAnswerOrADeclaredException(Shape shape) throws InterruptedException {
        long seed = Long.getLong("sluice.test.seed", System.nanoTime());
        Random random = new Random(seed);
        try (RingMemory memory = new RingMemory(shape.options())) {
            byte[] empty = memory.snapshot();
            for (int life = 0; life < LIVES; life++) {
                memory.restore(empty);
                RingProducer producer = memory.view(1).producer(BUSY_SPIN);
                RingConsumer consumer = shape.consumer(memory.view(2), BUSY_SPIN);
                for (int step = 0; step < 30; step++) {
                    if (step > 5 && random.nextInt(3) == 0) {
                        spoil(memory, random);
                    }
                    act(shape, memory, producer, consumer, random);
                }
            }
        } catch (AssertionError failure) {
            throw new AssertionError("%s, with -Dsluice.test.seed=%d".formatted(shape, seed), failure);
        }
    }

    private static void spoil(RingMemory memory, Random random) {
        Ring ring = memory.view(3);
        long slot = ring.wordAddress(random.nextInt(ring.slots));
        long turn = ring.turn(ring.tail()) + random.nextInt(3) - 1;
        long strange = switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MAX_VALUE;
            case 3 -> 1L << random.nextInt(64);
            case 4 -> ring.tail() + random.nextInt(64) - 32;
            default -> random.nextLong();
        };
        switch (random.nextInt(8)) {
            case 0 -> Memory.putLong(slot, strange);
            case 1 -> Memory.putInt(slot + RingLayout.MESSAGE_LENGTH, (int) strange);
            case 2 -> Memory.putLong(memory.address + RingLayout.TAIL, strange);
            case 3 -> Memory.putLong(memory.address + RingLayout.HEAD, strange);
            case 4 -> Memory.putLong(slot, Memory.getLong(slot) ^ 1L << random.nextInt(64));
            case 5 -> Memory.putLong(memory.address + RingLayout.SUBSCRIBERS, strange);
            default -> Memory.putLong(slot, ring.key ^ SlotWord.of(
                    turn, random.nextInt(SlotWord.MAX_SLOTS) >> random.nextInt(16), random.nextInt(4),
                    random.nextInt(8)));
        }
    }

    private static void act(
            Shape shape, RingMemory memory, RingProducer producer, RingConsumer consumer, Random random)
            throws InterruptedException {
        MessageHandler handler = (type, buffer, index, length) -> {
            assertThat(index).isZero();
            if (!shape.drops()) {
                MemoryBuffer shown = (MemoryBuffer) buffer;
                assertThat(memory.holds(shown.addressOffset(), length)).isTrue();
            }
        };
        RingBrowser.Visitor visitor = (type, payload, length) -> {
            assertThat(memory.holds(payload, length)).isTrue();
            return length;
        };
        Ring ring = memory.view(3);
        try {
            switch (random.nextInt(11)) {
                case 0, 1, 2 -> Messages.send(producer, 1, random.nextInt(shape.options().maxMessageBytes() + 1));
                case 3 -> consumer.read(handler, 3);
                case 4 -> consumer.read(handler, 1, 1000);
                case 5 -> {
                    if (consumer instanceof ManyConsumer taker) {
                        long position = taker.take();
                        if (position != -1) {
                            int length = taker.length(position);
                            assertThat(length == -1 || memory.holds(taker.payload(position), length)).isTrue();
                            if (random.nextBoolean()) {
                                taker.acknowledge(position);
                            } else {
                                taker.giveBack(position);
                            }
                        }
                    }
                }
                case 6 -> {
                    ring.browser().size();
                    ring.browser().isAllReleased();
                    ring.isDrained();
                    consumer.isReady();
                    consumer.isEnded();
                }
                case 7 -> {
                    ring.browser().history(visitor);
                    long position = ring.browser().next(0);
                    if (position != -1 && ring.slotsAt(position) > 0) {
                        ring.browser().peek(position, visitor);
                        if (shape.manyConsumers()) {
                            ring.browser().remove(position);
                        }
                    }
                }
                case 8 -> memory.recover(1 + random.nextInt(3));
                case 9 -> RingRecovery.refersTo(memory.address, memory.size, random.nextInt(20));
                default -> {
                    try (Claim claim = new Claim()) {
                        producer.tryClaim(claim, 0, 0);
                    }
                }
            }
        } catch (IllegalStateException | CorruptObjectException declared) {
            assertThat(declared).hasMessageContaining("ring 'test': ");
        }
    }

    /// A length that its slots cannot hold is named; the message stays where it is.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aWrongLengthIsNamed(Shape shape) {
        for (int length : List.of(-1, Integer.MIN_VALUE, 49, Integer.MAX_VALUE)) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                Ring ring = memory.view(2);
                RingProducer producer = memory.view(1).producer(BUSY_SPIN);
                RingConsumer consumer = shape.consumer(ring, BUSY_SPIN);
                Messages.send(producer, 1, 48);
                Memory.putInt(ring.wordAddress(0) + RingLayout.MESSAGE_LENGTH, length);
                for (int attempt = 0; attempt < 2; attempt++) {
                    assertThatThrownBy(() -> consumer.read(new Messages(), 1))
                            .isInstanceOf(CorruptObjectException.class)
                            .hasMessage(("ring 'test': the message at position 0 says that it has %,d bytes, and"
                                    + " its 1 slots hold 48; something else has written into the memory;"
                                    + " unlink and recreate it")
                                    .formatted(length));
                }
                if (!shape.broadcasts()) {
                    assertThat(ring.browser().peek(0, (type, payload, bytes) -> bytes)).isEqualTo(-1);
                }
            }
        }
    }

    /// A record has a slot or more. A word that says none makes room for no byte, whatever the length says.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aWordWithoutSlotsShowsNoMemoryBeyondTheRing(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(2);
            RingProducer producer = memory.view(1).producer(BUSY_SPIN);
            RingConsumer consumer = shape.consumer(ring, BUSY_SPIN);
            Messages.send(producer, 1, 48);
            int owner = SlotWord.owner(ring.word(0));
            Memory.putLong(ring.wordAddress(0), ring.key ^ SlotWord.of(ring.turn(0), 0, owner, SlotWord.COMMITTED));
            Memory.putInt(ring.wordAddress(0) + RingLayout.MESSAGE_LENGTH, 1 << 20);
            assertThatThrownBy(() -> consumer.read(new Messages(), 1)).isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("ring 'test': ");
        }
    }

    /// A word in an invalid state is refused with its position.
    @Test
    void aWordInAnInvalidStateIsNamed() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Ring ring = memory.view(1);
            RingProducer producer = ring.producer(BUSY_SPIN);
            ManyConsumer consumer = ring.taker(BUSY_SPIN);
            Memory.putLong(ring.wordAddress(0), ring.key ^ SlotWord.of(7, 1, 1, SlotWord.COMMITTED));
            assertThatThrownBy(consumer::take).isInstanceOf(CorruptObjectException.class)
                    .hasMessage("ring 'test': slot 0 holds the word 000000007000200a, which belongs to no state of"
                            + " position 0; something else has written into the memory; unlink and recreate it");
            assertThatThrownBy(() -> Messages.send(producer, 1, 0)).isInstanceOf(CorruptObjectException.class)
                    .hasMessageContaining("slot 0 holds the word 000000007000200a");
        }
    }
}
