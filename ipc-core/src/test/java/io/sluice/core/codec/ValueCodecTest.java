package io.sluice.core.codec;

import static io.sluice.core.codec.Samples.bytesOf;
import static io.sluice.core.codec.Samples.roundTrip;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Samples.Circle;
import io.sluice.core.codec.Samples.Operation;
import io.sluice.core.codec.Samples.Order;
import io.sluice.core.codec.Samples.Shape;
import io.sluice.core.codec.Samples.Side;
import io.sluice.core.codec.Samples.Tick;
import io.sluice.core.codec.Samples.Unit;
import io.sluice.core.memory.AllocationMeter;
import java.lang.foreign.Arena;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Single values have the shortest encoding, and encoding them makes no garbage.
class ValueCodecTest {
    /// Each factory's values come back, in their natural size.
    @Test
    void singleValuesComeBack() {
        check(Codec.longs(), Long.MIN_VALUE, 8);
        check(Codec.ints(), Integer.MAX_VALUE, 4);
        check(Codec.shorts(), (short) -2, 2);
        check(Codec.chars(), '€', 2);
        check(Codec.doubles(), -0.0, 8);
        check(Codec.floats(), Float.MIN_VALUE, 4);
        check(Codec.booleans(), true, 1);
        check(Codec.of(byte.class), (byte) 7, 1);
        check(Codec.of(int.class), 7, 4);
        check(Codec.of(Instant.class), Instant.ofEpochSecond(-5, 7), 12);
        check(Codec.of(Duration.class), Duration.ofNanos(-1), 12);
        check(Codec.of(UUID.class), new UUID(1, 2), 16);
        check(Codec.of(Side.class), Side.SELL, 2);
        check(Codec.of(Operation.class), Operation.MINUS, 2);
        check(Codec.of(Shape.class), new Circle(1), 10);
        check(Codec.of(Shape.class), Unit.PLANE, 4);
        check(Codec.of(BigInteger.class), BigInteger.ONE, 5);
        check(Codec.of(BigDecimal.class), new BigDecimal("1.25"), 9);
        assertThat(Codec.longs().maxBytes()).isEqualTo(8);
        assertThat(Codec.of(Shape.class).maxBytes()).isEqualTo(26);
        assertThat(Codec.strings().maxBytes()).isEqualTo(Codec.UNBOUNDED);
    }

    private static <T> void check(Codec<T> codec, T value, int length) {
        assertThat(roundTrip(codec, value)).isEqualTo(value);
        assertThat(bytesOf(codec, value)).hasSize(length);
    }

    /// Strings and bytes are the message, without a length of their own.
    @Test
    void stringsAndBytesAreTheWholeMessage() {
        for (String text : List.of("", "ascii", "grüße", "😀", "a\0b")) {
            assertThat(bytesOf(Codec.strings(), text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
            assertThat(roundTrip(Codec.strings(), text)).isEqualTo(text);
        }
        byte[] bytes = {1, 2, 3};
        assertThat(bytesOf(Codec.bytes(), bytes)).isEqualTo(bytes);
        assertThat(roundTrip(Codec.bytes(), bytes)).isEqualTo(bytes).isNotSameAs(bytes);
        assertThat(roundTrip(Codec.of(String[].class), new String[] {"x"})).containsExactly("x");
        assertThat(roundTrip(Codec.of(long[].class), new long[] {1, 2})).containsExactly(1, 2);
    }

    /// The bits of a NaN survive.
    @Test
    void aNanKeepsItsBits() {
        double nan = Double.longBitsToDouble(0x7FF8_0000_0000_0042L);
        assertThat(Double.doubleToRawLongBits(roundTrip(Codec.doubles(), nan))).isEqualTo(0x7FF8_0000_0000_0042L);
    }

    /// Bytes are little-endian, on every machine.
    @Test
    void theFormatIsLittleEndian() {
        assertThat(bytesOf(Codec.ints(), 0x01020304)).containsExactly(4, 3, 2, 1);
        assertThat(bytesOf(Codec.ofRecord(Order.class), new Order("AB", 3, 0)))
            .containsExactly(1, 2, 0, 0, 0, 'A', 'B', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /// Encoding primitives, records of primitives, ASCII strings, enums and lists with random access makes no garbage.
    @Test
    void encodingAllocatesNothing() {
        @SuppressWarnings("ArrayRecordComponent")
        record Line(Side side, Shape shape, List<Order> orders, String[] names, Integer count, long[] samples) {}
        Codec<Long> longs = Codec.longs();
        Codec<Double> doubles = Codec.doubles();
        Codec<Tick> ticks = Codec.ofRecord(Tick.class);
        Codec<Order> orders = Codec.ofRecord(Order.class);
        Codec<Line> lines = Codec.ofRecord(Line.class);
        Long boxedLong = 1234567890123L;
        Double boxedDouble = 0.5;
        var order = new Order("VOD.L", 100, 71.25);
        var line = new Line(Side.BUY, Unit.POINT, new ArrayList<>(List.of(order, order)), new String[] {"x", null},
            1000, new long[] {1, 2, 3});
        try (Arena arena = Arena.ofConfined()) {
            var buffer = new MemoryBuffer(arena.allocate(1024, 8).address(), 1024);
            assertThat(AllocationMeter.bytesPerOperation(() -> {
                longs.encode(boxedLong, buffer, 0);
                doubles.encode(boxedDouble, buffer, 8);
            })).isZero();
            assertThat(AllocationMeter.bytesPerOperation(() -> ticks.encode(Samples.TICK, buffer, 1))).isZero();
            assertThat(AllocationMeter.bytesPerOperation(() -> orders.encode(order, buffer, 2))).isZero();
            assertThat(AllocationMeter.bytesPerOperation(() -> lines.encode(line, buffer, 3))).isZero();
        }
    }

    record Quote(long sequence, int quantity, double price) {}

    /// Decoding a record of primitives allocates only the record: no box, no array, no reader.
    @Test
    void decodingPrimitivesAllocatesTheRecordAlone() {
        Codec<Quote> quotes = Codec.ofRecord(Quote.class);
        Codec<Tick> ticks = Codec.ofRecord(Tick.class);
        try (Arena arena = Arena.ofConfined()) {
            var buffer = new MemoryBuffer(arena.allocate(64, 8).address(), 64);
            int quoteBytes = quotes.encode(new Quote(1, 2, 3), buffer, 0);
            assertThat(AllocationMeter.bytesPerOperation(40, () -> quotes.decode(buffer, 0, quoteBytes)))
                .isLessThanOrEqualTo(40); // 12 or 16 bytes of header, 20 of fields, 4 of padding
            int tickBytes = ticks.encode(Samples.TICK, buffer, 0);
            assertThat(AllocationMeter.bytesPerOperation(48, () -> ticks.decode(buffer, 0, tickBytes)))
                .isLessThanOrEqualTo(48);
        }
    }

    /// Decoding primitives allocates their boxes, also where several types are decoded.
    @Test
    void decodingPrimitivesAllocatesTheirBoxesAlone() {
        Codec<Long> longs = Codec.longs();
        Codec<Double> doubles = Codec.doubles();
        Codec<Integer> ints = Codec.ints();
        try (Arena arena = Arena.ofConfined()) {
            var buffer = new MemoryBuffer(arena.allocate(32, 8).address(), 32);
            longs.encode(1234567890123L, buffer, 0);
            doubles.encode(0.5, buffer, 8);
            ints.encode(1234567890, buffer, 16);
            assertThat(AllocationMeter.bytesPerOperation(24 + 24 + 16, () -> {
                longs.decode(buffer, 0, 8);
                doubles.decode(buffer, 8, 8);
                ints.decode(buffer, 16, 4);
            })).isLessThanOrEqualTo(24 + 24 + 16);
        }
    }
}
