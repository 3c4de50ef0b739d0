package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.ADAPTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.memory.AllocationMeter;
import java.nio.ByteBuffer;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The path of a message allocates nothing, in any role.
class RingAllocationTest {
    private static long sum;

    /// Claim, commit, offer, read, abort, and the answers "full" and "empty".
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aMessageAllocatesNothing(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(ADAPTIVE);
            RingConsumer consumer = shape.consumer(memory.view(2), ADAPTIVE);
            MessageHandler handler = (type, buffer, index, length) -> sum += type + buffer.getByte(index);
            MemoryBuffer source = new MemoryBuffer();
            source.wrap(ByteBuffer.allocateDirect(100));
            Claim claim = new Claim();
            assertThat(AllocationMeter.bytesPerOperation(() -> {
                if (producer.tryClaim(claim, 1, 8)) {
                    claim.buffer().putLong(0, sum);
                    claim.commit();
                }
                producer.offer(2, source, 0, 100);
                if (producer.tryClaim(claim, 3, 8)) {
                    claim.abort();
                }
                sum += consumer.read(handler, 1);
                sum += consumer.read(handler, 10);
                sum += consumer.read(handler, 10);
            })).isZero();
            while (!shape.drops() && producer.offer(1, source, 0, 8)) {
                sum++;
            }
            assertThat(AllocationMeter.bytesPerOperation(() -> producer.offer(1, source, 0, 8))).isZero();
        }
    }
}
