package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.agrona.MutableDirectBuffer;

/// The values without parts: primitives, their boxes, and the value types of the JDK.
final class ScalarFormat extends Format {
    private static final Map<Class<?>, ScalarFormat> ALL = new HashMap<>();
    private static final int TYPICAL_MAGNITUDE = 8;

    private final String name;
    private final int max;
    private final int typical;
    private final Writer writer;
    private final Reader reader;

    private interface Writer {
        int write(Object value, MutableDirectBuffer buffer, int at);
    }

    private interface Reader {
        Object read(Source source);
    }

    private ScalarFormat(String name, int max, int typical, Writer writer, Reader reader) {
        this.name = name;
        this.max = max;
        this.typical = typical;
        this.writer = writer;
        this.reader = reader;
    }

    static {
        primitive(boolean.class, Boolean.class, 1, (value, buffer, at) -> {
            buffer.putByte(at, (byte) ((boolean) value ? 1 : 0));
            return at + 1;
        }, Source::getBoolean);
        primitive(byte.class, Byte.class, 1, (value, buffer, at) -> {
            buffer.putByte(at, (byte) value);
            return at + 1;
        }, Source::getByte);
        primitive(short.class, Short.class, 2, (value, buffer, at) -> {
            buffer.putShort(at, (short) value, LITTLE_ENDIAN);
            return at + 2;
        }, Source::getShort);
        primitive(char.class, Character.class, 2, (value, buffer, at) -> {
            buffer.putChar(at, (char) value, LITTLE_ENDIAN);
            return at + 2;
        }, Source::getChar);
        primitive(int.class, Integer.class, 4, (value, buffer, at) -> putInt(buffer, at, (int) value), Source::getInt);
        primitive(long.class, Long.class, 8,
            (value, buffer, at) -> putLong(buffer, at, (long) value), Source::getLong);
        primitive(float.class, Float.class, 4, (value, buffer, at) -> {
            buffer.putFloat(at, (float) value, LITTLE_ENDIAN);
            return at + 4;
        }, Source::getFloat);
        primitive(double.class, Double.class, 8, (value, buffer, at) -> {
            buffer.putDouble(at, (double) value, LITTLE_ENDIAN);
            return at + 8;
        }, Source::getDouble);

        fixed(Instant.class, 12, (value, buffer, at) -> {
            var instant = (Instant) value;
            return putInt(buffer, putLong(buffer, at, instant.getEpochSecond()), instant.getNano());
        }, source -> Instant.ofEpochSecond(source.getLong(), nanos(source)));
        fixed(Duration.class, 12, (value, buffer, at) -> {
            var duration = (Duration) value;
            return putInt(buffer, putLong(buffer, at, duration.getSeconds()), duration.getNano());
        }, source -> Duration.ofSeconds(source.getLong(), nanos(source)));
        fixed(LocalDate.class, 8,
            (value, buffer, at) -> putLong(buffer, at, ((LocalDate) value).toEpochDay()), ScalarFormat::date);
        fixed(LocalTime.class, 8,
            (value, buffer, at) -> putLong(buffer, at, ((LocalTime) value).toNanoOfDay()), ScalarFormat::time);
        fixed(LocalDateTime.class, 16, (value, buffer, at) -> {
            var dateTime = (LocalDateTime) value;
            int next = putLong(buffer, at, dateTime.toLocalDate().toEpochDay());
            return putLong(buffer, next, dateTime.toLocalTime().toNanoOfDay());
        }, source -> LocalDateTime.of(date(source), time(source)));
        fixed(UUID.class, 16, (value, buffer, at) -> {
            var uuid = (UUID) value;
            return putLong(buffer, putLong(buffer, at, uuid.getMostSignificantBits()), uuid.getLeastSignificantBits());
        }, source -> new UUID(source.getLong(), source.getLong()));

        put(BigInteger.class, new ScalarFormat("BigInteger", Codec.UNBOUNDED, Integer.BYTES + TYPICAL_MAGNITUDE,
            (value, buffer, at) -> putMagnitude(buffer, at, (BigInteger) value), ScalarFormat::magnitude));
        put(BigDecimal.class, new ScalarFormat("BigDecimal", Codec.UNBOUNDED, 2 * Integer.BYTES + TYPICAL_MAGNITUDE,
            (value, buffer, at) -> {
                var decimal = (BigDecimal) value;
                return putMagnitude(buffer, putInt(buffer, at, decimal.scale()), decimal.unscaledValue());
            }, source -> {
                int scale = source.getInt();
                return new BigDecimal(magnitude(source), scale);
            }));
    }

    private static void primitive(Class<?> type, Class<?> box, int bytes, Writer writer, Reader reader) {
        put(type, new ScalarFormat(type.getName(), bytes, bytes, writer, reader));
        fixed(box, bytes, writer, reader);
    }

    private static void fixed(Class<?> type, int bytes, Writer writer, Reader reader) {
        put(type, new ScalarFormat(type.getSimpleName(), bytes, bytes, writer, reader));
    }

    private static void put(Class<?> type, ScalarFormat format) {
        ALL.put(type, format);
    }

    /// The format of a type without parts, or `null`.
    static ScalarFormat of(Class<?> type) {
        return ALL.get(type);
    }

    private static int putInt(MutableDirectBuffer buffer, int at, int value) {
        buffer.putInt(at, value, LITTLE_ENDIAN);
        return at + Integer.BYTES;
    }

    private static int putLong(MutableDirectBuffer buffer, int at, long value) {
        buffer.putLong(at, value, LITTLE_ENDIAN);
        return at + Long.BYTES;
    }

    private static int putMagnitude(MutableDirectBuffer buffer, int at, BigInteger value) {
        byte[] bytes = value.toByteArray();
        buffer.putBytes(putInt(buffer, at, bytes.length), bytes);
        return at + Integer.BYTES + bytes.length;
    }

    private static BigInteger magnitude(Source source) {
        return new BigInteger(source.getBytes(source.getLength(1)));
    }

    private static int nanos(Source source) {
        int nanos = source.getInt();
        if (nanos < 0 || nanos > 999_999_999) {
            throw new CodecException("expected nanoseconds from 0 to 999,999,999, found " + nanos);
        }
        return nanos;
    }

    private static LocalDate date(Source source) {
        return LocalDate.ofEpochDay(source.getLong());
    }

    private static LocalTime time(Source source) {
        return LocalTime.ofNanoOfDay(source.getLong());
    }

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        return writer.write(value, buffer, at);
    }

    @Override
    Object read(Source source) {
        return reader.read(source);
    }

    @Override
    void describe(Description description) {
        description.append(name);
    }

    @Override
    int max(Set<Format> open) {
        return max;
    }

    @Override
    int typical(Set<Format> open) {
        return typical;
    }
}
