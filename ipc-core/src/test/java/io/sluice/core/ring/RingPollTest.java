package io.sluice.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.idle.WaitStrategy;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A process that polls and never waits gets past dead owners too.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingPollTest {
    private static final int DEAD = 2;

    /// The dead producer's claim stands before a message; the poller's own sweeps remove it.
    @Test
    void aPollingConsumerGetsPastTheClaimOfADeadProducer() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Ring survivor = memory.view(1, new AwakeParking(), () -> memory.recover(DEAD));
            assertThat(memory.view(DEAD).producer(WaitStrategy.PARK).tryClaim(memory.claim(), 0, 8)).isTrue();
            Claim claim = new Claim();
            assertThat(memory.view(3).producer(WaitStrategy.PARK).tryClaim(claim, 7, 8)).isTrue();
            claim.commit();
            RingConsumer consumer = survivor.consumer(WaitStrategy.BUSY_SPIN);
            int[] types = new int[1];

            while (consumer.read((type, buffer, index, length) -> types[0] = type, 1) == 0) {
                Thread.onSpinWait();
            }

            assertThat(types[0]).isEqualTo(7);
            assertThat(survivor.abortedByDeath()).isEqualTo(1);
        }
    }

    /// The dead consumer has taken the only message and never released it; the poller's own sweeps give it back, and
    /// once it is read, its slot is free.
    @Test
    void aPollingProducerReclaimsTheSlotsOfADeadConsumer() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(1))) {
            Ring survivor = memory.view(1, new AwakeParking(), () -> memory.recover(DEAD));
            RingProducer producer = survivor.producer(WaitStrategy.BUSY_SPIN);
            Claim claim = new Claim();
            assertThat(producer.tryClaim(claim, 0, 8)).isTrue();
            claim.commit();
            assertThat(memory.view(DEAD).taker(WaitStrategy.PARK).take()).isZero();

            while (survivor.givenBack() == 0) {
                assertThat(producer.tryClaim(claim, 0, 8)).isFalse();
            }

            assertThat(memory.view(3).consumer(WaitStrategy.PARK).read((type, buffer, index, length) -> {}, 1)).isOne();
            assertThat(producer.tryClaim(claim, 0, 8)).isTrue();
            claim.abort();
        }
    }
}
