package io.sluice.core.codec;

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
import org.agrona.DirectBuffer;
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
    /// Null for all but primitives and their boxes.
    private final WholeReader wholeReader;

    private interface Writer {
        int write(Object value, MutableDirectBuffer buffer, int at);
    }

    private interface Reader {
        Object read(Source source);
    }

    /// Reads a whole message of the only length there is, without a [Source]: where values of several types are read,
    /// the compiler would not do without the object.
    private interface WholeReader {
        Object read(DirectBuffer buffer, int at);
    }

    private ScalarFormat(String name, int max, int typical, Writer writer, Reader reader, WholeReader wholeReader) {
        this.name = name;
        this.max = max;
        this.typical = typical;
        this.writer = writer;
        this.reader = reader;
        this.wholeReader = wholeReader;
    }

    private ScalarFormat(String name, int max, int typical, Writer writer, Reader reader) {
        this(name, max, typical, writer, reader, null);
    }

    static {
        primitive(boolean.class, Boolean.class, 1,
            (value, buffer, at) -> Sink.put((boolean) value, buffer, at),
            Source::getBoolean, Source::getBoolean);
        primitive(byte.class, Byte.class, 1,
            (value, buffer, at) -> Sink.put((byte) value, buffer, at),
            Source::getByte, Source::getByte);
        primitive(short.class, Short.class, 2,
            (value, buffer, at) -> Sink.put((short) value, buffer, at),
            Source::getShort, Source::getShort);
        primitive(char.class, Character.class, 2,
            (value, buffer, at) -> Sink.put((char) value, buffer, at),
            Source::getChar, Source::getChar);
        primitive(int.class, Integer.class, 4,
            (value, buffer, at) -> Sink.put((int) value, buffer, at),
            Source::getInt, Source::getInt);
        primitive(long.class, Long.class, 8,
            (value, buffer, at) -> Sink.put((long) value, buffer, at),
            Source::getLong, Source::getLong);
        primitive(float.class, Float.class, 4,
            (value, buffer, at) -> Sink.put((float) value, buffer, at),
            Source::getFloat, Source::getFloat);
        primitive(double.class, Double.class, 8,
            (value, buffer, at) -> Sink.put((double) value, buffer, at),
            Source::getDouble, Source::getDouble);

        fixed(Instant.class, 12, (value, buffer, at) -> {
            var instant = (Instant) value;
            return Sink.put(instant.getNano(), buffer, Sink.put(instant.getEpochSecond(), buffer, at));
        }, source -> Instant.ofEpochSecond(source.getLong(), nanos(source)));
        fixed(Duration.class, 12, (value, buffer, at) -> {
            var duration = (Duration) value;
            return Sink.put(duration.getNano(), buffer, Sink.put(duration.getSeconds(), buffer, at));
        }, source -> Duration.ofSeconds(source.getLong(), nanos(source)));
        fixed(LocalDate.class, 8,
            (value, buffer, at) -> Sink.put(((LocalDate) value).toEpochDay(), buffer, at), ScalarFormat::date);
        fixed(LocalTime.class, 8,
            (value, buffer, at) -> Sink.put(((LocalTime) value).toNanoOfDay(), buffer, at), ScalarFormat::time);
        fixed(LocalDateTime.class, 16, (value, buffer, at) -> {
            var dateTime = (LocalDateTime) value;
            int next = Sink.put(dateTime.toLocalDate().toEpochDay(), buffer, at);
            return Sink.put(dateTime.toLocalTime().toNanoOfDay(), buffer, next);
        }, source -> LocalDateTime.of(date(source), time(source)));
        fixed(UUID.class, 16, (value, buffer, at) -> {
            var uuid = (UUID) value;
            int next = Sink.put(uuid.getMostSignificantBits(), buffer, at);
            return Sink.put(uuid.getLeastSignificantBits(), buffer, next);
        }, source -> new UUID(source.getLong(), source.getLong()));

        put(BigInteger.class, new ScalarFormat("BigInteger", Codec.UNBOUNDED, Integer.BYTES + TYPICAL_MAGNITUDE,
            (value, buffer, at) -> putMagnitude(buffer, at, (BigInteger) value), ScalarFormat::magnitude));
        put(BigDecimal.class, new ScalarFormat("BigDecimal", Codec.UNBOUNDED, 2 * Integer.BYTES + TYPICAL_MAGNITUDE,
            (value, buffer, at) -> {
                var decimal = (BigDecimal) value;
                return putMagnitude(buffer, Sink.put(decimal.scale(), buffer, at), decimal.unscaledValue());
            }, source -> {
                int scale = source.getInt();
                return new BigDecimal(magnitude(source), scale);
            }));
    }

    private static void primitive(
            Class<?> type, Class<?> box, int bytes, Writer writer, Reader reader, WholeReader whole) {
        put(type, new ScalarFormat(type.getName(), bytes, bytes, writer, reader, whole));
        put(box, new ScalarFormat(box.getSimpleName(), bytes, bytes, writer, reader, whole));
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

    private static int putMagnitude(MutableDirectBuffer buffer, int at, BigInteger value) {
        byte[] bytes = value.toByteArray();
        buffer.putBytes(Sink.put(bytes.length, buffer, at), bytes);
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
    Object readMessage(DirectBuffer buffer, int offset, int length) {
        return wholeReader != null && length == max
            ? wholeReader.read(buffer, offset)
            : super.readMessage(buffer, offset, length);
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
