package io.sluice.core.buffer;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.memory.AllocationMeter;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.agrona.AsciiNumberFormatException;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

/// A window over native memory behaves like the JDK's buffers where they agree with Agrona's interface, and names what
/// it cannot do.
class MemoryBufferTest {
    private static final int CAPACITY = 64;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(CAPACITY);
    private final MemoryBuffer buffer = new MemoryBuffer();

    MemoryBufferTest() {
        buffer.wrap(bytes);
    }

    // Values.

    /// At every index, aligned or not, both byte orders match the JDK.
    @Test
    void everyValueMatchesAByteBuffer() {
        for (ByteOrder order : List.of(LITTLE_ENDIAN, BIG_ENDIAN)) {
            bytes.order(order);
            for (int i = 0; i <= CAPACITY - 8; i++) {
                buffer.putLong(i, 0x8182838485868788L + i, order);
                assertThat(bytes.getLong(i)).isEqualTo(0x8182838485868788L + i).isEqualTo(buffer.getLong(i, order));
                buffer.putInt(i, 0x81828384 + i, order);
                assertThat(bytes.getInt(i)).isEqualTo(0x81828384 + i).isEqualTo(buffer.getInt(i, order));
                buffer.putShort(i, (short) (0x8182 + i), order);
                assertThat(bytes.getShort(i)).isEqualTo((short) (0x8182 + i)).isEqualTo(buffer.getShort(i, order));
                buffer.putChar(i, (char) (0x8182 + i), order);
                assertThat(bytes.getChar(i)).isEqualTo((char) (0x8182 + i)).isEqualTo(buffer.getChar(i, order));
                buffer.putFloat(i, -1.5f * i, order);
                assertThat(bytes.getFloat(i)).isEqualTo(-1.5f * i).isEqualTo(buffer.getFloat(i, order));
                buffer.putDouble(i, -1.5e100 * i, order);
                assertThat(bytes.getDouble(i)).isEqualTo(-1.5e100 * i).isEqualTo(buffer.getDouble(i, order));
                buffer.putByte(i, (byte) (0x81 + i));
                assertThat(bytes.get(i)).isEqualTo((byte) (0x81 + i)).isEqualTo(buffer.getByte(i));
            }
        }
    }

    /// Without an order, values have the order of the machine.
    @Test
    void withoutAnOrderValuesAreNative() {
        bytes.order(ByteOrder.nativeOrder());
        for (int i = 0; i <= CAPACITY - 8; i++) {
            buffer.putLong(i, Long.MIN_VALUE + i);
            assertThat(bytes.getLong(i)).isEqualTo(buffer.getLong(i)).isEqualTo(Long.MIN_VALUE + i);
            buffer.putInt(i, Integer.MIN_VALUE + i);
            assertThat(bytes.getInt(i)).isEqualTo(buffer.getInt(i)).isEqualTo(Integer.MIN_VALUE + i);
            buffer.putShort(i, (short) (Short.MIN_VALUE + i));
            assertThat(bytes.getShort(i)).isEqualTo(buffer.getShort(i)).isEqualTo((short) (Short.MIN_VALUE + i));
            buffer.putChar(i, (char) (0xFFFF - i));
            assertThat(bytes.getChar(i)).isEqualTo(buffer.getChar(i)).isEqualTo((char) (0xFFFF - i));
            buffer.putFloat(i, i + 0.25f);
            assertThat(bytes.getFloat(i)).isEqualTo(buffer.getFloat(i)).isEqualTo(i + 0.25f);
            buffer.putDouble(i, i + 0.25);
            assertThat(bytes.getDouble(i)).isEqualTo(buffer.getDouble(i)).isEqualTo(i + 0.25);
        }
    }

    /// A NaN keeps its bits in either order.
    @Test
    void theBitsOfANanSurvive() {
        long nan = 0x7FF8_0000_0000_1234L;
        buffer.putDouble(3, Double.longBitsToDouble(nan), BIG_ENDIAN);
        assertThat(Double.doubleToRawLongBits(buffer.getDouble(3, BIG_ENDIAN))).isEqualTo(nan);
    }

    // Bounds.

    /// The last index that fits works; the next one, -1 and the extremes do not.
    @Test
    void everyAccessIsCheckedToTheByte() {
        checkEdges(1, buffer::getByte, i -> buffer.putByte(i, (byte) 1), buffer::getByteVolatile);
        checkEdges(2, buffer::getShort, i -> buffer.putShort(i, (short) 1), i -> buffer.getChar(i, BIG_ENDIAN));
        checkEdges(2, buffer::getChar, i -> buffer.putChar(i, '1'), i -> buffer.putShort(i, (short) 1, BIG_ENDIAN));
        checkEdges(4, buffer::getInt, i -> buffer.putInt(i, 1), i -> buffer.putFloat(i, 1f), buffer::getFloat,
            buffer::getIntVolatile, i -> buffer.compareAndSetInt(i, 0, 1), i -> buffer.getAndAddInt(i, 1));
        checkEdges(8, buffer::getLong, i -> buffer.putLong(i, 1), i -> buffer.putDouble(i, 1), buffer::getDouble,
            buffer::getLongAcquire, i -> buffer.putLongRelease(i, 1), i -> buffer.getAndSetLong(i, 1),
            i -> buffer.addLongOpaque(i, 1), i -> buffer.putLong(i, 1, BIG_ENDIAN));
        byte[] five = new byte[5];
        checkEdges(5, i -> buffer.getBytes(i, five), i -> buffer.putBytes(i, five), i -> buffer.boundsCheck(i, 5),
            i -> buffer.setMemory(i, 5, (byte) 0), i -> buffer.putBytes(i, ByteBuffer.allocate(5), 5),
            i -> buffer.getBytes(i, ByteBuffer.allocateDirect(5), 5),
            i -> buffer.putBytes(i, new MemoryBuffer(buffer.addressOffset(), 5), 0, 5),
            i -> buffer.putStringWithoutLengthAscii(i, "abcde"), i -> buffer.getStringWithoutLengthUtf8(i, 5));
        checkEdges(6, i -> buffer.putStringAscii(i, "ab"), i -> buffer.putStringUtf8(i, "ab"));
        checkEdges(3, i -> buffer.putIntAscii(i, -12), i -> buffer.putLongAscii(i, 123));
    }

    private static void checkEdges(int size, IntConsumer... accesses) {
        for (IntConsumer access : accesses) {
            access.accept(0);
            access.accept(CAPACITY - size);
            for (int index : new int[] {
                -1, CAPACITY - size + 1, CAPACITY, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE - size
            }) {
                assertThatThrownBy(() -> access.accept(index)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    /// A refused access names index, length and capacity.
    @Test
    void aRefusalNamesIndexLengthAndCapacity() {
        assertThatThrownBy(() -> buffer.getLong(57)).isInstanceOf(IndexOutOfBoundsException.class)
            .hasMessage("index=57 with length=8 is outside the capacity=64 of the buffer");
        assertThatThrownBy(() -> buffer.boundsCheck(3, -1)).isInstanceOf(IndexOutOfBoundsException.class)
            .hasMessage("index=3 with length=-1 is outside the capacity=64 of the buffer");
        assertThatThrownBy(() -> new MemoryBuffer().getByte(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /// A limit may equal the capacity, not exceed it.
    @Test
    void aLimitMayEqualTheCapacity() {
        buffer.checkLimit(CAPACITY);
        assertThatThrownBy(() -> buffer.checkLimit(CAPACITY + 1)).isInstanceOf(IndexOutOfBoundsException.class)
            .hasMessageContaining("65").hasMessageContaining("64");
        assertThatThrownBy(() -> buffer.checkLimit(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /// A length must fit the array or byte buffer on the other side too.
    @Test
    void arraysAreCheckedToo() {
        byte[] three = new byte[3];
        assertThatThrownBy(() -> buffer.getBytes(0, three, 1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.putBytes(0, three, -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.getBytes(0, ByteBuffer.wrap(three), 4))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.putBytes(0, ByteBuffer.wrap(three), 2, 2))
            .isInstanceOf(IndexOutOfBoundsException.class);
    }

    // Windows.

    /// One buffer moves from place to place and keeps its direct buffer reachable.
    @Test
    void aWindowMoves() {
        bytes.put(10, (byte) 42);
        buffer.wrap(bytes, 10, 4);
        assertThat(buffer.getByte(0)).isEqualTo((byte) 42);
        assertThat(buffer.capacity()).isEqualTo(4);
        assertThat(buffer.wrapAdjustment()).isEqualTo(10);
        assertThat(buffer.byteBuffer()).isSameAs(bytes);

        var second = new MemoryBuffer();
        second.wrap(buffer, 0, 2);
        assertThat(second.getByte(0)).isEqualTo((byte) 42);
        assertThat(second.byteBuffer()).isSameAs(bytes);
        second.wrap(buffer);
        assertThat(second).isEqualTo(buffer);

        second.wrap(buffer.addressOffset() + 1, 3);
        assertThat(second.byteBuffer()).isNull();
        assertThat(second.wrapAdjustment()).isZero();
        assertThat(second.addressOffset()).isEqualTo(buffer.addressOffset() + 1);
        assertThat(second.byteArray()).isNull();
        assertThat(second.isExpandable()).isFalse();
    }

    /// The position of a direct buffer does not matter, as in Agrona.
    @Test
    void positionAndLimitOfAWrappedBufferAreIgnored() {
        bytes.put(1, (byte) 7).position(5).limit(9);
        buffer.wrap(bytes, 1, 20);
        assertThat(buffer.getByte(0)).isEqualTo((byte) 7);
        bytes.clear().position(CAPACITY);
        buffer.wrap(bytes);
        assertThat(buffer.getByte(1)).isEqualTo((byte) 7);
    }

    /// A native window cannot wrap an array, and the message says what to do instead.
    @Test
    void anArrayIsRefusedWithAdvice() {
        assertThatThrownBy(() -> buffer.wrap(new byte[8])).isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("putBytes").hasMessageContaining("allocateDirect");
        assertThatThrownBy(() -> buffer.wrap(new byte[8], 0, 4)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> buffer.wrap(ByteBuffer.allocate(8))).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> buffer.wrap(arrayBacked(new byte[8], 0)))
            .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> buffer.wrap(0L, -1)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("-1");
        assertThatThrownBy(() -> buffer.wrap(bytes, 60, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /// Stands for Agrona's array buffers, whose own classes need a JVM flag.
    private static DirectBuffer arrayBacked(byte[] array, int adjustment) {
        return (DirectBuffer) Proxy.newProxyInstance(
            DirectBuffer.class.getClassLoader(), new Class<?>[] {DirectBuffer.class}, (_, method, _) ->
                switch (method.getName()) {
                    case "byteArray" -> array;
                    case "wrapAdjustment" -> adjustment;
                    case "capacity" -> array.length - adjustment;
                    case "boundsCheck" -> null;
                    default -> throw new AssertionError(method);
                });
    }

    // Bulk.

    /// Bytes go in and out through arrays, both sorts of `ByteBuffer` and buffers of either kind.
    @Test
    void bytesTravelThroughEveryKindOfBuffer() {
        buffer.putBytes(1, "abcdefgh".getBytes(US_ASCII), 2, 4);
        byte[] read = new byte[6];
        buffer.getBytes(1, read, 1, 4);
        assertThat(read).isEqualTo("\0cdef\0".getBytes(US_ASCII));

        for (ByteBuffer other : List.of(ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20),
            ByteBuffer.allocate(30).position(5).slice(), ByteBuffer.allocateDirect(30).position(5).slice())) {
            other.position(3);
            buffer.getBytes(1, other, 4);
            assertThat(other.position()).isEqualTo(7);
            assertThat(other.get(3)).isEqualTo((byte) 'c');
            buffer.getBytes(2, other, 10, 2);
            assertThat(other.get(11)).isEqualTo((byte) 'e');
            assertThat(other.position()).isEqualTo(7);

            other.position(3);
            buffer.putBytes(40, other, 4);
            assertThat(other.position()).isEqualTo(7);
            assertThat(buffer.getStringWithoutLengthAscii(40, 4)).isEqualTo("cdef");
            buffer.putBytes(50, other.asReadOnlyBuffer(), 10, 2);
            assertThat(buffer.getStringWithoutLengthAscii(50, 2)).isEqualTo("de");
            assertThatThrownBy(() -> buffer.getBytes(0, other.asReadOnlyBuffer(), 2))
                .isInstanceOf(ReadOnlyBufferException.class);
        }

        buffer.putBytes(20, arrayBacked("0123456789".getBytes(US_ASCII), 2), 1, 3);
        assertThat(buffer.getStringWithoutLengthAscii(20, 3)).isEqualTo("345");
        buffer.getBytes(20, buffer, 30, 3);
        assertThat(buffer.getStringWithoutLengthAscii(30, 3)).isEqualTo("345");
        buffer.putBytes(21, buffer, 20, 3);
        assertThat(buffer.getStringWithoutLengthAscii(20, 4)).as("overlapping").isEqualTo("3345");

        buffer.setMemory(8, 3, (byte) 9);
        assertThat(buffer.getInt(7, BIG_ENDIAN)).isEqualTo(0x00090909);
    }

    /// Contents determine equality, hash and order.
    @Test
    void contentsDetermineEqualityHashAndOrder() {
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(48, 8).address();
            var left = new MemoryBuffer(address, 11);
            var right = new MemoryBuffer(address + 16, 11);
            assertThat(left).isEqualTo(right).hasSameHashCodeAs(right).isEqualByComparingTo(right);
            left.putByte(10, (byte) 1);
            assertThat(left).isNotEqualTo(right).isGreaterThan(right);
            left.putByte(0, (byte) -1);
            right.putByte(0, (byte) 1);
            right.putByte(7, (byte) -1);
            assertThat(left).as("eight bytes compare as one signed long").isGreaterThan(right);
            right.wrap(address, 10);
            assertThat(left).isNotEqualTo(right).isGreaterThan(right);
            assertThat(left.toString()).contains("MemoryBuffer").contains("capacity=11");
            assertThat(left.equals(null)).isFalse();
        }
    }

    // Text.

    /// A length of four bytes and the characters, in the given byte order, with `?` for characters outside ASCII.
    @Test
    void stringsHaveAgronasFormat() {
        assertThat(buffer.putStringAscii(1, "héllo")).isEqualTo(9);
        assertThat(buffer.getInt(1)).isEqualTo(5);
        assertThat(buffer.getStringAscii(1)).isEqualTo("h?llo");
        assertThat(buffer.getStringAscii(1, 2)).isEqualTo("h?");
        assertThat(buffer.putStringAscii(1, CharBuffer.wrap("xyz"), BIG_ENDIAN)).isEqualTo(7);
        assertThat(buffer.getInt(1, BIG_ENDIAN)).isEqualTo(3);
        assertThat(buffer.getStringAscii(1, BIG_ENDIAN)).isEqualTo("xyz");
        var text = new StringBuilder();
        assertThat(buffer.getStringAscii(1, text, BIG_ENDIAN)).isEqualTo(3);
        assertThat(buffer.getStringAscii(1, 2, text)).isEqualTo(2);
        assertThat(text).hasToString("xyzxy");
        assertThat(buffer.putStringAscii(1, (String) null)).isEqualTo(4);
        assertThat(buffer.getStringAscii(1)).isEmpty();
        assertThat(buffer.putStringWithoutLengthAscii(0, "abcdef", 2, 9)).isEqualTo(4);
        assertThat(buffer.putStringWithoutLengthAscii(4, CharBuffer.wrap("abcdef"), 2, 3)).isEqualTo(3);
        assertThat(buffer.getStringWithoutLengthAscii(0, 7)).isEqualTo("cdefcde");

        assertThat(buffer.putStringUtf8(2, "hé€😀")).isEqualTo(4 + 10);
        assertThat(buffer.getStringUtf8(2)).isEqualTo("hé€😀");
        assertThat(buffer.getStringUtf8(2, 3)).isEqualTo("hé");
        assertThat(buffer.putStringUtf8(2, "é", BIG_ENDIAN)).isEqualTo(6);
        assertThat(buffer.getStringUtf8(2, BIG_ENDIAN)).isEqualTo("é");
        assertThat(buffer.putStringWithoutLengthUtf8(2, "€")).isEqualTo(3);
        assertThat(buffer.getStringWithoutLengthUtf8(2, 3)).isEqualTo("€");
        assertThat(buffer.putStringUtf8(0, null)).isEqualTo(8);
        assertThat(buffer.getStringUtf8(0)).isEqualTo("null");
        assertThatThrownBy(() -> buffer.putStringUtf8(0, "abc", 2)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("3 bytes").hasMessageContaining("2");
        assertThat("hé€😀".getBytes(UTF_8)).hasSize(10);
    }

    /// A length that another process has overwritten is refused before anything is allocated for it.
    @Test
    void aForgedStringLengthIsRefused() {
        for (int length : new int[] {-1, CAPACITY, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            buffer.putInt(0, length);
            assertThatThrownBy(() -> buffer.getStringUtf8(0)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.getStringAscii(0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    /// Numbers of every length print as `String.valueOf` prints them and parse back.
    @Test
    void printedNumbersRoundTrip() {
        for (long base = 1; base > 0 && base < Long.MAX_VALUE / 10; base *= 10) {
            for (long value : new long[] {base, -base, base - 1, 1 - base, base + 7}) {
                checkLong(value);
                if (value == (int) value) {
                    checkInt((int) value);
                }
            }
        }
        checkLong(Long.MIN_VALUE);
        checkLong(Long.MAX_VALUE);
        checkInt(Integer.MIN_VALUE);
        checkInt(Integer.MAX_VALUE);
    }

    private void checkLong(long value) {
        int length = buffer.putLongAscii(5, value);
        assertThat(buffer.getStringWithoutLengthAscii(5, length)).isEqualTo(Long.toString(value));
        assertThat(buffer.parseLongAscii(5, length)).isEqualTo(value);
        if (value >= 0) {
            assertThat(buffer.putNaturalLongAscii(5, value)).isEqualTo(length);
            assertThat(buffer.parseNaturalLongAscii(5, length)).isEqualTo(value);
        }
    }

    private void checkInt(int value) {
        int length = buffer.putIntAscii(5, value);
        assertThat(buffer.getStringWithoutLengthAscii(5, length)).isEqualTo(Integer.toString(value));
        assertThat(buffer.parseIntAscii(5, length)).isEqualTo(value);
        if (value >= 0) {
            assertThat(buffer.putNaturalIntAscii(5, value)).isEqualTo(length);
            assertThat(buffer.parseNaturalIntAscii(5, length)).isEqualTo(value);
            assertThat(buffer.putNaturalIntAsciiFromEnd(value, 40)).isEqualTo(40 - length);
            assertThat(buffer.parseNaturalIntAscii(40 - length, length)).isEqualTo(value);
            buffer.putNaturalPaddedIntAscii(5, 12, value);
            assertThat(buffer.getStringWithoutLengthAscii(5, 12)).isEqualTo(String.format("%012d", value));
        }
    }

    /// Text that is not a number, or a number out of range, is refused with its text.
    @Test
    void malformedNumbersAreRefused() {
        for (String text : List.of("-", "12a", "2147483648", "-2147483649", "99999999999", "--1", "+1", " 1")) {
            int length = buffer.putStringWithoutLengthAscii(0, text);
            assertThatThrownBy(() -> buffer.parseIntAscii(0, length))
                .isInstanceOf(AsciiNumberFormatException.class).hasMessageContaining(text);
        }
        for (String text : List.of("9223372036854775808", "-9223372036854775809", "99999999999999999999")) {
            int length = buffer.putStringWithoutLengthAscii(0, text);
            assertThatThrownBy(() -> buffer.parseLongAscii(0, length))
                .isInstanceOf(AsciiNumberFormatException.class).hasMessageContaining("overflow");
        }
        buffer.putStringWithoutLengthAscii(0, "-5");
        assertThatThrownBy(() -> buffer.parseNaturalIntAscii(0, 2)).isInstanceOf(AsciiNumberFormatException.class);
        assertThatThrownBy(() -> buffer.parseIntAscii(0, 0)).isInstanceOf(AsciiNumberFormatException.class);
        assertThatThrownBy(() -> buffer.putNaturalIntAscii(0, -5)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> buffer.putNaturalPaddedIntAscii(0, 2, 123)).isInstanceOf(NumberFormatException.class)
            .hasMessage("Cannot write 123 in 2 bytes");
    }

    // Ordered.

    /// Every ordered method reads and writes the one word it names.
    @Test
    void orderedMethodsWorkOnOneWord() {
        buffer.putLongVolatile(8, 1);
        buffer.putLongRelease(8, buffer.getLongVolatile(8) + 1);
        buffer.putLongOrdered(8, buffer.getLongAcquire(8) + 1);
        buffer.putLongOpaque(8, buffer.getLongOpaque(8) + 1);
        assertThat(buffer.getLong(8)).isEqualTo(4);
        assertThat(buffer.addLongRelease(8, 1)).isEqualTo(4);
        assertThat(buffer.addLongOrdered(8, 1)).isEqualTo(5);
        assertThat(buffer.addLongOpaque(8, 1)).isEqualTo(6);
        assertThat(buffer.getAndAddLong(8, 1)).isEqualTo(7);
        assertThat(buffer.getAndSetLong(8, -9)).isEqualTo(8);
        assertThat(buffer.compareAndSetLong(8, 0, 1)).isFalse();
        assertThat(buffer.compareAndSetLong(8, -9, 10)).isTrue();
        assertThat(buffer.compareAndExchangeLong(8, 0, 1)).isEqualTo(10);
        assertThat(buffer.compareAndExchangeLong(8, 10, 11)).isEqualTo(10);
        assertThat(buffer.getLong(8)).isEqualTo(11);
        assertThat(buffer.getLong(0)).isZero();

        buffer.putIntVolatile(20, 1);
        buffer.putIntRelease(20, buffer.getIntVolatile(20) + 1);
        buffer.putIntOrdered(20, buffer.getIntAcquire(20) + 1);
        buffer.putIntOpaque(20, buffer.getIntOpaque(20) + 1);
        assertThat(buffer.addIntRelease(20, 1)).isEqualTo(4);
        assertThat(buffer.addIntOrdered(20, 1)).isEqualTo(5);
        assertThat(buffer.addIntOpaque(20, 1)).isEqualTo(6);
        assertThat(buffer.getAndAddInt(20, 1)).isEqualTo(7);
        assertThat(buffer.getAndSetInt(20, -9)).isEqualTo(8);
        assertThat(buffer.compareAndSetInt(20, 0, 1)).isFalse();
        assertThat(buffer.compareAndSetInt(20, -9, 10)).isTrue();
        assertThat(buffer.compareAndExchangeInt(20, 0, 1)).isEqualTo(10);
        assertThat(buffer.compareAndExchangeInt(20, 10, 11)).isEqualTo(10);
        assertThat(buffer.getInt(20)).isEqualTo(11);
        assertThat(buffer.getInt(16)).isZero();

        buffer.putShortVolatile(30, (short) -2);
        buffer.putCharVolatile(32, '€');
        buffer.putByteVolatile(35, (byte) -3);
        assertThat(buffer.getShortVolatile(30)).isEqualTo((short) -2);
        assertThat(buffer.getCharVolatile(32)).isEqualTo('€');
        assertThat(buffer.getByteVolatile(35)).isEqualTo((byte) -3);
    }

    /// Ordered access to an unaligned word is refused; `verifyAlignment` refuses an unaligned window.
    @Test
    void orderedAccessNeedsAlignment() {
        buffer.verifyAlignment();
        assertThatThrownBy(() -> buffer.getLongVolatile(4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> buffer.compareAndSetInt(2, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        buffer.wrap(buffer.addressOffset() + 4, 8);
        assertThatThrownBy(buffer::verifyAlignment).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("multiple of 8");
    }

    /// Plain stores before a release are visible after the acquire that saw it; each hand-over is one round trip.
    @Test
    void aReleaseHandsPlainStoresToAnotherThread() throws InterruptedException {
        int rounds = 20_000;
        var failure = new AtomicReference<Throwable>();
        Thread echo = Thread.ofPlatform().start(() -> {
            try {
                var mine = new MemoryBuffer();
                mine.wrap(bytes);
                for (int i = 1; i <= rounds; i++) {
                    while (mine.getLongAcquire(0) != i) {
                        Thread.onSpinWait();
                    }
                    assertThat(mine.getInt(8)).isEqualTo(i);
                    mine.putInt(24, -i);
                    mine.putLongRelease(16, i);
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        for (int i = 1; i <= rounds && echo.isAlive(); i++) {
            buffer.putInt(8, i);
            buffer.putLongRelease(0, i);
            while (buffer.getLongAcquire(16) != i && echo.isAlive()) {
                Thread.onSpinWait();
            }
            if (failure.get() == null) {
                assertThat(buffer.getInt(24)).isEqualTo(-i);
            }
        }
        echo.join();
        assertThat(failure.get()).isNull();
    }

    /// Two threads add in five ways to five words; no addition is lost.
    @Test
    void additionsOfTwoThreadsAreAllCounted() throws InterruptedException {
        int times = 50_000;
        Runnable adder = () -> {
            for (int i = 0; i < times; i++) {
                buffer.getAndAddLong(0, 1);
                buffer.getAndAddInt(8, 1);
                buffer.addLongRelease(16, 1);
                long seen;
                do {
                    seen = buffer.getLongVolatile(24);
                } while (!buffer.compareAndSetLong(24, seen, seen + 1));
                int expected = buffer.getIntVolatile(32);
                for (int found; (found = buffer.compareAndExchangeInt(32, expected, expected + 1)) != expected;) {
                    expected = found;
                }
            }
        };
        Thread other = Thread.ofPlatform().start(adder);
        adder.run();
        other.join();
        assertThat(buffer.getLong(0)).isEqualTo(2L * times);
        assertThat(buffer.getInt(8)).isEqualTo(2 * times);
        assertThat(buffer.getLong(16)).isEqualTo(2L * times);
        assertThat(buffer.getLong(24)).isEqualTo(2L * times);
        assertThat(buffer.getInt(32)).isEqualTo(2 * times);
    }

    /// Moving the window, reading and writing cost no garbage.
    @Test
    void accessAllocatesNothing() {
        long address = buffer.addressOffset();
        byte[] array = new byte[16];
        var window = new MemoryBuffer();
        assertThat(AllocationMeter.bytesPerOperation(() -> {
            window.wrap(address, CAPACITY);
            window.putLong(0, window.getLong(8, BIG_ENDIAN) + 1);
            window.putDouble(17, window.getDouble(3));
            window.putIntRelease(24, window.getIntAcquire(28));
            window.compareAndSetLong(40, 0, 1);
            window.putStringAscii(30, "text");
            window.putIntAscii(30, -12345);
            window.parseIntAscii(30, 6);
            window.putBytes(0, array);
            window.getBytes(1, array);
            window.putBytes(0, window, 8, 16);
            window.setMemory(0, 33, (byte) 0);
            window.boundsCheck(0, 64);
        })).isZero();
    }
}
