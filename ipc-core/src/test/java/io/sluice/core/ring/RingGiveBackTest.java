package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every process finds a message that was taken and given back, also after any time without a call.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingGiveBackTest {
    private static final int IDLE = 2;
    private static final int BUSY = 3;

    @AfterEach
    void disarm() {
        CrashHook.script(null);
    }

    /// The idle process has passed the message before; another process takes it and gives it back, one to 600 times.
    @Test
    void anIdleConsumerFindsAMessageReturnedAnyNumberOfTimes() {
        for (int times = 1; times <= 600; times++) {
            try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
                RingProducer producer = memory.view(1).producer(PARK);
                ManyConsumer idle = memory.view(IDLE).taker(PARK);
                ManyConsumer busy = memory.view(BUSY).taker(PARK);
                Messages.send(producer, 1, 0);
                Messages.send(producer, 2, 0);
                long first = idle.take();
                idle.acknowledge(idle.take());
                idle.giveBack(first);
                for (int i = 1; i < times; i++) {
                    long position = busy.take();
                    assertThat(position).isEqualTo(first);
                    busy.giveBack(position);
                }
                assertThat(idle.isReady()).as("given back %d times", times).isTrue();
                assertThat(idle.take()).as("given back %d times", times).isEqualTo(first);
            }
        }
    }

    /// Browsers pass a message as consumers do, and find it again as consumers do.
    @Test
    void anIdleBrowserFindsAMessageReturnedAnyNumberOfTimes() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Ring idle = memory.view(IDLE);
            RingProducer producer = memory.view(1).producer(PARK);
            ManyConsumer busy = memory.view(BUSY).taker(PARK);
            Messages.send(producer, 1, 0);
            Messages.send(producer, 2, 0);
            for (int i = 0; i < 600; i++) {
                long position = busy.take();
                long second = busy.take();
                assertThat(idle.browser().next(0)).isEqualTo(-1);
                assertThat(idle.browser().size()).isZero();
                busy.giveBack(second);
                assertThat(idle.browser().next(0)).isEqualTo(second);
                busy.giveBack(position);
                assertThat(idle.browser().next(0)).isEqualTo(position);
                assertThat(idle.browser().size()).isEqualTo(2);
            }
        }
    }

    /// A message that was given back comes before messages that have not been taken.
    @Test
    void aReturnedMessageComesFirst() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(64))) {
            RingProducer producer = memory.view(1).producer(PARK);
            ManyConsumer consumer = memory.view(IDLE).taker(PARK);
            for (int number = 0; number < 60; number++) {
                Messages.send(producer, number, 0);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(consumer.take()).isEqualTo(i);
            }
            consumer.giveBack(20);
            consumer.giveBack(10);
            ManyConsumer other = memory.view(BUSY).taker(PARK);
            assertThat(other.take()).isEqualTo(10);
            assertThat(consumer.take()).isEqualTo(20);
            assertThat(consumer.take()).isEqualTo(50);
            assertThat(other.take()).isEqualTo(51);
        }
    }

    /// A process dies between the word of the message and the count that tells the others; recovery raises the count.
    @Test
    void theDeathOfAGiverHidesNoMessage() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            RingProducer producer = memory.view(1).producer(PARK);
            ManyConsumer idle = memory.view(IDLE).taker(PARK);
            Messages.send(producer, 1, 0);
            Messages.send(producer, 2, 0);
            ManyConsumer dying = memory.view(BUSY).taker(PARK);
            long first = dying.take();
            idle.acknowledge(idle.take());
            CrashHook.script(point -> {
                if (point == CrashPoint.GIVE_BACK_WORD_SET) {
                    throw new AssertionError("killed");
                }
            });
            try {
                dying.giveBack(first);
            } catch (AssertionError killed) {
                CrashHook.script(null);
            }
            memory.recover(BUSY);
            assertThat(idle.take()).isEqualTo(first);
        }
    }
}
