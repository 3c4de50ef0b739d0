package io.sluice.core.codec;

import static io.sluice.core.codec.Samples.bytesOf;
import static io.sluice.core.codec.Samples.decode;
import static io.sluice.core.codec.Samples.roundTrip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Samples.Arrays2;
import io.sluice.core.codec.Samples.Basket;
import io.sluice.core.codec.Samples.Boxes;
import io.sluice.core.codec.Samples.Checked;
import io.sluice.core.codec.Samples.Empty;
import io.sluice.core.codec.Samples.Leg;
import io.sluice.core.codec.Samples.Nested;
import io.sluice.core.codec.Samples.Node;
import io.sluice.core.codec.Samples.Order;
import io.sluice.core.codec.Samples.Shape;
import io.sluice.core.codec.Samples.Side;
import io.sluice.core.codec.Samples.Tick;
import io.sluice.core.codec.Samples.Tree;
import io.sluice.core.codec.Samples.Values;
import io.sluice.core.codec.Samples.Wide;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Records come back equal, under an identity that names them completely, or fail with the path to the field.
class RecordCodecTest {
    // Round trips.

    /// Primitives of every type, at their extremes.
    @Test
    void primitivesComeBack() {
        Codec<Tick> codec = Codec.ofRecord(Tick.class);
        assertThat(roundTrip(codec, Samples.TICK)).isEqualTo(Samples.TICK);
        assertThat(codec.maxBytes()).isEqualTo(30).isEqualTo(codec.typicalBytes());
        assertThat(bytesOf(codec, Samples.TICK)).hasSize(30);
    }

    /// Boxes and the value types of the JDK, present and absent.
    @Test
    void valuesComeBackAndSoDoNulls() {
        Codec<Values> values = Codec.ofRecord(Values.class);
        assertThat(roundTrip(values, Samples.VALUES)).isEqualTo(Samples.VALUES);
        var absent = new Values(null, null, null, null, null, null, null, null, null);
        assertThat(roundTrip(values, absent)).isEqualTo(absent);
        assertThat(bytesOf(values, absent)).hasSize(9).containsOnly(0);

        Codec<Boxes> boxes = Codec.ofRecord(Boxes.class);
        var full = new Boxes(false, (byte) 1, (short) 2, 'c', 3, 4L, 5f, 6.0);
        assertThat(roundTrip(boxes, full)).isEqualTo(full);
        var empty = new Boxes(null, null, null, null, null, null, null, null);
        assertThat(roundTrip(boxes, empty)).isEqualTo(empty);
        assertThat(boxes.maxBytes()).isEqualTo(8 + 1 + 1 + 2 + 2 + 4 + 8 + 4 + 8);
    }

    /// Records, sealed interfaces, enums with bodies, collections and optionals inside each other.
    @Test
    @SuppressWarnings("NullOptional") // the test is about null
    void nestedTypesComeBack() {
        Codec<Nested> codec = Codec.ofRecord(Nested.class);
        Nested decoded = roundTrip(codec, Samples.NESTED);
        assertThat(decoded).isEqualTo(Samples.NESTED);
        assertThat(decoded.operation().apply(5, 3)).isEqualTo(2);
        var absent = new Nested(null, null, null, null, null, null, null, null, null, null, null);
        assertThat(roundTrip(codec, absent)).isEqualTo(absent);
        assertThat(codec.maxBytes()).isEqualTo(Codec.UNBOUNDED);
    }

    /// Arrays of everything, with empty ones and `null` inside.
    @Test
    void arraysComeBack() {
        Codec<Arrays2> codec = Codec.ofRecord(Arrays2.class);
        assertThat(roundTrip(codec, Samples.ARRAYS)).usingRecursiveComparison().isEqualTo(Samples.ARRAYS);
        assertThat(roundTrip(codec, Samples.ARRAYS).l().getClass()).isEqualTo(List[].class);
    }

    record Held(List<String> list, Set<Integer> set, Map<String, Integer> map) {}

    /// Any collection comes back as an unmodifiable one with the same elements in the same order.
    @Test
    @SuppressWarnings("JdkObsolete") // a list without random access is written by its iterator
    void collectionsKeepTheirOrderAndAreUnmodifiable() {
        Codec<Held> codec = Codec.ofRecord(Held.class);
        var map = new LinkedHashMap<String, Integer>();
        map.put("z", 1);
        map.put(null, 2);
        map.put("a", null);
        var held =
            new Held(new LinkedList<>(Arrays.asList("b", null, "a")), new LinkedHashSet<>(List.of(9, 1, 5)), map);
        Held decoded = roundTrip(codec, held);
        assertThat(decoded).isEqualTo(held);
        assertThat(decoded.set()).containsExactly(9, 1, 5);
        assertThat(decoded.map().keySet()).containsExactly("z", null, "a");
        assertThatThrownBy(() -> decoded.list().add("c")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> decoded.set().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> decoded.map().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    /// A record without components is a message without bytes, alone and as an element.
    @Test
    void aRecordWithoutComponentsHasNoBytes() {
        Codec<Empty> codec = Codec.ofRecord(Empty.class);
        assertThat(bytesOf(codec, new Empty())).isEmpty();
        assertThat(decode(codec, new byte[0])).isEqualTo(new Empty());
        assertThat(codec.maxBytes()).isZero();
        assertThat(codec.typicalBytes()).isPositive();
        assertThat(codec.identity()).endsWith("$Empty()");
    }

    record Private(int secret) {
        private static Private of(int secret) {
            return new Private(secret);
        }
    }

    /// Private and local records are accessible where their module is open.
    @Test
    void localRecordsWork() {
        record Local(String name, Private part) {}
        var local = new Local("x", Private.of(5));
        assertThat(roundTrip(Codec.ofRecord(Local.class), local)).isEqualTo(local);
    }

    // Depth.

    /// A record may contain itself; 64 levels pass in both directions, one more passes in neither.
    @Test
    void recursionHasALimit() {
        Codec<Node> codec = Codec.ofRecord(Node.class);
        Node deep = chain(64);
        assertThat(roundTrip(codec, deep)).isEqualTo(deep);
        assertThatThrownBy(() -> roundTrip(codec, chain(65))).isInstanceOf(CodecException.class)
            .hasMessageStartingWith("Node.next.next.").hasMessageContaining("at most 64 levels");

        byte[] forged = new byte[65 * 5];
        for (int i = 4; i < forged.length - 5; i += 5) {
            forged[i] = 1;
        }
        assertThatThrownBy(() -> decode(codec, forged)).isInstanceOf(CodecException.class)
            .hasMessageContaining("at most 64 levels");
        assertThat(codec.maxBytes()).isEqualTo(Codec.UNBOUNDED);
        assertThat(codec.identity()).isEqualTo("record " + Node.class.getName() + "(int value, record "
            + Node.class.getName() + " next)");
    }

    private static Node chain(int length) {
        Node node = null;
        for (int i = 0; i < length; i++) {
            node = new Node(i, node);
        }
        return node;
    }

    /// A list that contains its own record is a cycle and ends with an error, not with a stack overflow.
    @Test
    void aCycleIsRefused() {
        var children = new ArrayList<Tree>();
        var tree = new Tree("loop", children);
        children.add(tree);
        assertThatThrownBy(() -> roundTrip(Codec.ofRecord(Tree.class), tree)).isInstanceOf(CodecException.class)
            .hasMessageStartingWith("Tree.children[0].children[0]").hasMessageContaining("cycle");
        var leaf = new Tree("leaf", List.of());
        var fine = new Tree("root", List.of(leaf, leaf));
        assertThat(roundTrip(Codec.ofRecord(Tree.class), fine)).isEqualTo(fine);
    }

    // Identity.

    /// The identity spells the type out, each part at its first mention.
    @Test
    void theIdentityNamesEverything() {
        String prefix = Samples.class.getName() + "$";
        assertThat(Codec.ofRecord(Order.class).identity())
            .isEqualTo("record " + prefix + "Order(String symbol, int quantity, double price)");
        assertThat(Codec.ofRecord(Basket.class).identity())
            .isEqualTo("record " + prefix + "Basket(String name, List<record " + prefix
                + "Leg(String venue, long price)> legs, record " + prefix + "Leg best)");
        assertThat(Codec.of(Shape.class).identity())
            .isEqualTo("sealed " + prefix + "Shape{record " + prefix + "Circle(double radius), record " + prefix
                + "Triangle(double a, double b, double c), record " + prefix + "Square(double side), enum " + prefix
                + "Unit{POINT, PLANE}}");
        assertThat(Codec.of(int[][].class).identity()).isEqualTo("int[][]");
        @SuppressWarnings("ArrayRecordComponent")
        record Mixed(Map<String, Optional<Side>> map, Set<Long> set, String[] array) {}
        assertThat(Codec.ofRecord(Mixed.class).identity())
            .isEqualTo("record " + Mixed.class.getName() + "(Map<String, Optional<enum " + prefix
                + "Side{BUY, SELL}>> map, Set<Long> set, String[] array)");
    }

    /// Types whose bytes differ have different identities; the same type always has the same identity.
    @Test
    void differentTypesHaveDifferentIdentities() {
        List<Class<?>> types = List.of(Order.class, Tick.class, Leg.class, Node.class, Shape.class, Side.class,
            TimeUnit.class, int.class, Integer[].class, int[].class, Long.class, String.class, byte[].class);
        assertThat(types.stream().map(type -> Codec.of(type).identity())).doesNotHaveDuplicates();
        assertThat(Codec.of(Nested.class).identity()).isEqualTo(Codec.of(Nested.class).identity());
        assertThat(Codec.of(Nested.class)).isEqualTo(Codec.of(Nested.class))
            .hasSameHashCodeAs(Codec.of(Nested.class)).isNotEqualTo(Codec.of(Order.class));
    }

    // Refusals of types.

    record WithFile(String name, List<Inner> parts) {
        record Inner(File file) {}
    }

    record WithRaw(@SuppressWarnings("rawtypes") List raw) {}

    record WithVariable<V>(V value) {}

    record WithObject(Object any) {}

    record WithConcrete(ArrayList<String> list) {}

    sealed interface Open permits Loose, Order2 {}

    static non-sealed class Loose implements Open {}

    record Order2() implements Open {}

    record WithOpen(Open open) {}

    /// A component that cannot be sent is named when the codec is made, with the supported types.
    @Test
    void unsupportedTypesAreRefusedByName() {
        assertThatThrownBy(() -> Codec.ofRecord(WithFile.class)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("WithFile.parts[].file: java.io.File is not supported; supported are primitives")
            .hasMessageContaining("Codec.serializable(WithFile.class, \"io.sluice.core.codec.**\", \"java.io.File\")");
        assertThatThrownBy(() -> Codec.ofRecord(WithRaw.class)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("WithRaw.raw: java.util.List must be declared");
        assertThatThrownBy(() -> Codec.ofRecord(WithVariable.class)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("WithVariable.value: V is a type variable");
        assertThatThrownBy(() -> Codec.ofRecord(WithObject.class)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("WithObject.any: java.lang.Object is not supported");
        assertThatThrownBy(() -> Codec.ofRecord(WithConcrete.class)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("WithConcrete.list: java.util.ArrayList");
        assertThatThrownBy(() -> Codec.ofRecord(WithOpen.class)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("Loose is permitted by sealed Open and is neither a record nor an enum");
        assertThatThrownBy(() -> Codec.of(Thread.class)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("Thread: java.lang.Thread is not supported");
    }

    // Refusals of values and bytes.

    /// The exception for a message that does not fit names the field that reached the end.
    @Test
    void aMessageThatDoesNotFitNamesTheField() {
        Codec<Basket> codec = Codec.ofRecord(Basket.class);
        var legs = List.of(new Leg("x", 1), new Leg("y", 2), new Leg("a venue with a long name", 3));
        var basket = new Basket("b", legs, null);
        try (Arena arena = Arena.ofConfined()) {
            var small = new MemoryBuffer(arena.allocate(64, 8).address(), 64);
            assertThatThrownBy(() -> codec.encode(basket, small, 0)).isInstanceOf(CodecException.class)
                .hasMessageStartingWith("Basket.legs[2].venue: the value does not fit into the buffer: index=")
                .hasMessageContaining("capacity=64").satisfies(e ->
                    assertThat(((CodecException) e).path()).isEqualTo("Basket.legs[2].venue"));
        }
    }

    /// A string that UTF-8 cannot express, a missing value and a failing accessor are errors of that field.
    @Test
    void anUnwritableValueNamesTheField() {
        var buffer = new ExpandableMemoryBuffer();
        assertThatThrownBy(() -> Codec.ofRecord(Order.class).encode(new Order("a\uD800b", 1, 1), buffer, 0))
            .isInstanceOf(CodecException.class)
            .hasMessageStartingWith("Order.symbol: expected text, found half a surrogate pair at character 1");
        assertThatThrownBy(() -> Codec.ofRecord(Order.class).encode(null, buffer, 0))
            .isInstanceOf(CodecException.class).hasMessage("Order: expected a value, found null");
        record Lazy(int value) {
            @Override
            @SuppressWarnings("UnusedMethod") // the codec calls it
            public int value() {
                throw new IllegalStateException("not loaded");
            }
        }
        assertThatThrownBy(() -> Codec.ofRecord(Lazy.class).encode(new Lazy(1), buffer, 0))
            .isInstanceOf(CodecException.class).hasMessageStartingWith("Lazy.value: ")
            .hasMessageContaining("not loaded").hasCauseInstanceOf(IllegalStateException.class);
    }

    /// Every proper prefix of a message, and every message with a byte too many, is refused.
    @Test
    void truncatedAndOverlongMessagesAreRefused() {
        checkLengths(Codec.ofRecord(Nested.class), Samples.NESTED);
        checkLengths(Codec.ofRecord(Arrays2.class), Samples.ARRAYS);
        checkLengths(Codec.ofRecord(Tick.class), Samples.TICK);
        checkLengths(Codec.of(Shape.class), new Samples.Circle(2));
    }

    private static <T> void checkLengths(Codec<T> codec, T value) {
        byte[] bytes = bytesOf(codec, value);
        for (int length = 0; length < bytes.length; length++) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode(codec, prefix)).isInstanceOf(CodecException.class);
        }
        assertThatThrownBy(() -> decode(codec, Arrays.copyOf(bytes, bytes.length + 1)))
            .isInstanceOf(CodecException.class).hasMessageContaining("expected the end of the message, found 1 more");
    }

    /// The exception names the component that is cut off, or that finds no room.
    @Test
    void theComponentThatFailsIsNamed() {
        Codec<Tick> codec = Codec.ofRecord(Tick.class);
        byte[] bytes = bytesOf(codec, Samples.TICK);
        var names = List.of("time", "quantity", "price", "buy", "venue", "lot", "flag", "fee");
        int[] ends = {8, 12, 20, 21, 22, 24, 26, 30};
        for (int i = 0; i < ends.length; i++) {
            int length = ends[i] - 1;
            assertThatThrownBy(() -> decode(codec, Arrays.copyOf(bytes, length)))
                .hasMessageStartingWith("Tick." + names.get(i) + ": expected ");
            try (Arena arena = Arena.ofConfined()) {
                var small = new MemoryBuffer(arena.allocate(32, 8).address(), length);
                assertThatThrownBy(() -> codec.encode(Samples.TICK, small, 0))
                    .hasMessageStartingWith("Tick." + names.get(i) + ": the value does not fit");
            }
        }
        bytes[20] = 2;
        assertThatThrownBy(() -> decode(codec, bytes)).hasMessage("Tick.buy: expected a boolean, 0 or 1, found 2");
    }

    /// A record with more components than one assembled method takes behaves like any record, up to the last component.
    @Test
    void aWideRecordIsARecord() {
        Codec<Wide> codec = Codec.ofRecord(Wide.class);
        Wide wide = Samples.wide("text");
        assertThat(roundTrip(codec, wide)).isEqualTo(wide);
        byte[] bytes = bytesOf(codec, wide);
        assertThat(bytes).hasSize(36 * 4 + 9 + 1 + 8);
        checkLengths(codec, wide);
        assertThatThrownBy(() -> decode(codec, Arrays.copyOf(bytes, bytes.length - 1)))
            .hasMessageStartingWith("Wide.z9: expected 8 more bytes, found 7");
        assertThatThrownBy(() -> decode(codec, Arrays.copyOf(bytes, 3))).hasMessageStartingWith("Wide.a0: ");
        Wide lone = Samples.wide("\uD800");
        assertThatThrownBy(() -> bytesOf(codec, lone)).hasMessageStartingWith("Wide.z7: expected text");
    }

    /// The exception for forged bytes names what was expected and found.
    @Test
    void forgedBytesAreNamed() {
        assertRefused(Codec.of(Side.class), new byte[] {2, 0},
            "Side: expected one of the 2 constants of Side, found number 2");
        assertRefused(Codec.of(Shape.class), new byte[] {4, 0},
            "Shape: expected one of the 4 members of Shape, found number 4");
        assertRefused(Codec.of(Boolean.class), new byte[] {2}, "Boolean: expected a boolean, 0 or 1, found 2");
        assertRefused(Codec.ofRecord(Order.class), new byte[] {7}, "Order.symbol: expected a presence byte, 0 or 1");
        assertRefused(Codec.of(long[].class), new byte[] {-1, -1, -1, 127, 0, 0},
            "long[]: expected a length of at most 0 elements in the remaining 2 bytes, found 2147483647");
        assertRefused(Codec.of(String[].class), new byte[] {-1, -1, -1, -1},
            "String[]: expected a length of at most 0");
        assertRefused(Codec.ofRecord(Checked.class), new byte[] {0, 0, 0, 0},
            "Checked: the constructor of Checked refused the values: java.lang.IllegalArgumentException: not positive");
        assertRefused(Codec.strings(), new byte[] {(byte) 0xC3, 0x28}, "String: expected UTF-8");
        assertRefused(Codec.of(java.time.Instant.class), new byte[] {0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1},
            "Instant: expected nanoseconds");
        assertThat(roundTrip(Codec.strings(), "\uFFFD")).isEqualTo("\uFFFD");
    }

    private static void assertRefused(Codec<?> codec, byte[] bytes, String message) {
        assertThatThrownBy(() -> decode(codec, bytes)).isInstanceOf(CodecException.class)
            .hasMessageStartingWith(message);
    }

    /// A set with a duplicate element, which no set writes, is refused.
    @Test
    void duplicatesAreRefused() {
        record Sets(Set<Byte> set) {}
        assertRefused(Codec.ofRecord(Sets.class), new byte[] {1, 2, 0, 0, 0, 1, 5, 1, 5},
            "Sets.set[1]: expected another element");
        record Maps(Map<Byte, Byte> map) {}
        assertRefused(Codec.ofRecord(Maps.class), new byte[] {1, 2, 0, 0, 0, 1, 5, 0, 1, 5, 0},
            "Maps.map[entry 1]: expected another key");
    }

    // Travelling.

    /// A codec is serializable and makes the same bytes on arrival.
    @Test
    void aCodecTravels() throws Exception {
        Codec<Nested> codec = Codec.ofRecord(Nested.class);
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(codec);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            @SuppressWarnings("unchecked")
            var arrived = (Codec<Nested>) in.readObject();
            assertThat(arrived).isEqualTo(codec).isInstanceOf(Serializable.class);
            assertThat(arrived.identity()).isEqualTo(codec.identity());
            assertThat(bytesOf(arrived, Samples.NESTED)).isEqualTo(bytesOf(codec, Samples.NESTED));
        }
    }

    /// A list of typical length does not exceed the hint.
    @Test
    void theTypicalLengthIsAGoodGuess() {
        var legs = Collections.nCopies(8, new Leg("sixteen letters!", 1));
        Codec<Basket> codec = Codec.ofRecord(Basket.class);
        int length = bytesOf(codec, new Basket("sixteen letters!", legs, legs.get(0))).length;
        assertThat(codec.typicalBytes()).isEqualTo(length);
    }
}
