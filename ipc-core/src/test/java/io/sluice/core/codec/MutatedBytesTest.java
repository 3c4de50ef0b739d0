package io.sluice.core.codec;

import static io.sluice.core.codec.Samples.bytesOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.core.buffer.MemoryBuffer;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Decoding any bytes ends with a value or a [CodecException], and takes memory in proportion to their number.
class MutatedBytesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MUTATIONS = 20_000;

    record Everything(Samples.Nested nested, Samples.Arrays2 arrays, Samples.Values values, Samples.Boxes boxes,
        Samples.Tick tick, Samples.Tree tree, Samples.Checked checked) {}

    private static final Everything EVERYTHING = new Everything(Samples.NESTED, Samples.ARRAYS, Samples.VALUES,
        new Samples.Boxes(true, (byte) 1, (short) 2, '3', 4, 5L, 6f, 7.0), Samples.TICK,
        new Samples.Tree("root", List.of(new Samples.Tree("leaf", List.of()))), new Samples.Checked(1));

    /// Flipped bits, overwritten, removed, doubled and shuffled ranges of a message with every supported type.
    @Test
    void mutatedRecordsEndWithAValueOrACodecException() {
        long most = mutate(Codec.ofRecord(Everything.class), EVERYTHING);
        assertThat(most).as("bytes allocated by the dearest decoding").isLessThan(1 << 20);
    }

    @SuppressWarnings("ArrayRecordComponent") // the test is about arrays
    record Portfolio(String name, List<Map<String, Integer>> positions, int[] counts) implements Serializable {}

    /// The same for Java serialization, which fails in many ways of its own.
    @Test
    void mutatedStreamsEndWithAValueOrACodecException() {
        var portfolio = new Portfolio("p", new ArrayList<>(List.of(Map.of("a", 1, "b", 2), Map.of("c", 3))),
            new int[] {1, 2, 3});
        long most = mutate(Codec.serializable(Portfolio.class), portfolio);
        assertThat(most).as("bytes allocated by the dearest decoding").isLessThan(8 << 20);
    }

    private static <T> long mutate(Codec<T> codec, T value) {
        byte[] original = bytesOf(codec, value);
        RandomGenerator random = new Random(20_260_101);
        long most = 0;
        int refused = 0;
        try (Arena arena = Arena.ofConfined()) {
            int room = original.length * 2 + 16;
            var buffer = new MemoryBuffer(arena.allocate(room, 8).address(), room);
            for (int i = 0; i < MUTATIONS; i++) {
                int length = mutation(original, buffer, random);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                try {
                    codec.decode(buffer, 0, length);
                } catch (CodecException expected) {
                    assertThat(expected.getMessage()).isNotBlank();
                    refused++;
                }
                if (i > 0) { // the first decoding loads classes
                    most = Math.max(most, THREADS.getCurrentThreadAllocatedBytes() - before);
                }
            }
        }
        assertThat(refused).isGreaterThan(MUTATIONS / 10);
        return most;
    }

    /// Writes a damaged copy and returns its length.
    private static int mutation(byte[] original, MemoryBuffer buffer, RandomGenerator random) {
        buffer.putBytes(0, original);
        int length = original.length;
        for (int times = 1 + random.nextInt(4); times > 0 && length > 0; times--) {
            int at = random.nextInt(length);
            int count = 1 + random.nextInt(Math.min(8, length - at));
            switch (random.nextInt(6)) {
                case 0 -> buffer.putByte(at, (byte) (buffer.getByte(at) ^ 1 << random.nextInt(8)));
                case 1 -> buffer.putByte(at, (byte) random.nextInt());
                case 2 -> buffer.setMemory(at, count, (byte) (random.nextBoolean() ? 0xFF : 0x7F));
                case 3 -> length = at;
                case 4 -> {
                    buffer.putBytes(at, buffer, at + count, length - at - count);
                    length -= count;
                }
                default -> {
                    if (length + count <= buffer.capacity()) {
                        buffer.putBytes(at + count, buffer, at, length - at);
                        length += count;
                    }
                }
            }
        }
        return length;
    }
}
