package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.MemoryBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The contract of every ring, for all producers and consumers.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingContractTest {
    private static final MessageHandler NOTHING = (type, buffer, index, length) -> {};

    private static Set<Integer> lengths(RingOptions options) {
        int max = options.maxMessageBytes();
        TreeSet<Integer> lengths = new TreeSet<>(List.of(0, 1, 7, 8, 9, max - 1, max));
        for (int slots = 1; slots <= 4; slots++) {
            int exactly = slots * options.slotBytes() - RingOptions.HEADER_BYTES;
            lengths.addAll(List.of(exactly - 1, exactly, exactly + 1));
        }
        lengths.removeIf(length -> length > max);
        return lengths;
    }

    /// Empty, a slot less one, a slot, one more, many slots, the longest: from every place of the ring.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#all")
    void messagesOfEveryLengthArriveWhole(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            int number = 0;
            for (int round = 0; round < 2 * shape.options().slots() + 1; round++) {
                for (int length : lengths(shape.options())) {
                    int sent = ++number;
                    assertThat(Messages.send(producer, sent, length)).as("length %d", length).isTrue();
                    assertThat(consumer.read(messages, 2)).isEqualTo(1);
                    assertThat(messages.received()).containsExactly(sent);
                }
                assertThat(Messages.send(producer, ++number, 0)).isTrue();      // shifts the next round by one
                assertThat(consumer.read(NOTHING, 1)).isEqualTo(1);
            }
        }
    }

    /// A quarter of the ring is the limit; lengths above it and below zero are misuse, and the message says so.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#all")
    void lengthsThatCannotFitAreRefused(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Claim claim = new Claim();
            int max = shape.options().maxMessageBytes();
            assertThat(max).isEqualTo(Math.max(1, shape.options().capacity() / 4) * shape.options().slotBytes() - 16);
            for (int length : new int[] {max + 1, Integer.MAX_VALUE}) {
                assertThatThrownBy(() -> producer.tryClaim(claim, 0, length))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(("ring 'test': message of %,d bytes exceeds the %,d bytes that fit into a quarter"
                                + " of %,d slots of %,d bytes; split it, or create the ring with more or larger slots")
                                .formatted(length, max, shape.options().capacity(), shape.options().slotBytes()));
            }
            for (int length : new int[] {-1, Integer.MIN_VALUE}) {
                assertThatThrownBy(() -> producer.claim(claim, 0, length))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("ring 'test': message of %,d bytes; a length is not negative".formatted(length));
            }
            assertThat(claim.isOpen()).isFalse();
            assertThat(Messages.send(producer, 1, max)).isTrue();
            assertThat(consumer.read(new Messages(), 9)).isEqualTo(1);
        }
    }

    /// Filled from every offset to every level, it refuses exactly at its capacity, and keeps its messages.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#bounded")
    void aRingRefusesAtItsCapacityAndKeepsItsMessages(Shape shape) {
        int capacity = shape.options().capacity();
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            int number = 0;
            for (int offset = 0; offset <= shape.options().slots(); offset++) {
                for (int level = 0; level <= capacity; level++) {
                    int first = number;
                    for (int i = 0; i < level; i++) {
                        assertThat(Messages.send(producer, number++, i % 48)).as("message %d of %d", i, level).isTrue();
                    }
                    if (level == capacity) {
                        assertThat(Messages.send(producer, -1, 0)).isFalse();
                        assertThat(Messages.send(producer, -1, shape.options().maxMessageBytes())).isFalse();
                    }
                    assertThat(consumer.drain(messages)).isEqualTo(level);
                    assertThat(messages.received()).hasSize(level).allMatch(i -> i >= first).isSorted();
                }
                assertThat(Messages.send(producer, number++, 0)).isTrue();
                assertThat(consumer.drain(NOTHING)).isEqualTo(1);
            }
        }
    }

    private record Pending(int number, long position) {}

    /// Random claims, commits, aborts and reads against a queue of the JDK: same messages, same order, never more
    /// slots in use than the capacity, and never a refusal without reason.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#bounded")
    void aRingBehavesLikeAQueueOfItsCapacity(Shape shape) {
        Random random = new Random(4711 + shape.toString().hashCode());
        RingOptions options = shape.options();
        try (RingMemory memory = new RingMemory(options)) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            ArrayDeque<Pending> pending = new ArrayDeque<>();
            Messages messages = new Messages();
            Claim claim = new Claim();
            long end = 0;
            boolean allPublished = true;
            for (int step = 0; step < 3000; step++) {
                if (random.nextInt(5) < 3) {
                    int length = random.nextInt(options.maxMessageBytes() + 1) / (1 + random.nextInt(8));
                    int slots = shape.slotsFor(length);
                    int toEnd = options.slots() - (int) (end % options.slots());
                    long start = slots > toEnd ? end + toEnd : end;
                    long oldest = pending.isEmpty() ? end : pending.peek().position;
                    if (producer.tryClaim(claim, step, length)) {
                        assertThat(claim.position()).isEqualTo(start);
                        assertThat(start + slots - oldest).isLessThanOrEqualTo(options.capacity());
                        end = start + slots;
                        Messages.write(claim.buffer(), step, length);
                        if (random.nextInt(4) == 0) {
                            claim.abort();
                        } else {
                            claim.commit();
                            pending.add(new Pending(step, start));
                        }
                    } else if (allPublished) {
                        // Aborted records and padding before the oldest message are released when a consumer meets
                        // them; those after it may fill the ring as messages do. So only an empty ring must accept.
                        assertThat(pending).isNotEmpty();
                    }
                    end = Math.max(end, memory.view(3).findTail());
                } else {
                    int limit = random.nextInt(options.capacity() + 2);
                    int count = consumer.read(messages, limit);
                    assertThat(count).isEqualTo(Math.min(limit, pending.size()));
                    for (int number : messages.received()) {
                        assertThat(number).isEqualTo(pending.remove().number);
                    }
                    allPublished = limit > count;
                    if (!allPublished && pending.isEmpty() && random.nextBoolean()) {
                        assertThat(consumer.read(messages, 1)).isZero();
                        allPublished = true;
                    }
                }
                allPublished &= !pending.isEmpty() || consumer.read(messages, 1) == 0;
                if (!shape.broadcasts()) {
                    assertThat(memory.view(3).browser().size()).isEqualTo(pending.size());
                }
            }
        }
    }

    /// An aborted claim is not seen, and its slots are free again.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#bounded")
    void anAbortedClaimIsSteppedOver(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            for (int round = 0; round < 3 * shape.options().slots(); round++) {
                for (int i = 0; i < shape.options().capacity() - 1; i++) {
                    try (Claim claim = new Claim()) {
                        assertThat(producer.tryClaim(claim, -1, 20)).isTrue();
                        if (i % 2 == 0) {
                            claim.abort();
                        }
                    }
                }
                assertThat(Messages.send(producer, round, 10)).isTrue();
                assertThat(consumer.read(messages, 1)).isEqualTo(1);
                assertThat(messages.received()).containsExactly(round);
                assertThat(consumer.read(messages, 1)).isZero();
            }
        }
    }

    /// Commit and abort end a claim once; every later call throws and changes nothing.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aClaimEndsOnce(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            Claim claim = new Claim();
            String nothing = ": nothing is claimed; call tryClaim first, and commit or abort once";
            assertThat(claim.isOpen()).isFalse();
            assertThatThrownBy(claim::commit).isInstanceOf(IllegalStateException.class).hasMessage("commit" + nothing);
            assertThatThrownBy(claim::abort).isInstanceOf(IllegalStateException.class).hasMessage("abort" + nothing);
            claim.close();
            assertThat(producer.tryClaim(claim, 1, 1)).isTrue();
            assertThat(claim.isOpen()).isTrue();
            assertThat(claim.buffer().capacity()).isEqualTo(1);
            assertThatThrownBy(() -> producer.tryClaim(claim, 2, 2)).isInstanceOf(IllegalStateException.class)
                    .hasMessage("ring 'test': the claim is open; commit or abort it first");
            Messages.write(claim.buffer(), 1, 1);
            claim.commit();
            assertThatThrownBy(claim::commit).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(claim::abort).isInstanceOf(IllegalStateException.class);
            claim.close();
            claim.close();
            assertThat(Messages.send(producer, 2, 0)).isTrue();
            assertThat(consumer.drain(messages)).isEqualTo(2);
            assertThat(messages.received()).containsExactly(1, 2);
        }
    }

    /// A single producer writes one message at a time, since after its death at most one record may be open.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aSingleProducerHasOneOpenClaim(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Claim first = new Claim();
            Claim second = new Claim();
            assertThat(producer.tryClaim(first, 1, 0)).isTrue();
            if (shape.manyProducers()) {
                assertThat(producer.tryClaim(second, 2, 0)).isTrue();
                second.commit();
            } else {
                assertThatThrownBy(() -> producer.tryClaim(second, 2, 0)).isInstanceOf(IllegalStateException.class)
                        .hasMessage("ring 'test': this producer has an open claim; commit or abort it first");
                assertThat(second.isOpen()).isFalse();
            }
            first.commit();
            assertThat(producer.tryClaim(second, 3, 0)).isTrue();
            second.abort();
            assertThat(Messages.send(producer, 4, 0)).isTrue();
            assertThat(consumer.drain(new Messages())).isEqualTo(shape.manyProducers() ? 3 : 2);
        }
    }

    /// A message behind an open claim waits for it, in any order of commits.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void messagesComeInTheOrderOfTheirClaims(Shape shape) {
        if (!shape.manyProducers()) {
            return;
        }
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer first = memory.view(1).producer(PARK);
            RingProducer second = memory.view(3).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            for (int round = 0; round < 30; round++) {
                Claim slow = new Claim();
                assertThat(first.tryClaim(slow, 1, 100)).isTrue();
                assertThat(Messages.send(second, 2, 0)).isTrue();
                assertThat(consumer.read(messages, 9)).isZero();
                Messages.write(slow.buffer(), 1, 100);
                slow.commit();
                assertThat(consumer.read(messages, 9)).isEqualTo(2);
                assertThat(messages.received()).containsExactly(1, 2);
            }
        }
    }

    /// Messages before it are consumed, it and later ones are not; the caller gets the handler's exception.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aHandlerThatThrowsLeavesItsMessage(Shape shape) {
        if (shape.drops()) {
            return;     // the message is a copy, and no longer in the ring
        }
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            List<Integer> seen = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                for (int i = 1; i <= 4; i++) {
                    assertThat(Messages.send(producer, i, i == 2 ? 90 : 10)).isTrue();
                }
                RuntimeException refusal = new RuntimeException("no");
                for (int attempt = 0; attempt < 3; attempt++) {
                    assertThatThrownBy(() -> consumer.read((type, buffer, index, length) -> {
                        assertThat(Messages.isWhole(type, buffer, index, length)).isTrue();
                        if (type == 2) {
                            throw refusal;
                        }
                        seen.add(type);
                    }, 9)).isSameAs(refusal);
                    assertThat(seen).containsExactly(1);
                }
                assertThat(consumer.drain((type, buffer, index, length) -> seen.add(type))).isEqualTo(3);
                assertThat(seen).containsExactly(1, 2, 3, 4);
                seen.clear();
            }
        }
    }

    /// A limit of zero or less reads nothing; otherwise the smaller of limit and size.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void readKeepsItsLimit(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            assertThat(consumer.isReady()).isFalse();
            for (int i = 1; i <= 6; i++) {
                Messages.send(producer, i, 0);
            }
            assertThat(consumer.isReady()).isTrue();
            assertThat(consumer.read(messages, 0)).isZero();
            assertThat(consumer.read(messages, -1)).isZero();
            assertThat(consumer.read(messages, Integer.MIN_VALUE)).isZero();
            assertThat(consumer.read(messages, 1)).isEqualTo(1);
            assertThat(consumer.position()).isZero();
            assertThat(consumer.read(messages, 2)).isEqualTo(2);
            assertThat(consumer.position()).isEqualTo(2);
            assertThat(consumer.read(messages, Integer.MAX_VALUE)).isEqualTo(3);
            assertThat(consumer.drain(messages)).isZero();
            assertThat(messages.received()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(consumer.lost()).isZero();
        }
    }

    /// An offer whose source is too short throws, and its claim is aborted.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void anOfferThatFailsClaimsNothing(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            MemoryBuffer source = new MemoryBuffer();
            source.wrap(ByteBuffer.allocateDirect(8));
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> producer.offer(1, source, 0, 9))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                assertThat(Messages.send(producer, i, 4)).isTrue();
                assertThat(consumer.drain(messages)).isEqualTo(1);
                assertThat(messages.received()).containsExactly(i);
            }
        }
    }
}
