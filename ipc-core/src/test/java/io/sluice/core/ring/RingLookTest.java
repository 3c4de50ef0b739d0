package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.ring.RingLook.State;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What an observer without a role sees, and that it changes no byte.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingLookTest {
    private static final int SAMPLE = 256;

    private static RingLook look(RingMemory memory) {
        return new RingLook("test", memory.address, memory.size, new AwakeParking());
    }

    private static List<Integer> types(RingLook look, int most) {
        List<Integer> types = new ArrayList<>();
        for (long position : look.youngest(most, Long.MAX_VALUE)) {
            RingLook.Copy copy = look.copy(position);
            if (copy != null && copy.whole()) {
                for (int i = 0; i < copy.bytes().length; i++) {
                    assertThat(copy.bytes()[i]).isEqualTo((byte) (copy.type() * 31 + i * 7 + 1));
                }
            }
            types.add(copy == null ? -1 : copy.type());
        }
        return types;
    }

    /// Through several rounds of every shape: depth, positions, consumed and waiting messages; no byte changes.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#released")
    void anObserverFollowsTheRing(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            long follow = 0;
            int followed = 0;
            int sent = 0;
            int received = 0;
            for (int number = 1; number < 90; number++) {
                if (Messages.send(producer, sent + 1, 0)) {
                    sent++;
                }
                byte[] before = number % 16 == 0 ? memory.snapshot() : null;
                RingLook look = look(memory);
                assertThat(look.depth()).isEqualTo(sent - received);
                assertThat(look.in()).isEqualTo(sent);
                assertThat(look.average(SAMPLE).slots()).isEqualTo(1);
                assertThat(look.isFull()).isEqualTo(sent - received == look.capacity());
                List<Integer> last = types(look, 3);
                for (int i = 0; i < last.size(); i++) {
                    assertThat(last.get(i)).isEqualTo(sent - last.size() + 1 + i);
                }
                long waiting = look.nextWaiting(0);
                assertThat(waiting < 0).isEqualTo(sent == received);
                assertThat(waiting < 0 || look.copy(waiting).state() == State.WAITING).isTrue();
                for (long at = look.nextReadable(follow); at >= 0; at = look.nextReadable(follow)) {
                    assertThat(look.copy(at).type()).isEqualTo(++followed);
                    follow = look.copy(at).next();
                }
                assertThat(followed).isEqualTo(sent);
                assertThat(before == null || Arrays.equals(memory.snapshot(), before)).isTrue();
                if (number % 3 == 0) {
                    received += consumer.read(messages, 1 + number % 4);
                }
            }
        }
    }

    /// Long messages: their number per slot, and that a consumed one is said to be no longer whole.
    @Test
    void messagesOfSeveralSlots() {
        RingOptions options = RingOptions.manyToMany(16);
        try (RingMemory memory = new RingMemory(options)) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = memory.view(2).consumer(PARK);
            for (int number = 1; number <= 4; number++) {
                assertThat(Messages.send(producer, number, 100)).isTrue();
            }
            RingLook look = look(memory);
            assertThat(look.average(SAMPLE)).isEqualTo(new RingLook.Average(2, 100));
            assertThat(look.depth()).isEqualTo(8);
            assertThat(types(look, 10)).containsExactly(1, 2, 3, 4);
            assertThat(consumer.read(new Messages(), 2)).isEqualTo(2);
            assertThat(look(memory).depth()).isEqualTo(4);
            assertThat(types(look, 10)).containsExactly(1, 2, 3, 4);
            assertThat(look.copy(look.youngest(10, Long.MAX_VALUE)[0])).satisfies(consumed -> {
                assertThat(consumed.state()).isEqualTo(State.CONSUMED);
                assertThat(consumed.whole()).isFalse();
                assertThat(consumed.bytes()).hasSize(100);
            });
        }
    }

    /// What was given up is no message, released or not.
    @Test
    void whatWasGivenUpIsNotCounted() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(16))) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = memory.view(2).consumer(PARK);
            for (int number = 1; number <= 3; number++) {
                try (Claim claim = new Claim()) {
                    assertThat(producer.tryClaim(claim, -1, 0)).isTrue();
                }
                assertThat(Messages.send(producer, number, 100)).isTrue();
                assertThat(look(memory).average(SAMPLE).slots()).isEqualTo(2);
                assertThat(consumer.drain(new Messages())).isEqualTo(1);
                assertThat(look(memory).average(SAMPLE).slots()).isEqualTo(2);
            }
        }
    }

    /// An only producer writes the next message under the free word of an old one.
    @Test
    void whatMayBeOverwrittenIsNotSaidToBeWhole() {
        try (RingMemory memory = new RingMemory(RingOptions.oneToOne(8))) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = memory.view(2).consumer(PARK);
            for (int number = 0; number < 8; number++) {
                assertThat(Messages.send(producer, number, 8)).isTrue();
            }
            assertThat(consumer.drain(new Messages())).isEqualTo(8);
            Claim claim = memory.claim();
            assertThat(producer.tryClaim(claim, 99, 8)).isTrue();
            claim.buffer().putLong(0, -1);
            assertThat(look(memory).copy(0).whole()).isFalse();
            assertThat(look(memory).copy(7).whole()).isTrue();
        }
    }

    /// A full ring tells what it waits for: a taken message, an open claim, or a consumer.
    @Test
    void aFullRingNamesItsReason() {
        RingOptions options = RingOptions.manyToMany(4);
        try (RingMemory memory = new RingMemory(options)) {
            RingProducer producer = memory.view(1).producer(PARK);
            ManyConsumer taker = memory.view(2).taker(PARK);
            for (int number = 0; number < 4; number++) {
                assertThat(Messages.send(producer, number, 0)).isTrue();
            }
            assertThat(look(memory).isFull()).isTrue();
            assertThat(look(memory).oldest()).isEqualTo(new RingLook.Oldest(State.WAITING, 1));
            assertThat(taker.take()).isNotNegative();
            assertThat(look(memory).isFull()).isTrue();
            assertThat(look(memory).depth()).isEqualTo(3);
            assertThat(look(memory).oldest()).isEqualTo(new RingLook.Oldest(State.TAKEN, 2));
            List<String> held = new ArrayList<>();
            look(memory).held((owner, state) -> held.add(owner + " " + state));
            assertThat(held).containsExactly("2 TAKEN");
            memory.recover(2);
            assertThat(look(memory).oldest()).isEqualTo(new RingLook.Oldest(State.RETURNED, 2));
            assertThat(look(memory).depth()).isEqualTo(4);
            assertThat(look(memory).givenBack()).isEqualTo(1);
        }
        try (RingMemory memory = new RingMemory(options)) {
            assertThat(memory.view(3).producer(PARK).tryClaim(memory.claim(), 0, 8)).isTrue();
            for (int number = 0; number < 3; number++) {
                assertThat(Messages.send(memory.view(1).producer(PARK), number, 0)).isTrue();
            }
            assertThat(look(memory).oldest()).isEqualTo(new RingLook.Oldest(State.CLAIMED, 3));
            assertThat(look(memory).depth()).isZero();
            assertThat(look(memory).nextReadable(0)).isNegative();
        }
    }

    /// Roles of single participants, and the consumers of a broadcast.
    @Test
    void participantsAreNamedWhereTheRingKnowsThem() {
        RingOptions single = RingOptions.manyToMany(4).withRoles(Producers.ONE, Consumers.ONE);
        try (RingMemory memory = new RingMemory(single)) {
            assertThat(look(memory).producers() + look(memory).consumers()).isZero();
            assertThat(memory.view(5).producer(PARK)).isNotNull();
            assertThat(memory.view(6).consumer(PARK)).isNotNull();
            assertThat(look(memory).producer()).isEqualTo(5);
            assertThat(look(memory).consumer()).isEqualTo(6);
            memory.recover(6);
            assertThat(look(memory).consumers()).isZero();
        }
        try (RingMemory memory = new RingMemory(RingOptions.broadcast(4))) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer slow = memory.view(2).subscribe(SlowConsumer.BLOCK, PARK);
            RingConsumer lossy = memory.view(3).subscribe(SlowConsumer.DROP, PARK);
            for (int number = 0; number < 4; number++) {
                assertThat(Messages.send(producer, number, 0)).isTrue();
            }
            RingLook look = look(memory);
            assertThat(look.isFull()).isTrue();
            assertThat(look.depth()).isEqualTo(4);
            assertThat(look.consumers()).isEqualTo(2);
            assertThat(look.subscribers()).extracting(RingLook.Subscriber::owner).containsExactly(2, 3);
            assertThat(types(look, 2)).containsExactly(2, 3);
            assertThat(slow.drain(new Messages()) + lossy.drain(new Messages())).isEqualTo(8);
            assertThat(look(memory).isFull()).isFalse();
            assertThat(look(memory).depth()).isZero();
        }
    }
}
