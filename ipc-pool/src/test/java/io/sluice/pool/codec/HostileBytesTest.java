package io.sluice.pool.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import io.sluice.pool.task.Triple;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Truncated bytes, or bytes with flipped bits: they decode to a value or throw a [CodecException], nothing else.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileBytesTest {
    private static final int VARIANTS = 20_000;

    private final Random random = new Random(20261125);
    private final Values values = Wire.values();
    private int refused;
    private int read;

    private record Order(String name, int quantity, List<Integer> legs) implements Serializable {}

    private record Plain(String name, List<Integer> legs) {}

    private static List<byte[]> encodings() {
        int captured = 3;
        String text = "text";
        Task<String> task = () -> text + captured;
        Task<Integer> single = () -> 1;
        TaskFunction<String, Integer> reference = String::length;
        var encodings = new ArrayList<byte[]>();
        for (Object value : Arrays.asList(null, true, (byte) 1, (short) 1, 'c', 1, 1L, 1f, 1.0, "text \u20ac", "\ud800",
                new boolean[9], new byte[9], new short[9], new char[9], new int[9], new long[9], new float[9],
                new double[9], new Pair<>(1, "x"), new Triple<>(1, task, List.of(1)), task, single, reference,
                new Order("x", 1, List.of(1, 2)), new Plain("x", List.of(1)),
                new HashMap<>(Map.of(1, 2, "a", "b")), Set.of(1, 2),
                List.of(1, "x", List.of(2.0)), new ArrayList<>(Arrays.asList(1, null)), Stream.of(1, null).toList(),
                new Object[] {1, "x", new int[3]}, new IllegalStateException("x"))) {
            encodings.add(Wire.encode(value));
        }
        return encodings;
    }

    private void decode(Callable<Object> decoding) throws Exception {
        try {
            decoding.call();
            read++;
        } catch (CodecException e) {
            assertThat(e).hasMessageMatching("(?s).+");
            refused++;
        }
    }

    /// Each level claims as many elements as there are bytes left.
    @Test
    void nestedListsThatClaimTooMuchTakeNoMemory() {
        byte[] bytes = new byte[1 << 20];
        ByteBuffer levels = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        for (int level = 0; level < 100; level++) {
            levels.put(Values.ARRAY_LIST).putInt(levels.remaining() - Integer.BYTES);
        }
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> Wire.decode(values, bytes)).isInstanceOf(CodecException.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(30L * bytes.length);
    }

    @Test
    void valuesAreReadOrRefused() throws Exception {
        List<byte[]> encodings = encodings();
        for (int i = 0; i < VARIANTS; i++) {
            byte[] bytes = DamagedBytes.of(encodings.get(i % encodings.size()), random);
            decode(() -> Wire.decode(values, bytes));
        }
        assertThat(read).isGreaterThan(VARIANTS / 10);
        assertThat(refused).isGreaterThan(VARIANTS / 10);
    }

    @Test
    void batchesAreReadOrRefused() throws Exception {
        var failure = new Failure(new IllegalStateException("x", new IllegalArgumentException("y")));
        List<byte[]> encodings = List.of(Wire.encodeResults(1, 2, 3), Wire.encodeResults(1L, 2L),
            Wire.encodeResults(1.0, 2.0), Wire.encodeResults(1, "x", null, failure, List.of(1)), Wire.encodeResults());
        for (int i = 0; i < VARIANTS / 4; i++) {
            byte[] bytes = DamagedBytes.of(encodings.get(i % encodings.size()), random);
            decode(() -> Wire.decodeBatch(bytes, 10));
        }
    }

    @Test
    void failuresAreAlwaysRead() {
        byte[] bytes = Wire.encodeFailure(new IllegalStateException("x", new IllegalArgumentException("y")));
        for (int i = 0; i < VARIANTS / 4; i++) {
            assertThat(Wire.decodeFailure(DamagedBytes.of(bytes, random))).isNotNull();
        }
    }
}
