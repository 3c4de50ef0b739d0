package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A claim and a take that exchange the word they expect: whatever stands there instead, the outcome is that of a look.
@Timeout(60)
class RingGuessTest {
    private static final int SLOTS = 8;
    private static final int LAPS = 5;

    private final RingMemory memory = new RingMemory(RingOptions.manyToMany(SLOTS));
    private final Ring ring = memory.view(1);
    private final RingProducer producer = ring.producer(PARK);
    private final ManyConsumer consumer = memory.view(2).taker(PARK);
    private int sent;

    @AfterEach
    void close() {
        CrashHook.script(null);
        memory.close();
    }

    /// After it, producer and consumer guess.
    private void passSome() {
        for (int i = 0; i < LAPS * SLOTS; i++) {
            send(producer, 0);
            assertThat(takeOne()).isEqualTo(sent);
        }
    }

    private void send(RingProducer by, int length) {
        assertThat(Messages.send(by, ++sent, length)).isTrue();
    }

    private int takeOne() {
        long position = consumer.take();
        assertThat(position).isNotNegative();
        int number = consumer.type(position);
        consumer.acknowledge(position);
        return number;
    }

    @Test
    void aSlotThatAnotherProducerClaimedIsWalkedOver() {
        passSome();
        RingProducer other = memory.view(3).producer(PARK);
        for (int i = 0; i < LAPS * SLOTS; i++) {
            int before = sent;
            send(other, 0);
            send(producer, 0);
            assertThat(takeOne()).isEqualTo(before + 1);
            assertThat(takeOne()).isEqualTo(before + 2);
        }
    }

    @Test
    void anOpenClaimHoldsTheMessagesBehindIt() {
        passSome();
        RingProducer other = memory.view(3).producer(PARK);
        Claim claim = memory.claim();
        assertThat(other.tryClaim(claim, -1, 0)).isTrue();
        send(producer, 0);
        assertThat(consumer.take()).isNegative();
        claim.commit();
        assertThat(takeOne()).isEqualTo(-1);
        assertThat(takeOne()).isEqualTo(sent);
    }

    /// The free words say how many slots the record of the last turn had.
    @Test
    void slotsOfLongAndShortRecordsTakeTurns() {
        int most = ring.options().maxMessageBytes();
        for (int i = 0; i < 100 * SLOTS; i++) {
            send(producer, i * 7 % (most + 1) * (i / SLOTS % 2));
            assertThat(takeOne()).isEqualTo(sent);
        }
    }

    @Test
    void aFullRingRefusesAndGoesOn() {
        for (int lap = 0; lap < LAPS; lap++) {
            passSome();
            int first = sent + 1;
            for (int i = 0; i < SLOTS; i++) {
                send(producer, 0);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(Messages.send(producer, -1, 0)).isFalse();
            }
            assertThat(takeOne()).isEqualTo(first);
            send(producer, 0);
            for (int number = first + 1; number <= sent; number++) {
                assertThat(takeOne()).isEqualTo(number);
            }
            assertThat(consumer.take()).isNegative();
        }
    }

    /// It comes back after a take that would let the next one guess.
    @Test
    void aMessageThatCameBackIsTakenFirst() {
        passSome();
        ManyConsumer other = memory.view(3).taker(PARK);
        for (int i = 0; i < LAPS * SLOTS; i++) {
            for (int n = 0; n < 6; n++) {
                send(producer, 0);
            }
            long first = other.take();
            assertThat(takeOne()).isEqualTo(sent - 4);
            assertThat(takeOne()).isEqualTo(sent - 3);
            other.giveBack(first);
            assertThat(takeOne()).isEqualTo(sent - 5);
            for (int number = sent - 2; number <= sent; number++) {
                assertThat(takeOne()).isEqualTo(number);
            }
        }
    }

    @Test
    void aMessageThatAnotherConsumerTookIsSteppedOver() {
        passSome();
        ManyConsumer other = memory.view(3).taker(PARK);
        for (int i = 0; i < LAPS * SLOTS; i++) {
            for (int n = 0; n < 4; n++) {
                send(producer, 0);
            }
            other.acknowledge(other.take());
            assertThat(takeOne()).isEqualTo(sent - 2);
            other.acknowledge(other.take());
            assertThat(takeOne()).isEqualTo(sent);
        }
    }

    @Test
    void messagesOfAnotherProducerAndAbortedOnesComeInOrder() {
        passSome();
        RingProducer other = memory.view(3).producer(PARK);
        for (int i = 0; i < LAPS * SLOTS; i++) {
            send(producer, 0);
            try (Claim claim = new Claim()) {
                assertThat((i % 2 == 0 ? producer : other).tryClaim(claim, -1, 0)).isTrue();
            }
            send(other, 0);
            send(producer, 0);
            for (int number = sent - 2; number <= sent; number++) {
                assertThat(takeOne()).isEqualTo(number);
            }
        }
    }

    @Test
    void aGuessAfterAShutdownIsRefusedAndLeavesNothing() {
        passSome();
        ring.shutdown();
        assertThatThrownBy(() -> Messages.send(producer, -1, 0)).isInstanceOf(ShutdownException.class);
        assertThat(consumer.take()).isNegative();
        assertThat(memory.view(3).isDrained()).isTrue();
    }

    /// The shutdown comes between the exchange and the look behind it.
    @Test
    void aGuessThatMeetsAShutdownIsTakenBack() {
        passSome();
        Ring other = memory.view(3);
        CrashHook.script(point -> {
            if (point == CrashPoint.CLAIM_WORD_SET) {
                CrashHook.script(null);
                other.shutdown();
            }
        });
        assertThatThrownBy(() -> Messages.send(producer, -1, 0)).isInstanceOf(ShutdownException.class);
        assertThat(consumer.take()).isNegative();
        assertThat(other.isDrained()).isTrue();
    }

    /// Deaths right behind the exchange, at each slot of the ring.
    @Test
    void aGuessOfADeadOwnerIsUndone() {
        passSome();
        for (int i = 0; i < LAPS * SLOTS; i++) {
            RingProducer dying = memory.view(3).producer(PARK);
            Messages.send(dying, ++sent, 0);
            assertThat(dying.tryClaim(new Claim(), -1, 0)).isTrue();
            memory.recover(3);
            assertThat(takeOne()).isEqualTo(sent);
            send(producer, 0);
            send(producer, 0);
            ManyConsumer gone = memory.view(4).taker(PARK);
            gone.acknowledge(gone.take());
            assertThat(gone.type(gone.take())).isEqualTo(sent);
            memory.recover(4);
            assertThat(takeOne()).isEqualTo(sent);
            assertThat(consumer.take()).isNegative();
            assertThat(ring.browser().isAllReleased()).isTrue();
        }
    }
}
