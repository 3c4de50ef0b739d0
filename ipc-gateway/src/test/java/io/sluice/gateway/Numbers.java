package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingProducer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// Messages that carry their number, and are of a length and type that follow from it: one that was lost, doubled,
/// overtaken or cut is noticed.
final class Numbers {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int LIMIT = 256;

    private Numbers() {}

    private static int length(long number, int most) {
        return Long.BYTES + (int) Long.remainderUnsigned(number * 0x9e3779b97f4a7c15L, most - Long.BYTES + 1);
    }

    static byte[] bytes(long number, int most) {
        byte[] bytes = new byte[length(number, most)];
        ByteBuffer.wrap(bytes).putLong(number);
        for (int i = Long.BYTES; i < bytes.length; i++) {
            bytes[i] = (byte) (number + i);
        }
        return bytes;
    }

    static boolean offer(RingProducer producer, Claim claim, long number, int most) throws InterruptedException {
        int length = length(number, most);
        if (!producer.claim(claim, (int) number, length, SLICE_NANOS)) {
            return false;
        }
        try (claim) {
            claim.buffer().putBytes(0, bytes(number, most));
            claim.commit();
        }
        return true;
    }

    /// Reads what is there, waits a little if nothing is, and checks the order. @return how many messages that were
    static int read(RingConsumer consumer, long from, int most) throws InterruptedException {
        long[] next = {from};
        int count = consumer.read((type, buffer, index, length) -> {
            byte[] bytes = new byte[length];
            buffer.getBytes(index, bytes);
            assertThat(bytes).as("message %d", next[0]).isEqualTo(bytes(next[0], most));
            assertThat(type).isEqualTo((int) next[0]);
            next[0]++;
        }, LIMIT, SLICE_NANOS);
        assertThat(count).as("message %d: the ring has ended", from).isNotNegative();
        return count;
    }
}
