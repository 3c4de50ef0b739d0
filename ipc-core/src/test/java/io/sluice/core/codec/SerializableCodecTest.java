package io.sluice.core.codec;

import static io.sluice.core.codec.Samples.bytesOf;
import static io.sluice.core.codec.Samples.decode;
import static io.sluice.core.codec.Samples.roundTrip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.MemoryBuffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Java serialization reads only classes that are allowed by name.
class SerializableCodecTest {
    record Order(String symbol, List<Leg> legs) implements Serializable {
        record Leg(long price) implements Serializable {}
    }

    static class Stranger implements Serializable {
        private static final long serialVersionUID = 1L;
        private static int read;

        private void readObject(ObjectInputStream in) {
            read++;
        }
    }

    record NotSerializable(int value) {}

    record Holder(Object held) implements Serializable {}

    private static final String HERE = "io.sluice.core.codec.*";

    // Allowed.

    /// The named type, its nested classes and the values of the JDK are allowed without further patterns.
    @Test
    void theTypeAndTheValuesOfTheJdkAreAllowed() {
        var order = new Order("VOD.L", new ArrayList<>(List.of(new Order.Leg(1), new Order.Leg(2))));
        assertThat(roundTrip(Codec.serializable(Order.class), order)).isEqualTo(order);

        Codec<Object> values = Codec.serializable();
        for (Object value : List.of("text", 1, 2L, 'c', true, 0.5, new BigDecimal("1.5"), Instant.EPOCH,
            ZonedDateTime.parse("2024-02-29T12:00:00+01:00[Europe/Berlin]"), UUID.randomUUID(), List.of(1, 2),
            Set.of("a"), Map.of("k", "v"), new ArrayList<>(Arrays.asList("x", null)), new HashMap<>(Map.of(1, 2)),
            new TreeMap<>(Map.of("b", 1)), new ConcurrentHashMap<>(Map.of("c", 1)), EnumSet.of(TimeUnit.DAYS),
            new EnumMap<>(Map.of(TimeUnit.DAYS, 1)), Arrays.asList(1, 2), Locale.ROOT, URI.create("a:b"),
            BitSet.valueOf(new long[] {5}), TimeUnit.SECONDS)) {
            assertThat(roundTrip(values, value)).as(value.getClass().getName()).isEqualTo(value);
        }
        assertThat((long[]) roundTrip(values, new long[] {1, 2})).containsExactly(1, 2);
        String[][] nested = {{"a"}, null};
        assertThat((String[][]) roundTrip(values, nested)).isDeepEqualTo(nested);

        var failure = new IllegalStateException("outer", new ArithmeticException("inner"));
        var decoded = (IllegalStateException) roundTrip(values, failure);
        assertThat(decoded).hasMessage("outer").cause().hasMessage("inner");
        assertThat(decoded.getStackTrace()).isEqualTo(failure.getStackTrace());
    }

    /// An array whose elements are declared as an interface or an abstract class carries no instance of it:
    /// `Arrays.asList(42, null, "hello")` keeps a `Serializable[]`. Its elements are checked all the same.
    @Test
    void arraysOfInterfacesAndAbstractClassesAreAllowed() {
        Codec<Object> values = Codec.serializable();
        List<Object> first = Arrays.asList(42, null, "hello");
        assertThat(roundTrip(values, first)).isEqualTo(first);
        for (Object[] array : new Object[][] {{1, "x"}, new Comparable<?>[] {2}, new Runnable[] {null},
            new java.util.AbstractList<?>[1], new Shape[1][2]}) {
            assertThat(Arrays.deepEquals((Object[]) roundTrip(values, array), array)).isTrue();
        }
        assertThatThrownBy(() -> roundTrip(values, new Shape[] {new Square()})).isInstanceOf(CodecException.class)
            .hasMessageContaining(Square.class.getName() + " is not allowed");
        assertThatThrownBy(() -> roundTrip(values, new Square[0])).isInstanceOf(CodecException.class);
    }

    abstract static class Shape implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    static final class Square extends Shape {
        private static final long serialVersionUID = 1L;
    }

    /// Packages, packages with all below, and single classes.
    @Test
    void patternsCoverClassesAndPackages() {
        var held = new Holder(new Order("x", null));
        assertThat(roundTrip(Codec.serializable(HERE), held)).isEqualTo(held);
        assertThat(roundTrip(Codec.serializable("io.sluice.**"), held)).isEqualTo(held);
        assertThat(roundTrip(Codec.serializable(Holder.class, Order.class.getName()), held)).isEqualTo(held);
        assertThatThrownBy(() -> roundTrip(Codec.serializable("io.sluice.core.*"), held))
            .isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> roundTrip(Codec.serializable("io.sluice.core.code.**"), held))
            .isInstanceOf(CodecException.class);
    }

    /// A pattern that would allow everything, or packages of the JDK, is refused.
    @Test
    void patternsThatAllowTooMuchAreRefused() {
        for (String pattern : List.of("*", "**", "", "com.**", "java.**", "java.util.*", "javax.management.**", "a..b",
            "com.acme.", "!com.acme", "com.acme.***", "com.acme.Or*er", "sun.misc.*", "jdk.*")) {
            assertThatThrownBy(() -> Codec.serializable(pattern)).as(pattern)
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("\"" + pattern + "\"");
        }
        assertThat(Codec.serializable("java.util.PriorityQueue", "com.acme.**")).isNotNull();
    }

    // Refused.

    /// A class that is not in the list is refused at both ends, before any of its code runs, with the line to add.
    @Test
    void aClassOutsideTheListIsRefused() {
        String message = "Object: class " + Stranger.class.getName() + " is not allowed; if objects of it are expected"
            + " here, add it to the allow-list: Codec.serializable(\"" + Stranger.class.getName() + "\")";
        assertThatThrownBy(() -> bytesOf(Codec.serializable(), new Stranger()))
            .isInstanceOf(CodecException.class).hasMessage(message);

        for (Object forged : List.of(new Stranger(), new Stranger[0], new Stranger[1][1])) {
            assertThatThrownBy(() -> decode(Codec.serializable(), serialized(forged)))
                .isInstanceOf(CodecException.class).hasMessage(message);
        }
        assertThatThrownBy(() -> decode(Codec.serializable(), serialized(new ArrayList<>(List.of(new Stranger())))))
            .isInstanceOf(CodecException.class).hasMessage(message);
        assertThatThrownBy(() -> decode(Codec.serializable(), serialized(new PriorityQueue<>(List.of(1)))))
            .isInstanceOf(CodecException.class).hasMessageContaining("java.util.PriorityQueue is not allowed");
        assertThat(Stranger.read).isZero();
    }

    private static byte[] serialized(Object value) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /// Sets inside sets, whose hashes would take practically unlimited time, end at the depth limit.
    @Test
    void aBombOfNestedSetsIsRefused() {
        Set<Object> root = new HashSet<>();
        Set<Object> left = root;
        Set<Object> right = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Set<Object> nextLeft = new HashSet<>();
            Set<Object> nextRight = new HashSet<>();
            nextLeft.add("make it differ");
            left.add(nextLeft);
            left.add(nextRight);
            right.add(nextLeft);
            right.add(nextRight);
            left = nextLeft;
            right = nextRight;
        }
        assertThatThrownBy(() -> decode(Codec.serializable(), serialized(root))).isInstanceOf(CodecException.class)
            .hasMessage("Object: expected at most 20 levels of nesting, found more; if so many are expected here, raise"
                + " the limit: Codec.serializable(Object.class, StreamLimits.defaults().withDepth(200))");
    }

    /// A forged, larger length is refused before the array is allocated.
    @Test
    void aForgedArrayLengthIsRefused() {
        byte[] bytes = serialized(new long[] {1});
        int at = bytes.length - Long.BYTES - Integer.BYTES;
        assertThat(bytes[at + 3]).isEqualTo((byte) 1);
        bytes[at] = 0x7F;
        assertThatThrownBy(() -> decode(Codec.serializable(), bytes)).isInstanceOf(CodecException.class)
            .hasMessageContaining("expected arrays no longer than the message of")
            .hasMessageContaining("found 2130706433");
        bytes[at] = 0;
        bytes[at + 1] = 0x0E;
        assertThatThrownBy(() -> decode(Codec.serializable(), bytes)).isInstanceOf(CodecException.class)
            .hasMessageContaining("no longer than the message").hasMessageContaining("found 917505");
        assertThatThrownBy(() -> roundTrip(Codec.serializable(), new long[1_000_001]))
                .isInstanceOf(CodecException.class)
            .hasMessageContaining("expected at most 1000000 elements of an array, found more");
    }

    /// Another type than the declared one, a missing value, a truncated or overlong message.
    @Test
    void wrongTypesAndLengthsAreRefused() {
        Codec<Order> codec = Codec.serializable(Order.class);
        assertThatThrownBy(() -> decode(codec, serialized("text"))).isInstanceOf(CodecException.class)
            .hasMessage("Order: expected " + Order.class.getName() + ", found java.lang.String");
        assertThatThrownBy(() -> decode(codec, serialized(null))).isInstanceOf(CodecException.class)
            .hasMessageEndingWith("found null");
        assertThatThrownBy(() -> bytesOf(codec, null)).isInstanceOf(CodecException.class);
        byte[] bytes = bytesOf(codec, new Order("x", null));
        for (int length = 0; length < bytes.length; length++) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode(codec, prefix)).isInstanceOf(CodecException.class);
        }
        for (byte extra : new byte[] {0, 0x70, 0x77}) {
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            longer[bytes.length] = extra;
            assertThatThrownBy(() -> decode(codec, longer)).isInstanceOf(CodecException.class)
                .hasMessageEndingWith("found 1 more bytes");
        }
    }

    /// The exception for an unwritable value gives the reason.
    @Test
    void anUnwritableValueGivesTheReason() {
        Codec<Object> codec = Codec.serializable(HERE);
        assertThatThrownBy(() -> bytesOf(codec, new Holder(new NotSerializable(1)))).isInstanceOf(CodecException.class)
            .hasMessage(
                "Object: expected objects that implement Serializable, found " + NotSerializable.class.getName()
                    + "; let that class implement it, or send records with Codec.ofRecord, which need not");
        Holder deep = null;
        for (int i = 0; i < 200_000; i++) {
            deep = new Holder(deep);
        }
        Holder deepest = deep;
        assertThatThrownBy(() -> bytesOf(codec, deepest)).isInstanceOf(CodecException.class)
            .hasMessageContaining("nested too deeply");
        try (Arena arena = Arena.ofConfined()) {
            var small = new MemoryBuffer(arena.allocate(16, 8).address(), 16);
            assertThatThrownBy(() -> codec.encode("a text of more than sixteen bytes", small, 0))
                .isInstanceOf(CodecException.class).hasMessageContaining("does not fit").hasMessageContaining("16");
        }
    }

    /// The identity names the type; the codec travels with its list.
    @Test
    void theCodecTravelsWithItsList() throws Exception {
        Codec<Order> codec = Codec.serializable(Order.class, "com.acme.**");
        assertThat(codec.identity()).isEqualTo("java.io " + Order.class.getName());
        assertThat(codec.maxBytes()).isEqualTo(Codec.UNBOUNDED);
        try (var in = new ObjectInputStream(new ByteArrayInputStream(serialized(codec)))) {
            assertThat(in.readObject()).isEqualTo(codec).isNotEqualTo(Codec.serializable(Order.class));
        }
        Codec<Order> wide = Codec.serializable(Order.class, StreamLimits.defaults().withDepth(100), "com.acme.**");
        try (var in = new ObjectInputStream(new ByteArrayInputStream(serialized(wide)))) {
            assertThat(in.readObject()).isEqualTo(wide).isNotEqualTo(codec);
        }
        assertThatThrownBy(() -> StreamLimits.defaults().withDepth(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
