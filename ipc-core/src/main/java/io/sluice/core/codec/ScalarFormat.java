package io.sluice.core.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// The values without parts: primitives, their boxes, and the value types of the JDK.
final class ScalarFormat extends Format {
    private static final Map<Class<?>, ScalarFormat> MADE = new ConcurrentHashMap<>();
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

    /// Reads a whole message of fixed length without a [Source]: where values of several types are read, the JIT
    /// compiler would not remove the allocation of one.
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

    /// The format of a type without parts, or `null`. Each is made at its first use: the JVM generates classes for
    /// its lambdas, and most programs need one or two formats.
    static ScalarFormat of(Class<?> type) {
        ScalarFormat known = MADE.get(type);
        if (known != null) {
            return known;
        }
        ScalarFormat made = make(type);
        if (made == null) {
            return null;
        }
        ScalarFormat other = MADE.putIfAbsent(type, made);
        return other == null ? made : other;
    }

    private static ScalarFormat make(Class<?> type) {
        return switch (type.getName()) {
            case "boolean", "java.lang.Boolean" -> primitive(type, 1,
                (value, buffer, at) -> Sink.put((boolean) value, buffer, at),
                Source::getBoolean, Source::getBoolean);
            case "byte", "java.lang.Byte" -> primitive(type, 1,
                (value, buffer, at) -> Sink.put((byte) value, buffer, at),
                Source::getByte, Source::getByte);
            case "short", "java.lang.Short" -> primitive(type, 2,
                (value, buffer, at) -> Sink.put((short) value, buffer, at),
                Source::getShort, Source::getShort);
            case "char", "java.lang.Character" -> primitive(type, 2,
                (value, buffer, at) -> Sink.put((char) value, buffer, at),
                Source::getChar, Source::getChar);
            case "int", "java.lang.Integer" -> primitive(type, 4,
                (value, buffer, at) -> Sink.put((int) value, buffer, at),
                Source::getInt, Source::getInt);
            case "long", "java.lang.Long" -> primitive(type, 8,
                (value, buffer, at) -> Sink.put((long) value, buffer, at),
                Source::getLong, Source::getLong);
            case "float", "java.lang.Float" -> primitive(type, 4,
                (value, buffer, at) -> Sink.put((float) value, buffer, at),
                Source::getFloat, Source::getFloat);
            case "double", "java.lang.Double" -> primitive(type, 8,
                (value, buffer, at) -> Sink.put((double) value, buffer, at),
                Source::getDouble, Source::getDouble);
            case "java.time.Instant" -> fixed(type, 12, (value, buffer, at) -> {
                var instant = (Instant) value;
                return Sink.put(instant.getNano(), buffer, Sink.put(instant.getEpochSecond(), buffer, at));
            }, source -> Instant.ofEpochSecond(source.getLong(), nanos(source)));
            case "java.time.Duration" -> fixed(type, 12, (value, buffer, at) -> {
                var duration = (Duration) value;
                return Sink.put(duration.getNano(), buffer, Sink.put(duration.getSeconds(), buffer, at));
            }, source -> Duration.ofSeconds(source.getLong(), nanos(source)));
            case "java.time.LocalDate" -> fixed(type, 8,
                (value, buffer, at) -> Sink.put(((LocalDate) value).toEpochDay(), buffer, at), ScalarFormat::date);
            case "java.time.LocalTime" -> fixed(type, 8,
                (value, buffer, at) -> Sink.put(((LocalTime) value).toNanoOfDay(), buffer, at), ScalarFormat::time);
            case "java.time.LocalDateTime" -> fixed(type, 16, (value, buffer, at) -> {
                var dateTime = (LocalDateTime) value;
                int next = Sink.put(dateTime.toLocalDate().toEpochDay(), buffer, at);
                return Sink.put(dateTime.toLocalTime().toNanoOfDay(), buffer, next);
            }, source -> LocalDateTime.of(date(source), time(source)));
            case "java.util.UUID" -> fixed(type, 16, (value, buffer, at) -> {
                var uuid = (UUID) value;
                int next = Sink.put(uuid.getMostSignificantBits(), buffer, at);
                return Sink.put(uuid.getLeastSignificantBits(), buffer, next);
            }, source -> new UUID(source.getLong(), source.getLong()));
            case "java.math.BigInteger" -> unbounded(type, Integer.BYTES + TYPICAL_MAGNITUDE,
                (value, buffer, at) -> putMagnitude(buffer, at, (BigInteger) value), ScalarFormat::magnitude);
            case "java.math.BigDecimal" -> unbounded(type, 2 * Integer.BYTES + TYPICAL_MAGNITUDE,
                (value, buffer, at) -> {
                    var decimal = (BigDecimal) value;
                    return putMagnitude(buffer, Sink.put(decimal.scale(), buffer, at), decimal.unscaledValue());
                }, source -> {
                    int scale = source.getInt();
                    return new BigDecimal(magnitude(source), scale);
                });
            default -> null;
        };
    }

    private static ScalarFormat primitive(
            Class<?> type, int bytes, Writer writer, Reader reader, WholeReader whole) {
        return new ScalarFormat(type.getSimpleName(), bytes, bytes, writer, reader, whole);
    }

    private static ScalarFormat fixed(Class<?> type, int bytes, Writer writer, Reader reader) {
        return new ScalarFormat(type.getSimpleName(), bytes, bytes, writer, reader, null);
    }

    private static ScalarFormat unbounded(Class<?> type, int typical, Writer writer, Reader reader) {
        return new ScalarFormat(type.getSimpleName(), Codec.UNBOUNDED, typical, writer, reader, null);
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
