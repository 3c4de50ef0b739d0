package io.sluice.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.park.ThreadParking;
import io.sluice.core.park.Waiter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A process that dies between its addition to an event count and its system call.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingRecoveryCallsTest {
    private static final int DEAD = 2;

    /// The word has moved, so no later signal calls the consumer; recovery does. Here only a call ends a sleep.
    @Test
    void recoveryMakesTheCallThatADeadProducerOwed() throws InterruptedException {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            ThreadParking parking = new ThreadParking(false);
            RingConsumer consumer = memory.view(1, parking).consumer(WaitStrategy.PARK);
            AtomicReference<Object> read = new AtomicReference<>();
            Thread waiter = Thread.ofPlatform().start(() -> {
                try {
                    read.set(consumer.read((type, buffer, index, length) -> {}, 1, Waiter.FOREVER));
                } catch (InterruptedException late) {
                    read.set("never called");
                }
            });
            while (parking.sleeps.get() == 0) {
                Thread.onSpinWait();
            }
            Claim claim = new Claim();
            // The dead producer's system calls are not made.
            assertThat(memory.view(DEAD, new AwakeParking()).producer(WaitStrategy.PARK).tryClaim(claim, 7, 8))
                    .isTrue();
            claim.commit();

            RingRecovery.recover(memory.address, memory.size, DEAD, parking);

            boolean called = waiter.join(Duration.ofSeconds(20));
            waiter.interrupt();
            waiter.join();
            assertThat(called).isTrue();
            assertThat(read.get()).isEqualTo(1);
        }
    }
}
