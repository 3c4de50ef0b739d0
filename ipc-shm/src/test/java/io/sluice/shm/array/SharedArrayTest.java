package io.sluice.shm.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.memory.AllocationMeter;
import io.sluice.shm.HandleTest;
import io.sluice.shm.Job;
import io.sluice.shm.Reply;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What arrays of numbers promise to threads of this and of another process.
class SharedArrayTest extends HandleTest {
    /// Elements set by one process are read by the other, in each of the seven types, its extreme values included.
    @Test
    void elementsOfEachTypeArrive() {
        String home = root;
        space.byteArray("b", 2).set(1, Byte.MIN_VALUE);
        space.shortArray("s", 2).set(1, Short.MIN_VALUE);
        space.charArray("c", 2).set(1, Character.MAX_VALUE);
        space.intArray("i", 2).set(1, Integer.MIN_VALUE);
        space.longArray("l", 2).set(1, Long.MIN_VALUE);
        space.floatArray("f", 2).set(1, Float.MIN_VALUE);
        space.doubleArray("d", 2).set(1, Double.MIN_VALUE);
        List<Object> seen = peer().call(desk -> List.of(
                desk.space(home).byteArray("b", 2).get(1), desk.space(home).shortArray("s", 2).get(1),
                desk.space(home).charArray("c", 2).get(1), desk.space(home).intArray("i", 2).get(1),
                desk.space(home).longArray("l", 2).get(1), desk.space(home).floatArray("f", 2).get(1),
                desk.space(home).doubleArray("d", 2).get(1), desk.space(home).doubleArray("d", 2).get(0)));
        assertThat(seen).containsExactly(Byte.MIN_VALUE, Short.MIN_VALUE, Character.MAX_VALUE, Integer.MIN_VALUE,
                Long.MIN_VALUE, Float.MIN_VALUE, Double.MIN_VALUE, 0.0);
    }

    /// Bulk transfer in and out of a part of a Java array, fill and clear, for each type.
    @Test
    void bulkTransferAndFillOfEachType() {
        SharedByteArray bytes = space.byteArray("b", 6);
        bytes.set(1, new byte[] {9, 1, 2, 3, 9}, 1, 3);
        bytes.fill(4, 6, (byte) 7);
        assertThat(bytes.toArray()).containsExactly(0, 1, 2, 3, 7, 7);
        byte[] b = new byte[4];
        bytes.get(2, b, 1, 3);
        assertThat(b).containsExactly(0, 2, 3, 7);
        SharedShortArray shorts = space.shortArray("s", 6);
        shorts.set(1, new short[] {9, 1, 2, 3, 9}, 1, 3);
        shorts.fill(4, 6, (short) 7);
        assertThat(shorts.toArray(1, 5)).containsExactly(new short[] {1, 2, 3, 7});
        SharedCharArray chars = space.charArray("c", 6);
        chars.set(1, "xabcx".toCharArray(), 1, 3);
        chars.fill(4, 6, 'z');
        assertThat(chars.toArray(1, 6)).containsExactly('a', 'b', 'c', 'z', 'z');
        SharedIntArray ints = space.intArray("i", 6);
        ints.set(1, new int[] {9, 1, 2, 3, 9}, 1, 3);
        ints.fill(4, 6, 7);
        assertThat(ints.toArray()).containsExactly(0, 1, 2, 3, 7, 7);
        SharedLongArray longs = space.longArray("l", 6);
        longs.set(1, new long[] {9, 1, 2, 3, 9}, 1, 3);
        longs.fill(4, 6, 7);
        assertThat(longs.toArray()).containsExactly(0, 1, 2, 3, 7, 7);
        SharedFloatArray floats = space.floatArray("f", 6);
        floats.set(1, new float[] {9, 1, 2, 3, 9}, 1, 3);
        floats.fill(4, 6, 7);
        assertThat(floats.toArray()).containsExactly(0, 1, 2, 3, 7, 7);
        SharedDoubleArray doubles = space.doubleArray("d", 6);
        doubles.set(1, new double[] {9, 1, 2, 3, 9}, 1, 3);
        doubles.fill(4, 6, 7);
        assertThat(doubles.toArray()).containsExactly(0, 1, 2, 3, 7, 7);
        double[] d = new double[3];
        doubles.get(3, d, 0, 3);
        assertThat(d).containsExactly(3, 7, 7);
        for (SharedArray array : List.of(bytes, shorts, chars, ints, longs, floats, doubles)) {
            array.clear();
            assertThat(array.asSegment().mismatch(MemorySegment.ofArray(new byte[6 * array.elementBytes()])))
                    .isEqualTo(-1);
        }
    }

    /// Indices out of range are refused by every method, with the array's name and length.
    @ParameterizedTest
    @ValueSource(longs = {-1, 5, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 61})
    void anIndexThatIsNotThereIsRefused(long index) {
        SharedLongArray longs = space.longArray("a", 5);
        SharedIntArray ints = space.intArray("a2", 5);
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                () -> longs.get(index), () -> longs.set(index, 1), () -> longs.getAcquire(index),
                () -> longs.setRelease(index, 1), () -> longs.getVolatile(index), () -> longs.setVolatile(index, 1),
                () -> longs.getAndAdd(index, 1), () -> longs.addAndGet(index, 1), () -> longs.getAndSet(index, 1),
                () -> longs.compareAndSet(index, 0, 1), () -> longs.compareAndExchange(index, 0, 1),
                () -> longs.getAndUpdate(index, v -> 1), () -> longs.updateAndGet(index, v -> 1))) {
            assertThatThrownBy(method)
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("array 'a': index %,d is not within its 5 elements".formatted(index));
        }
        assertThatThrownBy(() -> ints.get(index)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ints.getAndAdd(index, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> space.byteArray("a3", 5).set(index, (byte) 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(longs.toArray()).containsOnly(0);
    }

    /// Invalid ranges are refused: negative, reversed, beyond the end, or with an overflow. Empty ranges are valid.
    @ParameterizedTest
    @CsvSource({"-1,2", "0,6", "5,6", "3,2", "6,6", "9223372036854775807,-9223372036854775808", "0,9223372036854775807",
        "1,-9223372036854775808", "-9223372036854775808,5", "-9223372036854775808,9223372036854775807"})
    void aRangeThatIsNotThereIsRefused(long from, long to) {
        SharedIntArray ints = space.intArray("a", 5);
        SharedByteArray bytes = space.byteArray("b", 5);
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                () -> ints.fill(from, to, 1), () -> bytes.fill(from, to, (byte) 1), () -> ints.toArray(from, to),
                () -> bytes.toArray(from, to))) {
            assertThatThrownBy(method)
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining(" elements from %,d on are not within its 5".formatted(from));
        }
        assertThat(ints.toArray()).containsOnly(0);
        assertThat(ints.toArray(5, 5)).isEmpty();
        ints.fill(5, 5, 1);
        ints.get(5, new int[0], 0, 0);
    }

    /// Invalid ranges of the Java array are refused too, and nothing is copied.
    @Test
    void placesThatAreNotInTheJavaArrayAreRefused() {
        SharedIntArray ints = space.intArray("a", 5);
        int[] few = {1, 2, 3};
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                () -> ints.set(0, few, 0, 4), () -> ints.set(0, few, -1, 1), () -> ints.set(0, few, 3, 1),
                () -> ints.set(0, few, 1, Integer.MAX_VALUE), () -> ints.set(0, few, 0, -1),
                () -> ints.set(3, few, 0, 3), () -> ints.set(-1, few, 0, 1), () -> ints.get(0, few, 0, 4),
                () -> ints.get(Long.MAX_VALUE, few, 0, 1), () -> ints.get(0, few, Integer.MAX_VALUE, 1))) {
            assertThatThrownBy(method).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> ints.set(0, null, 0, 1)).isInstanceOf(NullPointerException.class);
        assertThat(ints.toArray()).containsOnly(0);
        assertThat(few).containsExactly(1, 2, 3);
    }

    /// Every atomic method of a `long` array answers as the JDK's does.
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void longElementsAnswerLikeThoseOfTheJdk(long seed) {
        Random random = new Random(seed);
        SharedLongArray shared = space.longArray("a", 4);
        AtomicLongArray expected = new AtomicLongArray(4);
        for (int step = 0; step < 5000; step++) {
            int i = random.nextInt(4);
            long x = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(3);
            long y = random.nextInt(3);
            int method = random.nextInt(15);
            Object[] answers = switch (method) {
                case 0 -> pair(shared.getAndAdd(i, x), expected.getAndAdd(i, x));
                case 1 -> pair(shared.addAndGet(i, x), expected.addAndGet(i, x));
                case 2 -> pair(shared.getAndSet(i, x), expected.getAndSet(i, x));
                case 3 -> pair(shared.compareAndSet(i, y, x), expected.compareAndSet(i, y, x));
                case 4 -> pair(shared.compareAndExchange(i, y, x), expected.compareAndExchange(i, y, x));
                case 5 -> pair(shared.getAndUpdate(i, v -> v ^ x), expected.getAndUpdate(i, v -> v ^ x));
                case 6 -> pair(shared.updateAndGet(i, v -> v * 3), expected.updateAndGet(i, v -> v * 3));
                case 7 -> pair(shared.getAndAccumulate(i, x, Math::max), expected.getAndAccumulate(i, x, Math::max));
                case 8 -> pair(shared.accumulateAndGet(i, x, (a, b) -> a - b),
                        expected.accumulateAndGet(i, x, (a, b) -> a - b));
                case 9 -> pair(shared.get(i), expected.get(i));
                case 10 -> pair(shared.getAcquire(i), expected.getAcquire(i));
                case 11 -> pair(shared.getVolatile(i), expected.get(i));
                case 12 -> both(() -> shared.set(i, x), () -> expected.set(i, x));
                case 13 -> both(() -> shared.setRelease(i, x), () -> expected.setRelease(i, x));
                default -> both(() -> shared.setVolatile(i, x), () -> expected.set(i, x));
            };
            assertThat(answers[0]).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(answers[1]);
            assertThat(shared.get(i)).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(expected.get(i));
        }
    }

    /// The same for `int`.
    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void intElementsAnswerLikeThoseOfTheJdk(long seed) {
        Random random = new Random(seed);
        SharedIntArray shared = space.intArray("a", 4);
        AtomicIntegerArray expected = new AtomicIntegerArray(4);
        for (int step = 0; step < 5000; step++) {
            int i = random.nextInt(4);
            int x = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3);
            int y = random.nextInt(3);
            int method = random.nextInt(15);
            Object[] answers = switch (method) {
                case 0 -> pair(shared.getAndAdd(i, x), expected.getAndAdd(i, x));
                case 1 -> pair(shared.addAndGet(i, x), expected.addAndGet(i, x));
                case 2 -> pair(shared.getAndSet(i, x), expected.getAndSet(i, x));
                case 3 -> pair(shared.compareAndSet(i, y, x), expected.compareAndSet(i, y, x));
                case 4 -> pair(shared.compareAndExchange(i, y, x), expected.compareAndExchange(i, y, x));
                case 5 -> pair(shared.getAndUpdate(i, v -> v ^ x), expected.getAndUpdate(i, v -> v ^ x));
                case 6 -> pair(shared.updateAndGet(i, v -> v * 3), expected.updateAndGet(i, v -> v * 3));
                case 7 -> pair(shared.getAndAccumulate(i, x, Math::max), expected.getAndAccumulate(i, x, Math::max));
                case 8 -> pair(shared.accumulateAndGet(i, x, (a, b) -> a - b),
                        expected.accumulateAndGet(i, x, (a, b) -> a - b));
                case 9 -> pair(shared.get(i), expected.get(i));
                case 10 -> pair(shared.getAcquire(i), expected.getAcquire(i));
                case 11 -> pair(shared.getVolatile(i), expected.get(i));
                case 12 -> both(() -> shared.set(i, x), () -> expected.set(i, x));
                case 13 -> both(() -> shared.setRelease(i, x), () -> expected.setRelease(i, x));
                default -> both(() -> shared.setVolatile(i, x), () -> expected.set(i, x));
            };
            assertThat(answers[0]).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(answers[1]);
            assertThat(shared.get(i)).as("seed %d, step %d, method %d", seed, step, method).isEqualTo(expected.get(i));
        }
    }

    private static Object[] pair(Object answer, Object expected) {
        return new Object[] {answer, expected};
    }

    private static Object[] both(Runnable first, Runnable second) {
        first.run();
        second.run();
        return pair(null, null);
    }

    /// Two processes add to the same and to neighbouring elements, and nothing is lost; nor under the array's lock.
    @Test
    void twoProcessesLoseNothing() {
        String home = root;
        int steps = 20_000;
        SharedLongArray longs = space.longArray("l", 3);
        SharedIntArray ints = space.intArray("i", 3);
        Job<Object> add = desk -> {
            SharedLongArray a = desk.space(home).longArray("l", 3);
            SharedIntArray b = desk.space(home).intArray("i", 3);
            for (int i = 0; i < steps; i++) {
                a.getAndAdd(i % 2, 1);
                b.updateAndGet(i % 2, v -> v + 1);
                try (var _ = a.lock().hold()) {
                    a.set(2, a.get(2) + 1);
                }
            }
            return null;
        };
        Reply<Object> there = peer().start(add);
        threads().start(add).get();
        there.get();
        assertThat(longs.toArray()).containsExactly(steps, steps, 2L * steps);
        assertThat(ints.toArray()).containsExactly(steps, steps, 0);
    }

    /// The segment is the array: a write through one is read through the other, in another process too.
    @Test
    void theSegmentIsTheArray() {
        SharedIntArray ints = space.intArray("a", 3);
        MemorySegment segment = ints.asSegment();
        assertThat(segment.byteSize()).isEqualTo(12);
        segment.setAtIndex(ValueLayout.JAVA_INT, 2, 7);
        assertThat(ints.get(2)).isEqualTo(7);
        peer().call(desk -> {
            try (SharedIntArray arrived = ints) {
                arrived.asSegment().fill((byte) -1);
            }
            return null;
        });
        assertThat(ints.toArray()).containsOnly(-1);
        assertThatThrownBy(() -> segment.getAtIndex(ValueLayout.JAVA_INT, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    /// A copy has the elements of its time; other lengths and types are refused and named.
    @Test
    void copiesAndMismatches() {
        String home = root;
        SharedIntArray ints = space.intArray("a", 3);
        ints.fill(0, 3, 4);
        SharedIntArray copy = space.copy(ints, "copy");
        ints.clear();
        assertThat(copy.toArray()).containsExactly(4, 4, 4);
        assertThat(copy).hasToString("SharedIntArray[copy, 3 of int, lock free]");
        List<Job<Object>> requests = List.of(
                desk -> desk.space(home).intArray("a", 4),
                desk -> desk.space(home).longArray("a", 3),
                desk -> desk.space(home).floatArray("a", 3),
                desk -> desk.space(home).intValue("a", 3));
        List<String> differences = List.of("length: expected 4, found 3",
                "element type: expected long, found int", "element type: expected float, found int",
                "kind: expected NUMBER, found ARRAY");
        for (int i = 0; i < requests.size(); i++) {
            assertThat(peer().start(requests.get(i)).failure())
                    .isInstanceOf(MismatchException.class).hasMessageContaining(differences.get(i));
        }
    }

    /// An array may have no element; a negative or impossible length is refused.
    @Test
    void lengths() {
        SharedDoubleArray empty = space.doubleArray("empty", 0);
        assertThat(empty.length()).isZero();
        assertThat(empty.toArray()).isEmpty();
        empty.clear();
        empty.fill(0, 0, 1);
        assertThat(empty.asSegment().byteSize()).isZero();
        assertThat(space.copy(empty, "copy").length()).isZero();
        assertThatThrownBy(() -> empty.get(0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("array 'empty': index 0 is not within its 0 elements");
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> space.doubleArray("a", length))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("array 'a': a length of %,d is impossible".formatted(length));
        }
        assertThatThrownBy(() -> space.byteArray("a", 1L << 50)).isInstanceOf(RuntimeException.class);
        assertThat(sandbox.files()).containsExactly("copy", "empty");
    }

    /// An array larger than any of Java's: both ends, and both sides of the border of an `int`.
    @Test
    void anArrayMayBeLargerThanTwoGibibytes() throws IOException {
        long length = (2L << 30) + (200L << 20);
        assumeTrue(Files.getFileStore(Path.of(root)).getUsableSpace() > 2 * length, "no room for it");
        try (SharedByteArray huge = space.byteArray("huge", length)) {
            try {
                long border = 1L << 31;
                long[] places = {0, border - 1, border, border + 1, length - 1};
                for (int i = 0; i < places.length; i++) {
                    huge.set(places[i], (byte) (i + 1));
                }
                for (int i = 0; i < places.length; i++) {
                    assertThat(huge.get(places[i])).isEqualTo((byte) (i + 1));
                }
                assertThat(huge.toArray(border - 2, border + 3)).containsExactly(0, 2, 3, 4, 0);
                huge.fill(border - 1, border + 2, (byte) 9);
                assertThat(huge.toArray(border - 2, border + 3)).containsExactly(0, 9, 9, 9, 0);
                assertThatThrownBy(() -> huge.get(length)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(huge::toArray)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("array 'huge': %,d elements do not fit into a Java array; copy ranges, or use"
                                + " asSegment()", length);
            } finally {
                huge.unlink();
            }
        }
    }

    /// Every method of a closed handle refuses; another handle goes on.
    @Test
    void aClosedHandleRefusesEverything() {
        SharedLongArray longs = space.longArray("a", 2);
        SharedLongArray other = space.longArray("a", 2);
        longs.set(0, 5);
        longs.close();
        longs.close();
        for (ThrowingCallable method : List.<ThrowingCallable>of(
                () -> longs.get(0), () -> longs.set(0, 1), () -> longs.getAcquire(0), () -> longs.setRelease(0, 1),
                () -> longs.getVolatile(0), () -> longs.setVolatile(0, 1), () -> longs.getAndAdd(0, 1),
                () -> longs.compareAndSet(0, 1, 2), () -> longs.updateAndGet(0, v -> v), longs::toArray,
                () -> longs.fill(0, 1, 1), longs::clear, longs::asSegment, () -> longs.get(0, new long[1], 0, 1),
                () -> longs.set(0, new long[1], 0, 1), () -> space.copy(longs, "late"))) {
            assertThatThrownBy(method)
                    .isInstanceOf(ClosedException.class).hasMessage("SharedLongArray 'a': this handle was closed");
        }
        assertThat(longs).hasToString("SharedLongArray[a, closed]");
        assertThat(other.length()).isEqualTo(2);
        assertThat(travelled(other).length()).isEqualTo(2);
    }

    /// Elements are read, written and added to without allocation, and copied in bulk too.
    @Test
    void elementsCostNoAllocation() {
        SharedLongArray longs = space.longArray("l", 8);
        SharedByteArray bytes = space.byteArray("b", 8);
        long[] target = new long[8];
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            longs.set(1, longs.get(2) + bytes.get(3));
            longs.getAndAdd(1, 1);
            longs.get(0, target, 0, 8);
            longs.set(0, target, 0, 8);
            bytes.set(1, (byte) 1);
        })).isZero();
    }
}
