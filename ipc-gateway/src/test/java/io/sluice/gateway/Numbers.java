package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingProducer;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;

/// Messages that carry their number, and are of a length and type that follow from it: one that was lost, doubled,
/// overtaken or cut is noticed.
final class Numbers {
    private Numbers() {}

    static int length(long number, int most) {
        return Long.BYTES + (int) Long.remainderUnsigned(number * 0x9e3779b97f4a7c15L, most - Long.BYTES + 1);
    }

    static void send(RingProducer producer, Claim claim, long number, int most) throws InterruptedException {
        int length = length(number, most);
        assertThat(producer.claim(claim, (int) number, length, TimeUnit.SECONDS.toNanos(Host.WATCHDOG_SECONDS)))
                .as("room for message %d", number).isTrue();
        try (claim) {
            fill(claim.buffer(), number, length);
            claim.commit();
        }
    }

    private static void fill(MutableDirectBuffer buffer, long number, int length) {
        buffer.putLong(0, number);
        for (int i = Long.BYTES; i < length; i++) {
            buffer.putByte(i, (byte) (number + i));
        }
    }

    /// Reads messages up to a number, each once and in order.
    static void expect(RingConsumer consumer, long from, long to, int most) throws InterruptedException {
        long[] next = {from};
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Host.WATCHDOG_SECONDS);
        while (next[0] < to) {
            int count = consumer.read((type, buffer, index, length) -> {
                long number = buffer.getLong(index);
                assertThat(number).as("number of the message").isEqualTo(next[0]);
                assertThat(type).isEqualTo((int) number);
                assertThat(length).isEqualTo(length(number, most));
                for (int i = Long.BYTES; i < length; i++) {
                    if (buffer.getByte(index + i) != (byte) (number + i)) {
                        throw new AssertionError("message %d is damaged at byte %d".formatted(number, i));
                    }
                }
                next[0]++;
            }, 256, TimeUnit.MILLISECONDS.toNanos(100));
            assertThat(count).as("message %d: the ring has ended", next[0]).isNotNegative();
            if (count == 0 && System.nanoTime() > deadline) {
                throw new AssertionError("message %d did not come".formatted(next[0]));
            }
        }
    }
}
