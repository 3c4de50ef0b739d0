package io.sluice.core.codec;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The types that the tests of the codecs send.
@SuppressWarnings("ArrayRecordComponent") // the tests are about arrays
final class Samples {
    private Samples() {}

    record Order(String symbol, int quantity, double price) {}

    record Tick(long time, int quantity, double price, boolean buy, byte venue, short lot, char flag, float fee) {}

    enum Side { BUY, SELL }

    /// Constants with bodies: their classes are not the enum itself.
    enum Operation {
        PLUS {
            @Override
            int apply(int left, int right) {
                return left + right;
            }
        },
        MINUS {
            @Override
            int apply(int left, int right) {
                return left - right;
            }
        };

        abstract int apply(int left, int right);
    }

    sealed interface Shape permits Circle, Polygon, Unit {}

    record Circle(double radius) implements Shape {}

    sealed interface Polygon extends Shape permits Triangle, Square {}

    record Triangle(double a, double b, double c) implements Polygon {}

    record Square(double side) implements Polygon {}

    enum Unit implements Shape { POINT, PLANE }

    record Leg(String venue, long price) {}

    record Basket(String name, List<Leg> legs, Leg best) {}

    record Empty() {}

    /// More components than one assembled method takes.
    record Wide(int a0, int a1, int a2, int a3, int a4, int a5, int a6, int a7, int a8, int b0, int b1, int b2, int
        b3, int b4, int b5, int b6, int b7, int b8, int c0, int c1, int c2, int c3, int c4, int c5, int c6, int c7,
        int c8, int d0, int d1, int d2, int d3, int d4, int d5, int d6, int d7, int d8, String z7, Side z8, long z9)
        {}

    record Node(int value, Node next) {}

    record Tree(String label, List<Tree> children) {}

    record Checked(int positive) {
        Checked {
            if (positive <= 0) {
                throw new IllegalArgumentException("not positive: " + positive);
            }
        }
    }

    record Boxes(Boolean a, Byte b, Short c, Character d, Integer e, Long f, Float g, Double h) {}

    record Values(String text, Instant instant, Duration duration, LocalDate date, LocalTime time,
        LocalDateTime dateTime, UUID id, BigDecimal decimal, BigInteger integer) {}

    record Nested(Side side, Operation operation, Shape shape, Order order, Optional<String> note, List<Shape> shapes,
        Set<Side> sides, Map<String, List<Integer>> groups, Map<Side, Order> orders, Optional<Optional<Leg>> deep,
        List<? extends Polygon> polygons) {}

    record Arrays2(boolean[] a, byte[] b, short[] c, char[] d, int[] e, long[] f, float[] g, double[] h, String[] i,
        Order[] j, int[][] k, List<String>[] l, Side[][] m) {}

    static final Tick TICK = new Tick(Long.MIN_VALUE, -5, Math.PI, true, (byte) -1, (short) -300, '€', -0.0f);

    static final Values VALUES = new Values("grüße 😀", Instant.MAX, Duration.ofSeconds(-3, 5), LocalDate.MIN,
        LocalTime.MAX, LocalDateTime.of(2024, 2, 29, 23, 59, 59, 999_999_999), new UUID(-1, 2),
        new BigDecimal("-12345678901234567890.12345"), BigInteger.TWO.pow(200).negate());

    static final Nested NESTED = new Nested(Side.SELL, Operation.MINUS, new Square(2), new Order("VOD.L", 100, 71.25),
        Optional.of("note"), Arrays.asList(new Circle(1), Unit.PLANE, null, new Triangle(3, 4, 5)), Set.of(Side.BUY),
        Map.of("one", List.of(1), "none", List.of()), Map.of(Side.BUY, new Order("", 0, Double.NaN)),
        Optional.of(Optional.empty()), List.of(new Square(3)));

    @SuppressWarnings({"unchecked", "rawtypes"})
    static final Arrays2 ARRAYS = new Arrays2(new boolean[] {true, false}, new byte[] {1, -1}, new short[] {-2},
        new char[] {'x', '€'}, new int[] {Integer.MIN_VALUE, 7}, new long[] {Long.MAX_VALUE}, new float[] {0.5f},
        new double[] {Double.NEGATIVE_INFINITY}, new String[] {"a", null, ""}, new Order[] {new Order("b", 1, 2), null},
        new int[][] {{1, 2}, null, {}}, new List[] {List.of("c"), null}, new Side[][] {{Side.SELL}, {null}});

    static Wide wide(String text) {
        return new Wide(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
            27, 28, 29, 30, 31, 32, 33, 34, 35, 36, text, null, -1);
    }

    static <T> T roundTrip(Codec<T> codec, T value) {
        var buffer = new ExpandableMemoryBuffer();
        int length = codec.encode(value, buffer, 3);
        return codec.decode(buffer, 3, length);
    }

    static <T> byte[] bytesOf(Codec<T> codec, T value) {
        var buffer = new ExpandableMemoryBuffer();
        byte[] bytes = new byte[codec.encode(value, buffer, 0)];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    static <T> T decode(Codec<T> codec, byte[] bytes) {
        var buffer = new ExpandableMemoryBuffer(bytes.length);
        buffer.putBytes(0, bytes);
        return codec.decode(buffer, 0, bytes.length);
    }
}
