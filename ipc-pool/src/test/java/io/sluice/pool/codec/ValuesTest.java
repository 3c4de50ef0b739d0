package io.sluice.pool.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.CodecException;
import io.sluice.core.files.TestFolders;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.Triple;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ValuesTest {
    private record Order(String symbol, int quantity, List<Order> legs) implements Serializable {}

    private enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "a class of its own";
            }
        }
    }

    static Stream<Object> values() {
        return Stream.of(
            true, false, (byte) -7, (short) -300, '\u20ac', Character.MIN_VALUE, Character.MAX_VALUE,
            0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, 0.1f, Float.NaN, -0.0f,
            Double.NaN, -0.0, Math.PI, Double.MIN_VALUE,
            "", "ascii", "\u00e4\u20ac\ud83d\ude00", "half \ud800 a pair", "\udc00", "x".repeat(100_000),
            new Pair<>(1, "two"), new Pair<>(null, null), new Triple<>(1L, new Pair<>(2.0, "3"), null),
            new Order("A", 3, List.of(new Order("B", 4, List.of()))), Colour.RED, Colour.GREEN,
            new ArrayList<>(Arrays.asList(1, null, "x")), new ArrayList<>(), List.of(), List.of(1), List.of(1, "x", 'c'),
            List.of((byte) 1, (short) 2, 3f, 4.0, 5L, true), Stream.of(1).toList(), Stream.of(1, null, "x").toList(),
            List.of(List.of(1, 2), Stream.of(3, null).toList(), List.of(List.of())), Stream.of().toList(), Map.of("k", List.of(1, 2)), Set.of(1, 2, 3),
            new EnumMap<>(Map.of(TimeUnit.DAYS, 1)), new BigDecimal("1.50"), LocalDate.of(2026, 11, 25),
            Duration.ofNanos(7), UUID.nameUUIDFromBytes(new byte[] {1}), Order.class, int.class, Colour.class);
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueArrivesAsAnEqualOneOfTheSameClass(Object value) {
        Object copy = Wire.send(value);
        assertThat(copy).isEqualTo(value).hasSameClassAs(value);
    }

    @Test
    void nullArrives() {
        Object copy = Wire.send((Object) null);
        assertThat(copy).isNull();
    }

    static Stream<Object> arrays() {
        return Stream.of(
            new boolean[] {true, false, true}, new byte[] {1, -2}, new short[] {1, -2}, new char[] {'a', '\uffff'},
            new int[] {1, Integer.MIN_VALUE}, new long[] {1, Long.MIN_VALUE}, new float[] {1.5f, -0.0f},
            new double[] {1.5, Double.NaN}, new boolean[0], new byte[0], new short[0], new char[0], new int[0],
            new long[0], new float[0], new double[0], new int[][] {{1}, null, {2, 3}}, new String[] {"a", null},
            new Object[] {1, new int[] {2}}, new byte[3 << 20], new double[1 << 20], new char[100_001]);
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void anArrayArrivesWithAllItsElements(Object array) {
        Object copy = Wire.send(array);
        assertThat(copy).hasSameClassAs(array);
        assertThat(Arrays.deepEquals(new Object[] {copy}, new Object[] {array})).isTrue();
    }

    @Test
    void numbersAndTheirArraysAreCompact() {
        assertThat(Wire.encode(null)).hasSize(1);
        assertThat(Wire.encode(7)).hasSize(5);
        assertThat(Wire.encode(7L)).hasSize(9);
        assertThat(Wire.encode("abc")).hasSize(8);
        assertThat(Wire.encode(new int[10])).hasSize(45);
        assertThat(Wire.encode(new Pair<>(1, 2))).hasSize(11);
    }

    @Test
    void anExceptionIsAValueToo() {
        SQLException copy = Wire.send(new SQLException("no table", "42S02", 7));
        assertThat(copy.getMessage()).isEqualTo("no table");
        assertThat(copy.getErrorCode()).isEqualTo(7);
    }

    /// Classes of the application need no list.
    @Test
    void aProxyOfTheApplicationArrives() {
        var named = (Named) Wire.send(Proxy.newProxyInstance(
            ValuesTest.class.getClassLoader(), new Class<?>[] {Named.class}, new SaysItsName("x")));
        assertThat(named.name()).isEqualTo("x");
    }

    interface Named {
        String name();
    }

    private record SaysItsName(String name) implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return name;
        }
    }

    @Test
    void pairsMayBeNestedUpToALimit() {
        Object shallow = "end";
        for (int i = 0; i < Values.MAX_DEPTH; i++) {
            shallow = new Pair<>(i, shallow);
        }
        assertThat(Wire.send(shallow)).isEqualTo(shallow);
        var deep = new Pair<>(1, shallow);
        assertThatThrownBy(() -> Wire.encode(deep)).isInstanceOf(CodecException.class)
            .hasMessageEndingWith("expected at most 200 levels of pairs, lists and lambdas, found more");
    }

    @Test
    void anObjectMayBeNestedDeeplyUpToALimit() throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        var thread = new Thread(null, ValuesTest::nestDeeply, "deep", 64 << 20);
        thread.setUncaughtExceptionHandler((where, e) -> failure.set(e));
        thread.start();
        thread.join();
        assertThat(failure.get()).isNull();
    }

    private static void nestDeeply() {
        Chain chain = null;
        for (int i = 0; i < 900; i++) {
            chain = new Chain(chain);
        }
        assertThat(Wire.send(chain)).isInstanceOf(Chain.class);
        for (int i = 0; i < 200; i++) {
            chain = new Chain(chain);
        }
        byte[] deeper = Wire.encode(chain);
        assertThatThrownBy(() -> Wire.decode(deeper)).isInstanceOf(CodecException.class)
            .hasMessage("expected at most 1000 levels of nesting, found more");
        for (int i = 0; i < 2_000_000; i++) {
            chain = new Chain(chain);
        }
        Chain deepest = chain;
        assertThatThrownBy(() -> Wire.encode(deepest)).isInstanceOf(CodecException.class)
            .hasMessage("expected an object that fits on the stack, found one nested too deeply");
    }

    private static final class Chain implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;
        @SuppressWarnings("UnusedVariable") // it is there to be followed
        private final Chain next;

        Chain(Chain next) {
            this.next = next;
        }
    }

    @Test
    void aValueThatDoesNotFitIsRefused() {
        var small = new MemoryBuffer();
        small.wrap(java.nio.ByteBuffer.allocateDirect(16));
        for (Object value : new Object[] {"a longer text than this", new int[4], List.of(1, 2, 3), Set.of(1),
            (Task<Integer>) () -> 1}) {
            assertThatThrownBy(() -> Wire.values().encode(value, small, 0)).isInstanceOf(CodecException.class)
                .hasMessageContaining("does not fit into the buffer");
        }
    }

    @Test
    void trailingBytesAreRefused() {
        for (Object value : new Object[] {null, 7, "x", new int[] {1}, List.of(1)}) {
            byte[] bytes = Wire.encode(value);
            assertThatThrownBy(() -> Wire.decode(Arrays.copyOf(bytes, bytes.length + 2)))
                .isInstanceOf(CodecException.class)
                .hasMessage("expected the end of the message, found 2 more bytes");
        }
    }

    @Test
    void impossibleLengthsAreRefusedBeforeAllocation() {
        var buffer = new ExpandableMemoryBuffer(64);
        for (byte tag : new byte[] {Values.STRING, Values.BYTES, Values.LONGS, Values.BOOLEANS, Values.OBJECT,
            Values.LIST, Values.LIST_OR_NULL, Values.ARRAY_LIST}) {
            for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 6}) {
                buffer.putByte(0, tag);
                buffer.putInt(1, length);
                assertThatThrownBy(() -> Wire.values().decode(buffer, 0, 10)).isInstanceOf(CodecException.class)
                    .hasMessageStartingWith("expected a length of at most ")
                    .hasMessageEndingWith("in the remaining 5 bytes, found " + length);
            }
        }
    }

    @Test
    void anUnknownTagIsRefused() {
        assertThatThrownBy(() -> Wire.decode(new byte[] {99})).isInstanceOf(CodecException.class)
            .hasMessage("expected the tag of a value, found 99");
        assertThatThrownBy(() -> Wire.decode(new byte[] {})).isInstanceOf(CodecException.class)
            .hasMessage("expected 1 more bytes, found 0");
    }

    // Lists.

    @Test
    void aListOfValuesNeedsNoStream() {
        assertThat(Wire.encode(List.of(42, 71.25, "VOD.L", 100))).hasSize(1 + 4 + 5 + 9 + (1 + 4 + 5) + 5);
        assertThat(Wire.encode(new ArrayList<>(List.of(1, 2)))).hasSize(1 + 4 + 5 + 5);
    }

    @Test
    void anUnmodifiableListTakesOrRefusesNullAsBefore() {
        for (Object list : List.of(List.of(), List.of(1), List.of(1, 2, 3))) {
            assertThatThrownBy(() -> ((List<?>) Wire.send(list)).contains(null))
                .isInstanceOf(NullPointerException.class);
        }
        for (List<?> list : List.of(Stream.of().toList(), Stream.of(1, 2, 3).toList())) {
            assertThat(((List<?>) Wire.send(list)).contains(null)).isFalse();
        }
    }

    @Test
    void whatAListHoldsTwiceArrivesAsOneObject() {
        for (Object element : new Object[] {new ArrayList<>(List.of(1)), new int[] {1}, new Order("A", 1, List.of())}) {
            for (List<Object> list : List.of(List.of(element, element), new ArrayList<>(List.of(element, element)))) {
                var copy = (List<?>) Wire.send(list);
                assertThat(copy.get(0)).isSameAs(copy.get(1)).isNotSameAs(element);
            }
        }
        var itself = new ArrayList<Object>();
        itself.add(itself);
        var copy = (ArrayList<?>) Wire.send(itself);
        assertThat(copy.getFirst()).isSameAs(copy);
    }

    @Test
    void aDeepListTravelsAsAStream() {
        Object list = List.of(1);
        for (int i = 0; i < Values.MAX_DEPTH; i++) {
            list = List.of(list);
        }
        assertThat(Wire.send(list)).isEqualTo(list);
    }

    @Test
    void aListOfNullThatTakesNoneIsRefused() {
        byte[] bytes = {Values.LIST, 1, 0, 0, 0, Values.NULL};
        assertThatThrownBy(() -> Wire.decode(bytes)).isInstanceOf(CodecException.class)
            .hasMessageStartingWith("the bytes are no value");
    }

    // Classes of the JDK.

    @Test
    void aClassOfTheJdkThatIsNoValueIsRefusedWhenWrittenUnlessNamed() {
        var pattern = java.util.regex.Pattern.compile("a+");
        assertThatThrownBy(() -> Wire.encode(pattern)).isInstanceOf(CodecException.class)
            .hasMessage("class java.util.regex.Pattern of the JDK is not allowed to travel; if objects of it are"
                + " expected, say ProcessPool.builder().allow(\"java.util.regex.Pattern\")");
        Values named = Wire.values("java.util.regex.Pattern");
        Object copy = Wire.decode(named, Wire.encode(named, pattern));
        assertThat(copy).hasToString("a+");
    }

    @Test
    void aClassOfTheJdkThatIsNoValueIsRefusedWhenRead() {
        byte[] bytes = Wire.encode(Wire.values("java.util.regex.Pattern"), java.util.regex.Pattern.compile("a+"));
        assertThatThrownBy(() -> Wire.decode(bytes)).isInstanceOf(CodecException.class)
            .hasMessageContaining("ProcessPool.builder().allow(\"java.util.regex.Pattern\")");
    }

    @Test
    void theRefusalOfAClassOfTheJdkNamesItsPath() {
        var map = new LinkedHashMap<String, Object>();
        map.put("a", 1);
        map.put("b", new Object[] {"x", new Holder(java.util.regex.Pattern.compile("a+"))});
        assertThatThrownBy(() -> Wire.encode(map)).isInstanceOf(CodecException.class)
            .hasMessageStartingWith("LinkedHashMap[1].value[1].part: class java.util.regex.Pattern of the JDK");
    }

    private record Holder(Object part) implements Serializable {}

    @Test
    void aQueueWithAComparatorIsRefused() {
        var queue = new java.util.PriorityQueue<>(Comparator.<Integer>naturalOrder());
        assertThatThrownBy(() -> Wire.encode(queue)).isInstanceOf(CodecException.class)
            .hasMessageContaining("allow(\"java.util.PriorityQueue\")");
    }

    @Test
    void aForgedLengthOfAnArrayInAStreamIsRefused() {
        byte[] bytes = Wire.encode(new String[] {"a"});
        int at = bytes.length - 8; // the count, then TC_STRING, its length and its character
        assertThat(Arrays.copyOfRange(bytes, at, at + 4)).containsExactly(0, 0, 0, 1);
        bytes[at] = 0x70;
        assertThatThrownBy(() -> Wire.decode(bytes)).isInstanceOf(CodecException.class)
            .hasMessageContaining("expected arrays no longer than the");
    }

    @Test
    void anExceptionDuringReadingOrWritingBecomesACodecException() {
        byte[] bytes = Wire.encode(new ThrowsWhenRead());
        assertThatThrownBy(() -> Wire.decode(bytes)).isInstanceOf(CodecException.class)
            .hasRootCauseInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Wire.encode(new ThrowsWhenWritten())).isInstanceOf(CodecException.class)
            .hasMessageContaining("does not travel: java.lang.AssertionError: not today");
    }

    private static final class ThrowsWhenRead implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void readObject(ObjectInputStream in) {
            throw new AssertionError("not today");
        }
    }

    private static final class ThrowsWhenWritten implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private Object writeReplace() {
            throw new AssertionError("not today");
        }
    }

    // Handles.

    @Test
    void handlesThatAreOpenedForAValueAreCollected() throws IOException {
        Path root = TestFolders.makeRoot();
        var opened = new ArrayList<ObjectHandle>();
        try (var space = SharedSpace.open("s", SpaceOptions.under(root));
                SharedLongArray array = space.longArray("numbers", 8)) {
            array.set(3, 42);
            Task<Long> task = () -> array.get(3);
            var inMap = new HashMap<>(Map.of("array", array));
            byte[] bytes = Wire.encode(new Triple<>(array, task, inMap));
            var copy = (Triple<?, ?, ?>) Wire.decode(bytes, opened::add);
            assertThat(opened).hasSize(3).allMatch(handle -> handle instanceof SharedLongArray && handle != array);
            assertThat(((SharedLongArray) copy.first()).get(3)).isEqualTo(42);
            assertThat(((Task<?>) copy.second()).call()).isEqualTo(42L);
            opened.forEach(ObjectHandle::close);
            opened.clear();

            byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
            assertThatThrownBy(() -> Wire.decode(cut, opened::add)).isInstanceOf(CodecException.class);
            assertThat(opened).isNotEmpty();
            opened.forEach(ObjectHandle::close);
            assertThatThrownBy(() -> Wire.decode(cut)).isInstanceOf(CodecException.class);
            assertThat(space.list()).singleElement().satisfies(object -> assertThat(object.live()).isEqualTo(1));
            space.unlink("numbers");
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            var _ = TestFolders.remove(root);
        }
    }
}
