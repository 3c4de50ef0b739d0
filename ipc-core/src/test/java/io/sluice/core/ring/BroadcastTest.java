package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.Parking;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each message goes to each consumer; a slow consumer stops the producer or loses messages, by its own choice.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BroadcastTest {
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    @AfterEach
    void disarm() {
        CrashHook.script(null);
    }

    /// Every message since the join, in order; a consumer that leaves stops no other.
    @Test
    void everyConsumerGetsEverythingSinceItJoined() {
        try (RingMemory memory = new RingMemory(RingOptions.broadcast(16))) {
            RingProducer producer = memory.view(1).producer(PARK);
            Messages messages = new Messages();
            List<RingConsumer> consumers = new ArrayList<>();
            for (int number = 0; number < 200; number++) {
                assertThat(Messages.send(producer, number, number % 3 * 60)).isTrue();
                for (RingConsumer consumer : consumers) {
                    assertThat(consumer.read(messages, 2)).isEqualTo(1);
                    assertThat(messages.received()).containsExactly(number);
                }
                if (number % 5 == 0) {
                    consumers.add(memory.view(2).subscribe(
                            number % 2 == 0 ? SlowConsumer.BLOCK : SlowConsumer.DROP, PARK));
                }
                if (number % 7 == 0 && !consumers.isEmpty()) {
                    consumers.remove(number % consumers.size()).close();
                }
                if (consumers.size() > 20) {
                    consumers.removeFirst().close();
                }
            }
        }
    }

    /// A later slot of a long record holds payload that looks like a message of the next turn.
    @ParameterizedTest
    @EnumSource(SlowConsumer.class)
    void payloadOfTheLastTurnIsNoMessage(SlowConsumer policy) {
        try (RingMemory memory = new RingMemory(RingOptions.broadcast(16))) {
            Ring ring = memory.view(1);
            RingProducer producer = ring.producer(PARK);
            RingConsumer consumer = memory.view(2).subscribe(policy, PARK);
            Messages messages = new Messages();
            Claim claim = new Claim();
            int second = ring.options.slotBytes() - RingLayout.PAYLOAD;
            assertThat(producer.tryClaim(claim, 1, second + ring.options.slotBytes())).isTrue();
            claim.buffer().putLong(second, ring.key ^ SlotWord.of(1, 1, ring.self, SlotWord.COMMITTED));
            claim.commit();
            assertThat(consumer.read((type, buffer, index, length) -> { }, 2)).isEqualTo(1);
            for (int number = 2; number <= ring.slots; number++) {
                assertThat(Messages.send(producer, number, 0)).isTrue();
                assertThat(consumer.drain(messages)).isEqualTo(1);
            }
            assertThat(consumer.isReady()).isFalse();
            assertThat(consumer.lost()).isZero();
        }
    }

    /// The producer waits for the slowest blocking consumer, until that consumer leaves or dies.
    @Test
    void aBlockingConsumerStopsTheProducerUntilItLeaves() {
        for (boolean dies : new boolean[] {false, true}) {
            try (RingMemory memory = new RingMemory(RingOptions.broadcast(5))) {
                RingProducer producer = memory.view(1).producer(PARK);
                RingConsumer slow = memory.view(2).subscribe(SlowConsumer.BLOCK, PARK);
                RingConsumer fast = memory.view(3).subscribe(SlowConsumer.BLOCK, PARK);
                Messages messages = new Messages();
                for (int number = 0; number < 5; number++) {
                    assertThat(Messages.send(producer, number, 0)).isTrue();
                }
                assertThat(fast.drain(messages)).isEqualTo(5);
                assertThat(Messages.send(producer, 5, 0)).isFalse();
                assertThat(slow.read(messages, 1)).isEqualTo(1);
                assertThat(Messages.send(producer, 5, 0)).isTrue();
                assertThat(Messages.send(producer, 6, 0)).isFalse();
                if (dies) {
                    memory.recover(2);
                } else {
                    slow.close();
                }
                messages.received();
                for (int number = 6; number < 40; number++) {
                    assertThat(Messages.send(producer, number, 0)).isTrue();
                    fast.drain(messages);
                }
                assertThat(messages.received()).hasSize(35).isSorted().startsWith(5).endsWith(39);
            }
        }
    }

    /// The consumer learns how much it lost, and goes on with the next message; every message it gets is whole.
    @Test
    void aDroppingConsumerLearnsItsLosses() {
        try (RingMemory memory = new RingMemory(RingOptions.broadcast(8))) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer slow = memory.view(2).subscribe(SlowConsumer.DROP, PARK);
            Messages messages = new Messages();
            for (int number = 0; number < 7; number++) {
                Messages.send(producer, number, 0);
            }
            assertThat(slow.drain(messages)).isEqualTo(7);
            assertThat(slow.lost()).isZero();
            messages.received();
            for (int number = 7; number < 107; number++) {
                Messages.send(producer, number, 0);
            }
            assertThat(slow.isReady()).isTrue();
            assertThat(slow.drain(messages)).isZero();
            assertThat(slow.lost()).isEqualTo(100);
            assertThat(slow.isReady()).isFalse();
            Messages.send(producer, 107, 48);
            assertThat(slow.drain(messages)).isEqualTo(1);
            assertThat(messages.received()).containsExactly(107);
            assertThat(slow.position()).isEqualTo(107);
        }
    }

    /// A message that is overwritten while it is copied is not delivered.
    @Test
    void aDroppingConsumerNeverSeesHalfAMessage() {
        try (RingMemory memory = new RingMemory(RingOptions.broadcast(16))) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = memory.view(2).subscribe(SlowConsumer.DROP, PARK);
            List<Integer> seen = new ArrayList<>();
            for (int round = 0; round < 50; round++) {
                int first = round * 100;
                for (int i = 0; i < 6; i++) {
                    Messages.send(producer, first + i, 100);
                }
                consumer.read((type, buffer, index, length) -> {
                    for (int i = 0; i < 20; i++) {
                        Messages.send(producer, -1, 30 + i);       // laps the consumer inside its handler
                    }
                    assertThat(Messages.isWhole(type, buffer, index, length)).isTrue();
                    seen.add(type);
                }, 1);
                consumer.drain((type, buffer, index, length) ->
                        assertThat(Messages.isWhole(type, buffer, index, length)).isTrue());
            }
            assertThat(seen).isNotEmpty();
        }
    }

    /// The overtaking record begins before the message and covers it: the message's word changes before its bytes.
    @Test
    void aRecordIsVoidAsSoonAsALongerOneClaimsItsSlots() {
        for (int first = 0; first < 4; first++) {
            try (RingMemory memory = new RingMemory(RingOptions.broadcast(16))) {
                Ring ring = memory.view(1);
                RingProducer producer = ring.producer(PARK);
                for (int number = 0; number < 16; number++) {
                    Messages.send(producer, number, 8);
                }
                for (int i = 0; i < first; i++) {
                    Messages.send(producer, 16 + i, 8);
                }
                long[] before = new long[4];
                for (int i = 0; i < 4; i++) {
                    before[i] = ring.word(first + i);
                }
                producer.tryClaim(memory.claim(), 1, 4 * 64 - 16);
                for (int i = 0; i < 4; i++) {
                    assertThat(ring.word(first + i)).isNotEqualTo(before[i]);
                }
            }
        }
    }

    /// The producer dies at every step, between messages of every size: committed messages arrive, once, in order, and
    /// its successor goes on.
    @ParameterizedTest
    @ValueSource(ints = {5, 8, 12, 16})
    void aDeadProducersCommittedMessagesArrive(int capacity) {
        RingOptions options = RingOptions.broadcast(capacity);
        int max = options.maxMessageBytes();
        for (int offset = 0; offset < options.slots(); offset++) {
            boolean died = true;
            for (int nth = 1; died; nth++) {
                boolean cleanerDied = true;
                for (int cut = 1; cleanerDied; cut++) {
                    try (RingMemory memory = new RingMemory(options).startingAt(2L * options.slots() + offset)) {
                        List<RingConsumer> consumers = new ArrayList<>();
                        for (SlowConsumer policy : SlowConsumer.values()) {
                            consumers.add(memory.view(1).subscribe(policy, PARK));
                        }
                        List<Messages> inboxes = List.of(new Messages(), new Messages());
                        List<Integer> committed = new ArrayList<>();
                        int[] hits = {0, nth};
                        int[] sending = {0};
                        CrashHook.script(point -> {
                            if (point == CrashPoint.COMMIT_WORD_SET) {
                                committed.add(sending[0]);
                            }
                            if (++hits[0] == hits[1]) {
                                throw new Death();
                            }
                        });
                        died = dies(() -> {
                            RingProducer producer = memory.view(2).producer(PARK);
                            for (int i = 1; i <= 6; i++) {
                                sending[0] = i;
                                Messages.send(producer, i, i * 37 % (max + 1));
                                if (i % 2 == 0) {
                                    readAll(consumers, inboxes);
                                }
                                Claim claim = new Claim();
                                if (i % 3 == 0 && producer.tryClaim(claim, -1, max)) {
                                    claim.abort();
                                }
                            }
                            producer.tryClaim(memory.claim(), -1, max);
                        });
                        hits[0] = 0;
                        hits[1] = cut;
                        cleanerDied = dies(() -> memory.recover(2));
                        CrashHook.script(null);
                        memory.recover(2);
                        RingProducer heir = memory.view(3).producer(PARK);
                        for (int i = 100; i < 100 + 3 * options.slots(); i++) {
                            readAll(consumers, inboxes);
                            assertThat(Messages.send(heir, i, i % (max + 1)))
                                    .as("%d: offset %d, death %d, cleaner %d", i, offset, nth, cut).isTrue();
                            committed.add(i);
                        }
                        readAll(consumers, inboxes);
                        for (Messages inbox : inboxes) {
                            assertThat(inbox.received()).as("offset %d, death %d, cleaner %d", offset, nth, cut)
                                    .isEqualTo(committed);
                        }
                        for (int i = 0; i < capacity; i++) {
                            assertThat(Messages.send(heir, i, 0)).isTrue();
                        }
                        assertThat(Messages.send(heir, 0, 0)).isFalse();
                    }
                }
            }
        }
    }

    private static void readAll(List<RingConsumer> consumers, List<Messages> inboxes) {
        for (int i = 0; i < consumers.size(); i++) {
            consumers.get(i).drain(inboxes.get(i));
        }
    }

    private static boolean dies(Runnable work) {
        try {
            work.run();
            return false;
        } catch (Death death) {
            return true;
        }
    }

    /// A death between the move of the tail and the word: the word is still that of the last turn, or of an unused
    /// slot.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 7, 8, 13, 16, 30})
    void aProducerThatDiedBeforeItsWordLeavesNoGap(int before) {
        for (int slots = 1; slots <= 2; slots++) {
            try (RingMemory memory = new RingMemory(RingOptions.broadcast(8))) {
                Ring victim = memory.view(2);
                RingProducer producer = victim.producer(PARK);
                RingConsumer consumer = memory.view(1).subscribe(SlowConsumer.BLOCK, PARK);
                Messages messages = new Messages();
                for (int number = 0; number < before; number++) {
                    Messages.send(producer, number, 0);
                    if (consumer.read(messages, 1) == 0) {
                        assertThat(messages.received()).isEmpty();
                    }
                }
                while (Messages.send(producer, 50, 0)) {
                    assertThat(victim.tail()).isLessThanOrEqualTo(before + 8L);
                }
                consumer.drain(messages);
                messages.received();
                if (victim.slotsToEnd(victim.tail()) < slots) {
                    continue;
                }
                Memory.putLong(memory.address + RingLayout.TAIL, victim.tail() + slots);
                memory.recover(2);
                RingProducer heir = memory.view(3).producer(PARK);
                for (int number = 100; number < 130; number++) {
                    assertThat(Messages.send(heir, number, 0)).isTrue();
                    assertThat(consumer.read(messages, 2)).isEqualTo(1);
                    assertThat(messages.received()).containsExactly(number);
                }
            }
        }
    }

    /// The consumer joins between the producer's move of the tail and its look at the shutdown flag.
    @Test
    void aConsumerThatJoinsDuringARefusedClaimSeesTheEnd() throws InterruptedException {
        for (SlowConsumer policy : SlowConsumer.values()) {
            try (RingMemory memory = new RingMemory(RingOptions.broadcast(8))) {
                RingConsumer[] joined = new RingConsumer[1];
                Ring ring = memory.view(1);
                Ring other = memory.view(2);
                Parking script = new AwakeParking() {
                    @Override
                    public void fence() {
                        if (ring.tail() == 1 && joined[0] == null) {
                            joined[0] = other.subscribe(policy, PARK);
                            other.shutdown();
                        }
                    }
                };
                RingProducer producer = memory.view(1, script).producer(PARK);
                assertThatThrownBy(() -> producer.tryClaim(new Claim(), 1, 0)).isInstanceOf(ShutdownException.class);
                assertThat(joined[0].isEnded()).isTrue();
                assertThat(joined[0].read(new Messages(), 1, 1)).isEqualTo(RingConsumer.END);
                assertThat(joined[0].lost()).isZero();
            }
        }
    }
}
