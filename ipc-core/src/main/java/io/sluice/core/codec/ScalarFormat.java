package io.sluice.core.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Set;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// The values without parts: primitives, their boxes, and the value types of the JDK.
abstract class ScalarFormat extends Format {
    private static final int TYPICAL_MAGNITUDE = 8;

    private final String name;
    private final int max;
    private final int typical;

    private ScalarFormat(String name, int max, int typical) {
        this.name = name;
        this.max = max;
        this.typical = typical;
    }

    /// The format of a type without parts, or `null`.
    ///
    /// Each has a class of its own, and that class has its instances, typed as this one: so the JVM loads the formats
    /// that are used, and no other. Lambdas would cost a start three generated classes for each format.
    static ScalarFormat of(Class<?> type) {
        return switch (type.getName()) {
            case "boolean" -> Booleans.PRIMITIVE;
            case "java.lang.Boolean" -> Booleans.BOXED;
            case "byte" -> Bytes.PRIMITIVE;
            case "java.lang.Byte" -> Bytes.BOXED;
            case "short" -> Shorts.PRIMITIVE;
            case "java.lang.Short" -> Shorts.BOXED;
            case "char" -> Chars.PRIMITIVE;
            case "java.lang.Character" -> Chars.BOXED;
            case "int" -> Ints.PRIMITIVE;
            case "java.lang.Integer" -> Ints.BOXED;
            case "long" -> Longs.PRIMITIVE;
            case "java.lang.Long" -> Longs.BOXED;
            case "float" -> Floats.PRIMITIVE;
            case "java.lang.Float" -> Floats.BOXED;
            case "double" -> Doubles.PRIMITIVE;
            case "java.lang.Double" -> Doubles.BOXED;
            case "java.time.Instant" -> Instants.INSTANCE;
            case "java.time.Duration" -> Durations.INSTANCE;
            case "java.time.LocalDate" -> Dates.INSTANCE;
            case "java.time.LocalTime" -> Times.INSTANCE;
            case "java.time.LocalDateTime" -> DateTimes.INSTANCE;
            case "java.util.UUID" -> Uuids.INSTANCE;
            case "java.math.BigInteger" -> BigIntegers.INSTANCE;
            case "java.math.BigDecimal" -> BigDecimals.INSTANCE;
            default -> null;
        };
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

    private abstract static class Primitive extends ScalarFormat {
        private final int bytes;

        Primitive(String name, int bytes) {
            super(name, bytes, bytes);
            this.bytes = bytes;
        }

        /// Reads a whole message of fixed length without a [Source]: where values of several types are read, the JIT
        /// compiler would not remove the allocation of one.
        @Override
        final Object readMessage(DirectBuffer buffer, int offset, int length) {
            return length == bytes ? readAt(buffer, offset) : super.readMessage(buffer, offset, length);
        }

        abstract Object readAt(DirectBuffer buffer, int at);
    }

    private static final class Booleans extends Primitive {
        static final ScalarFormat PRIMITIVE = new Booleans("boolean");
        static final ScalarFormat BOXED = new Booleans("Boolean");

        private Booleans(String name) {
            super(name, 1);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put((boolean) value, buffer, at);
        }

        @Override
        Object read(Source source) {
            return source.getBoolean();
        }

        @Override
        Object readAt(DirectBuffer buffer, int at) {
            return Source.getBoolean(buffer, at);
        }
    }

    private static final class Bytes extends Primitive {
        static final ScalarFormat PRIMITIVE = new Bytes("byte");
        static final ScalarFormat BOXED = new Bytes("Byte");

        private Bytes(String name) {
            super(name, Byte.BYTES);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put((byte) value, buffer, at);
        }

        @Override
        Object read(Source source) {
            return source.getByte();
        }

        @Override
        Object readAt(DirectBuffer buffer, int at) {
            return Source.getByte(buffer, at);
        }
    }

    private static final class Shorts extends Primitive {
        static final ScalarFormat PRIMITIVE = new Shorts("short");
        static final ScalarFormat BOXED = new Shorts("Short");

        private Shorts(String name) {
            super(name, Short.BYTES);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put((short) value, buffer, at);
        }

        @Override
        Object read(Source source) {
            return source.getShort();
        }

        @Override
        Object readAt(DirectBuffer buffer, int at) {
            return Source.getShort(buffer, at);
        }
    }

    private static final class Chars extends Primitive {
        static final ScalarFormat PRIMITIVE = new Chars("char");
        static final ScalarFormat BOXED = new Chars("Character");

        private Chars(String name) {
            super(name, Character.BYTES);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put((char) value, buffer, at);
        }

        @Override
        Object read(Source source) {
            return source.getChar();
        }

        @Override
        Object readAt(DirectBuffer buffer, int at) {
            return Source.getChar(buffer, at);
        }
    }

    private static final class Ints extends Primitive {
        static final ScalarFormat PRIMITIVE = new Ints("int");
        static final ScalarFormat BOXED = new Ints("Integer");

        private Ints(String name) {
            super(name, Integer.BYTES);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put((int) value, buffer, at);
        }

        @Override
        Object read(Source source) {
            return source.getInt();
        }

        @Override
        Object readAt(DirectBuffer buffer, int at) {
            return Source.getInt(buffer, at);
        }
    }

    private static final class Longs extends Primitive {
        static final ScalarFormat PRIMITIVE = new Longs("long");
        static final ScalarFormat BOXED = new Longs("Long");

        private Longs(String name) {
            super(name, Long.BYTES);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put((long) value, buffer, at);
        }

        @Override
        Object read(Source source) {
            return source.getLong();
        }

        @Override
        Object readAt(DirectBuffer buffer, int at) {
            return Source.getLong(buffer, at);
        }
    }

    private static final class Floats extends Primitive {
        static final ScalarFormat PRIMITIVE = new Floats("float");
        static final ScalarFormat BOXED = new Floats("Float");

        private Floats(String name) {
            super(name, Float.BYTES);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put((float) value, buffer, at);
        }

        @Override
        Object read(Source source) {
            return source.getFloat();
        }

        @Override
        Object readAt(DirectBuffer buffer, int at) {
            return Source.getFloat(buffer, at);
        }
    }

    private static final class Doubles extends Primitive {
        static final ScalarFormat PRIMITIVE = new Doubles("double");
        static final ScalarFormat BOXED = new Doubles("Double");

        private Doubles(String name) {
            super(name, Double.BYTES);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put((double) value, buffer, at);
        }

        @Override
        Object read(Source source) {
            return source.getDouble();
        }

        @Override
        Object readAt(DirectBuffer buffer, int at) {
            return Source.getDouble(buffer, at);
        }
    }

    private static final class Instants extends ScalarFormat {
        static final ScalarFormat INSTANCE = new Instants();

        private Instants() {
            super("Instant", 12, 12);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            var instant = (Instant) value;
            return Sink.put(instant.getNano(), buffer, Sink.put(instant.getEpochSecond(), buffer, at));
        }

        @Override
        Object read(Source source) {
            return Instant.ofEpochSecond(source.getLong(), nanos(source));
        }
    }

    private static final class Durations extends ScalarFormat {
        static final ScalarFormat INSTANCE = new Durations();

        private Durations() {
            super("Duration", 12, 12);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            var duration = (Duration) value;
            return Sink.put(duration.getNano(), buffer, Sink.put(duration.getSeconds(), buffer, at));
        }

        @Override
        Object read(Source source) {
            return Duration.ofSeconds(source.getLong(), nanos(source));
        }
    }

    private static final class Dates extends ScalarFormat {
        static final ScalarFormat INSTANCE = new Dates();

        private Dates() {
            super("LocalDate", 8, 8);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put(((LocalDate) value).toEpochDay(), buffer, at);
        }

        @Override
        Object read(Source source) {
            return date(source);
        }
    }

    private static final class Times extends ScalarFormat {
        static final ScalarFormat INSTANCE = new Times();

        private Times() {
            super("LocalTime", 8, 8);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return Sink.put(((LocalTime) value).toNanoOfDay(), buffer, at);
        }

        @Override
        Object read(Source source) {
            return time(source);
        }
    }

    private static final class DateTimes extends ScalarFormat {
        static final ScalarFormat INSTANCE = new DateTimes();

        private DateTimes() {
            super("LocalDateTime", 16, 16);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            var dateTime = (LocalDateTime) value;
            int next = Sink.put(dateTime.toLocalDate().toEpochDay(), buffer, at);
            return Sink.put(dateTime.toLocalTime().toNanoOfDay(), buffer, next);
        }

        @Override
        Object read(Source source) {
            return LocalDateTime.of(date(source), time(source));
        }
    }

    private static final class Uuids extends ScalarFormat {
        static final ScalarFormat INSTANCE = new Uuids();

        private Uuids() {
            super("UUID", 16, 16);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            var uuid = (UUID) value;
            int next = Sink.put(uuid.getMostSignificantBits(), buffer, at);
            return Sink.put(uuid.getLeastSignificantBits(), buffer, next);
        }

        @Override
        Object read(Source source) {
            return new UUID(source.getLong(), source.getLong());
        }
    }

    private static final class BigIntegers extends ScalarFormat {
        static final ScalarFormat INSTANCE = new BigIntegers();

        private BigIntegers() {
            super("BigInteger", Codec.UNBOUNDED, Integer.BYTES + TYPICAL_MAGNITUDE);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            return putMagnitude(buffer, at, (BigInteger) value);
        }

        @Override
        Object read(Source source) {
            return magnitude(source);
        }
    }

    private static final class BigDecimals extends ScalarFormat {
        static final ScalarFormat INSTANCE = new BigDecimals();

        private BigDecimals() {
            super("BigDecimal", Codec.UNBOUNDED, 2 * Integer.BYTES + TYPICAL_MAGNITUDE);
        }

        @Override
        int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
            var decimal = (BigDecimal) value;
            return putMagnitude(buffer, Sink.put(decimal.scale(), buffer, at), decimal.unscaledValue());
        }

        @Override
        Object read(Source source) {
            int scale = source.getInt();
            return new BigDecimal(magnitude(source), scale);
        }
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
}
