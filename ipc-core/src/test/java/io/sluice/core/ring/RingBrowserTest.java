package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.memory.Memory;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Browsing a ring without taking, and taking out of order.
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingBrowserTest {
    private static List<Integer> look(Ring ring) {
        List<Integer> seen = new ArrayList<>();
        for (long at = ring.browser().next(0); at >= 0; at = ring.browser().next(at + ring.slotsAt(at))) {
            assertThat(ring.browser().peek(at, (type, payload, length) -> {
                for (int i = 0; i < length; i++) {
                    assertThat(Memory.getByte(payload + i)).isEqualTo((byte) (type * 31 + i * 7 + 1));
                }
                seen.add(type);
                return length;
            })).isNotNegative();
        }
        return seen;
    }

    /// A look shows the messages in order, and changes nothing; size counts the same messages.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#released")
    void aLookShowsTheUntakenMessages(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(3);
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            int max = shape.options().maxMessageBytes();
            List<Integer> there = new ArrayList<>();
            for (int number = 1; number < 200; number++) {
                if (number % 7 == 3) {
                    try (Claim claim = new Claim()) {
                        producer.tryClaim(claim, number, number % (max + 1));
                    }
                } else if (Messages.send(producer, number, number % (max + 1))) {
                    there.add(number);
                }
                assertThat(look(ring)).isEqualTo(there);
                assertThat(ring.browser().size()).isEqualTo(there.size());
                if (number % 3 == 0 || there.size() > 2) {
                    int limit = 1 + number % 3;
                    consumer.read(messages, limit);
                    assertThat(messages.received()).isEqualTo(there.subList(0, Math.min(limit, there.size())));
                    there = new ArrayList<>(there.subList(Math.min(limit, there.size()), there.size()));
                    assertThat(look(ring)).isEqualTo(there);
                }
            }
        }
    }

    /// A message is removed once, and its slots come back; the remaining messages keep their order.
    @Test
    void aRemovedMessageLeavesTheOthersInOrder() {
        for (Producers producers : Producers.values()) {
            RingOptions options = RingOptions.manyToMany(8).withRoles(producers, Consumers.MANY);
            for (int which = 0; which < 1 << 4; which++) {
                try (RingMemory memory = new RingMemory(options)) {
                    Ring ring = memory.view(2);
                    RingProducer producer = memory.view(1).producer(PARK);
                    RingConsumer consumer = ring.consumer(PARK);
                    Messages messages = new Messages();
                    for (int round = 0; round < 20; round++) {
                        List<Integer> left = new ArrayList<>();
                        for (int i = 0; i < 4; i++) {
                            int number = round * 4 + i;
                            assertThat(Messages.send(producer, number, i % 2 * 100)).isTrue();
                            if ((which & 1 << i) != 0) {
                                long at = ring.browser().next(0);
                                for (int skip = 0; skip < left.size(); skip++) {
                                    at = ring.browser().next(at + ring.slotsAt(at));
                                }
                                assertThat(ring.browser().remove(at))
                                        .as("%s, removals %d, message %d", producers, which, number)
                                        .isTrue();
                                assertThat(ring.browser().remove(at)).isFalse();
                                assertThat(ring.browser().peek(at, (type, payload, length) -> 1)).isEqualTo(-1);
                            } else {
                                left.add(number);
                            }
                        }
                        assertThat(look(ring)).isEqualTo(left);
                        assertThat(consumer.read(messages, left.size() + 1)).isEqualTo(left.size());
                        assertThat(messages.received()).isEqualTo(left);
                    }
                    assertThat(ring.browser().isAllReleased()).isTrue();
                }
            }
        }
    }

    /// The head lags if messages were removed, or given back after later ones were taken; no process falls behind for
    /// it.
    @Test
    void aRingThatIsEmptiedByRemovalsGoesOnForRounds() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(4))) {
            Ring ring = memory.view(2);
            RingProducer producer = ring.producer(PARK);
            ManyConsumer consumer = ring.taker(PARK);
            for (int number = 0; number < 50; number++) {
                assertThat(Messages.send(producer, number, 0)).isTrue();
                long at = ring.browser().next(0);
                assertThat(at).isEqualTo(number);
                assertThat(ring.browser().remove(at)).isTrue();
            }
            assertThat(consumer.isReady()).isFalse();
            assertThat(consumer.take()).isEqualTo(-1);
            assertThat(Messages.send(producer, 50, 0)).isTrue();
            assertThat(consumer.isReady()).isTrue();
            assertThat(consumer.take()).isEqualTo(50);
        }
    }

    /// A lagging head points at slots that a later turn has claimed. A message that ends inside an old word leaves the
    /// rest of that word as it was; the result must not pass for a word.
    @Test
    void theEndOfAMessageDoesNotPassForAWord() {
        Random random = new Random(8);
        for (Producers producers : Producers.values()) {
            RingOptions options = RingOptions.manyToMany(16).withRoles(producers, Consumers.MANY);
            try (RingMemory memory = new RingMemory(options)) {
                Ring ring = memory.view(1);
                RingProducer producer = ring.producer(PARK);
                Claim claim = new Claim();
                for (int number = 0; number < 20_000; number++) {
                    int length = 48 + random.nextInt(3) * 64 + random.nextInt(9);
                    if (!producer.tryClaim(claim, number, length)) {
                        assertThat(ring.taker(PARK).take()).isEqualTo(-1);      // skips the padding
                        continue;
                    }
                    for (int i = 48; i < length; i++) {
                        claim.buffer().putByte(i, (byte) random.nextInt());
                    }
                    claim.commit();
                    ManyConsumer consumer = memory.view(2).taker(PARK);
                    assertThat(consumer.isReady()).isTrue();
                    assertThat(ring.browser().size()).isEqualTo(1);
                    if (number % 100 == 0) {
                        long position = consumer.take();
                        assertThat(consumer.type(position)).isEqualTo(number);
                        consumer.acknowledge(position);
                    } else {
                        assertThat(ring.browser().remove(claim.position())).isTrue();
                    }
                }
            }
        }
    }

    /// The later message is acknowledged first, the earlier one was given back: then the head points at free slots, and
    /// the next round fills them before any process looks.
    @Test
    void aMessageGivenBackLateDoesNotStopTheRing() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(2))) {
            Ring ring = memory.view(2);
            RingProducer producer = ring.producer(PARK);
            ManyConsumer consumer = ring.taker(PARK);
            for (int round = 0; round < 10; round++) {
                Messages.send(producer, 1, 0);
                Messages.send(producer, 2, 0);
                long first = consumer.take();
                long second = consumer.take();
                consumer.acknowledge(second);
                consumer.giveBack(first);
                assertThat(consumer.take()).isEqualTo(first);
                consumer.acknowledge(first);
            }
            assertThat(ring.givenBack()).isEqualTo(10);
            assertThat(ring.browser().isAllReleased()).isTrue();
        }
    }

    /// One consumer, many producers: the producers see free slots before the consumer publishes its head.
    @Test
    void messagesAreSeenBehindAHeadThatLags() {
        try (RingMemory memory = new RingMemory(RingOptions.oneToOne(16).withRoles(Producers.MANY, Consumers.ONE))) {
            Ring ring = memory.view(2);
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = ring.consumer(PARK);
            Messages messages = new Messages();
            for (int number = 0; number < 16; number++) {
                Messages.send(producer, number, 0);
            }
            assertThat(consumer.read(messages, 1)).isEqualTo(1);
            assertThat(Messages.send(producer, 16, 0)).isTrue();
            assertThat(ring.browser().size()).isEqualTo(16);
            assertThat(look(ring)).hasSize(16).startsWith(1).endsWith(16);
        }
    }

    /// Browsers stop where consumers stop: at a claim that is neither committed nor aborted, whatever lies behind it.
    @Test
    void aClaimThatIsOpenHidesWhatLiesBehindIt() {
        for (Consumers consumers : new Consumers[] {Consumers.ONE, Consumers.MANY}) {
            for (boolean commits : new boolean[] {true, false}) {
                RingOptions options = RingOptions.manyToMany(8).withRoles(Producers.MANY, consumers);
                try (RingMemory memory = new RingMemory(options)) {
                    Ring ring = memory.view(3);
                    RingProducer slow = memory.view(1).producer(PARK);
                    RingProducer quick = memory.view(2).producer(PARK);
                    RingConsumer consumer = memory.view(4).consumer(PARK);
                    Messages messages = new Messages();
                    Messages.send(quick, 1, 0);
                    Claim claim = new Claim();
                    slow.tryClaim(claim, 2, 0);
                    Messages.send(quick, 3, 0);
                    assertThat(look(ring)).containsExactly(1);
                    assertThat(ring.browser().size()).isEqualTo(1);
                    assertThat(consumer.read(messages, 1)).isEqualTo(1);
                    assertThat(look(ring)).isEmpty();
                    assertThat(ring.browser().next(0)).isEqualTo(-1);
                    assertThat(ring.browser().next(1)).isEqualTo(-1);
                    assertThat(ring.browser().size()).isZero();
                    assertThat(consumer.isReady()).isFalse();
                    assertThat(consumer.read(messages, 1)).isZero();
                    if (commits) {
                        claim.commit();
                        assertThat(look(ring)).containsExactly(2, 3);
                    } else {
                        claim.abort();
                        assertThat(look(ring)).containsExactly(3);
                    }
                    assertThat(ring.browser().size()).isEqualTo(commits ? 2 : 1);
                    assertThat(consumer.isReady()).isTrue();
                    consumer.drain(messages);
                    assertThat(messages.received()).isEqualTo(commits ? List.of(1, 2, 3) : List.of(1, 3));
                }
            }
        }
    }

    /// A taken message stays readable until its slots are claimed again; the oldest comes first.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void historyShowsTakenMessages(Shape shape) {
        if (shape.broadcasts()) {
            return;
        }
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(3);
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            List<Integer> seen = new ArrayList<>();
            RingBrowser.Visitor visitor = (type, payload, length) -> {
                assertThat(length).isEqualTo(type % 2 * 100);
                seen.add(type);
                return 0;
            };
            assertThat(ring.browser().history(visitor)).isZero();
            for (int number = 1; number <= 5; number++) {
                Messages.send(producer, number, number % 2 * 100);
            }
            assertThat(ring.browser().history(visitor)).isZero();
            consumer.read(messages, 3);
            assertThat(ring.browser().history(visitor)).isEqualTo(3);
            assertThat(seen).containsExactly(1, 2, 3);
            seen.clear();
            consumer.drain(messages);
            Messages.send(producer, 6, 0);
            assertThat(ring.browser().history(visitor)).isBetween(3, 5);
            assertThat(seen).isSorted().endsWith(5);
        }
    }

    /// The slots of the history are claimed again while the first of them is being read.
    @Test
    void historyDoesNotCountMessagesOverwrittenMeanwhile() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Ring ring = memory.view(3);
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = memory.view(2).consumer(PARK);
            Messages messages = new Messages();
            for (int number = 0; number < 8; number++) {
                Messages.send(producer, number, 0);
            }
            consumer.drain(messages);
            List<Integer> seen = new ArrayList<>();
            int whole = ring.browser().history((type, payload, length) -> {
                if (seen.isEmpty()) {
                    for (int number = 100; number < 104; number++) {
                        assertThat(Messages.send(producer, number, 0)).isTrue();
                    }
                }
                seen.add(type);
                return 0;
            });
            assertThat(seen).containsExactly(0, 4, 5, 6, 7);
            assertThat(whole).isEqualTo(4);
        }
    }

    /// True only when every claim was committed, taken and acknowledged.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#released")
    void allIsReleasedWhenNoProcessHoldsAnything(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(3);
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Claim claim = new Claim();
            for (int round = 0; round < 2 * shape.options().slots() + 1; round++) {
                assertThat(ring.browser().isAllReleased()).isTrue();
                assertThat(producer.tryClaim(claim, 1, shape.options().maxMessageBytes())).isTrue();
                if (shape.claimsShow()) {
                    assertThat(ring.browser().isAllReleased()).isFalse();
                }
                claim.commit();
                assertThat(ring.browser().isAllReleased()).isFalse();
                consumer.read((type, buffer, index, length) -> assertThat(ring.browser().isAllReleased()).isFalse(), 2);
                assertThat(ring.browser().isAllReleased()).isTrue();
            }
            if (consumer instanceof ManyConsumer taker) {
                Messages.send(producer, 1, 0);
                long position = taker.take();
                assertThat(taker.length(position)).isZero();
                assertThat(taker.type(position)).isEqualTo(1);
                assertThat(ring.browser().isAllReleased()).isFalse();
                taker.giveBack(position);
                assertThat(ring.browser().isAllReleased()).isFalse();
                assertThat(taker.take()).isEqualTo(position);
                taker.acknowledge(position);
                assertThat(ring.browser().isAllReleased()).isTrue();
            }
        }
    }

    /// True from the claim to the acknowledgement, also for a dead owner, as references to large messages need it. The
    /// next position of an only producer that lives counts as claimed.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aPositionIsReferredToUntilItsMessageIsGone(Shape shape) {
        if (shape.broadcasts()) {
            return;
        }
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Claim claim = new Claim();
            for (int round = 0; round < 20; round++) {
                assertThat(RingRecovery.refersTo(memory.address, memory.size, round)).isEqualTo(!shape.claimsShow());
                assertThat(RingRecovery.refersTo(memory.address, memory.size, round + 1)).isFalse();
                producer.tryClaim(claim, 0, 0);
                assertThat(claim.position()).isEqualTo(round);
                assertThat(RingRecovery.refersTo(memory.address, memory.size, round)).isTrue();
                claim.commit();
                assertThat(RingRecovery.refersTo(memory.address, memory.size, round)).isTrue();
                assertThat(consumer.read((type, buffer, index, length) -> {}, 2)).isEqualTo(1);
                assertThat(RingRecovery.refersTo(memory.address, memory.size, round)).isFalse();
            }
        }
    }
}
