package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.memory.Memory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The steps of a commit of an only producer, and what happens between them: a shutdown, a close, a death.
class RingCommitTest {
    private static final int LONG = 150;

    static Stream<Shape> onlyProducers() {
        return Stream.of(8, 12, 64).flatMap(capacity -> Shape.roles(capacity, 64).stream())
                .filter(shape -> !shape.claimsShow());
    }

    /// Does something at one of the fences of an operation.
    private static final class Interposed extends AwakeParking {
        private int fencesToGo;
        private Runnable action = () -> {};

        void at(int fence, Runnable then) {
            fencesToGo = fence;
            action = then;
        }

        @Override
        public void fence() {
            super.fence();
            if (--fencesToGo == 0) {
                action.run();
            }
        }
    }

    /// A consumer that sees the message announced does not end before the producer has taken it back.
    @ParameterizedTest
    @MethodSource("onlyProducers")
    void aShutdownBehindTheAnnouncementRefusesTheMessage(Shape shape) {
        for (int length : new int[] {0, 40, LONG}) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                Interposed parking = new Interposed();
                RingProducer producer = memory.view(1, parking).producer(PARK);
                Ring other = memory.view(2);
                RingConsumer consumer = shape.consumer(other);
                Messages messages = new Messages();
                assertThat(Messages.send(producer, 1, 0)).isTrue();
                Claim claim = new Claim();
                int claimed = Math.min(length, shape.options().maxMessageBytes());
                assertThat(producer.tryClaim(claim, 2, claimed)).isTrue();
                parking.at(2, () -> {
                    other.shutdown();
                    assertThat(consumer.read(messages, 9)).isEqualTo(1);
                    assertThat(consumer.isEnded()).isFalse();
                });
                assertThatThrownBy(claim::commit).isInstanceOf(ShutdownException.class)
                        .hasMessage("ring 'test' was shut down; nothing can be put into it any more");
                assertThat(claim.isOpen()).isFalse();
                assertThat(consumer.read(messages, 9)).isZero();
                assertThat(messages.received()).containsExactly(1);
                assertThat(consumer.isEnded()).isTrue();
            }
        }
    }

    /// A close that meets a claim: the claim is refused, before its writer has touched the slots.
    @ParameterizedTest
    @MethodSource("onlyProducers")
    void aCloseDuringTheClaimRefusesIt(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Interposed parking = new Interposed();
            Ring ring = memory.view(1, parking);
            RingProducer producer = ring.producer(PARK);
            Claim claim = new Claim();
            parking.at(1, producer::close);
            assertThatThrownBy(() -> producer.tryClaim(claim, 2, 0)).isInstanceOf(ClosedException.class)
                    .hasMessage("ring 'test': this producer was closed");
            assertThat(claim.isOpen()).isFalse();
            RingProducer next = memory.view(2).producer(PARK);
            Messages messages = new Messages();
            assertThat(Messages.send(next, 3, 0)).isTrue();
            assertThat(shape.consumer(ring).drain(messages)).isEqualTo(1);
            assertThat(messages.received()).containsExactly(3);
        }
    }

    /// Behind the second look at the flag the message is sent, and read.
    @ParameterizedTest
    @MethodSource("onlyProducers")
    void aShutdownBehindTheCommitLeavesTheMessage(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Interposed parking = new Interposed();
            RingProducer producer = memory.view(1, parking).producer(PARK);
            Ring other = memory.view(2);
            RingConsumer consumer = shape.consumer(other);
            Claim claim = new Claim();
            assertThat(producer.tryClaim(claim, 2, 0)).isTrue();
            parking.at(3, other::shutdown);
            claim.commit();
            Messages messages = new Messages();
            assertThat(consumer.isEnded()).isFalse();
            assertThat(consumer.read(messages, 9)).isEqualTo(1);
            assertThat(messages.received()).containsExactly(2);
            assertThat(consumer.isEnded()).isTrue();
        }
    }

    /// A close before the look at it takes the message back; the slots are stepped over, and a successor goes on.
    @ParameterizedTest
    @MethodSource("onlyProducers")
    void aCloseBeforeTheAnnouncementTakesTheMessageBack(Shape shape) {
        for (int length : new int[] {0, 40, LONG}) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                Ring ring = memory.view(1);
                RingProducer producer = ring.producer(PARK);
                Claim claim = new Claim();
                int claimed = Math.min(length, shape.options().maxMessageBytes());
                assertThat(producer.tryClaim(claim, 2, claimed)).isTrue();
                producer.close();
                assertThat(claim.isOpen()).isFalse();
                assertThatThrownBy(claim::commit).isInstanceOf(ClosedException.class)
                        .hasMessage("ring 'test': commit: the producer was closed; the message is not sent");
                Messages messages = new Messages();
                RingConsumer consumer = shape.consumer(ring);
                assertThat(Messages.send(memory.view(2).producer(PARK), 3, 0)).isTrue();
                assertThat(consumer.drain(messages)).isEqualTo(1);
                assertThat(messages.received()).containsExactly(3);
            }
        }
    }

    /// Payload that a dead producer has left behind a FREE word covers words that the next one needs. All of it is
    /// stepped over, wherever in the array and however full the ring.
    @ParameterizedTest
    @MethodSource("onlyProducers")
    void theNextProducerGoesOnBehindThePayloadOfADeadOne(Shape shape) {
        int most = shape.options().maxMessageBytes();
        for (int before = 0; before < 2 * shape.options().slots(); before++) {
            for (int unread = 0; unread < shape.options().capacity(); unread++) {
                try (RingMemory memory = new RingMemory(shape.options())) {
                    RingProducer dying = memory.view(1).producer(PARK);
                    RingConsumer consumer = shape.consumer(memory.view(2));
                    Messages messages = new Messages();
                    for (int i = 0; i < before; i++) {
                        assertThat(Messages.send(dying, 1, 0)).isTrue();
                        assertThat(consumer.read(messages, 1)).isEqualTo(1);
                    }
                    for (int i = 0; i < unread; i++) {
                        assertThat(Messages.send(dying, 1, 0)).isTrue();
                    }
                    Claim claim = memory.claim();
                    if (dying.tryClaim(claim, 2, most)) {
                        claim.buffer().setMemory(0, most, (byte) 0x5a);
                    }
                    memory.recover(1);
                    RingProducer next = memory.view(3).producer(PARK);
                    assertThat(consumer.drain(messages)).isEqualTo(unread);
                    messages.received();
                    for (int number = 0; number < 3 * shape.options().slots(); number++) {
                        assertThat(Messages.send(next, number, number % (most + 1))).isTrue();
                        assertThat(consumer.read(messages, 2)).isEqualTo(1);
                        assertThat(messages.received()).containsExactly(number);
                    }
                }
            }
        }
    }

    /// The tail in memory is a hint; wherever it stands, a new producer finds the place behind the last message.
    @ParameterizedTest
    @MethodSource("onlyProducers")
    void theHintOfTheTailMayLagBehind(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(1);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Messages messages = new Messages();
            for (int round = 0; round < 3 * shape.options().slots(); round++) {
                RingProducer producer = ring.producer(PARK);
                assertThat(Messages.send(producer, round, 0)).isTrue();
                assertThat(Memory.getLong(ring.address + RingLayout.TAIL)).isBetween(round - 32L, round + 1L);
                assertThat(ring.findTail()).isEqualTo(round + 1L);
                producer.close();
                assertThat(consumer.read(messages, 2)).isEqualTo(1);
                assertThat(messages.received()).containsExactly(round);
            }
        }
    }
}
