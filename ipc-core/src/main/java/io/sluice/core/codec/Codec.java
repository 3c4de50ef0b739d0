package io.sluice.core.codec;

import java.io.Serializable;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Turns values of one type into bytes and back.
///
/// The factories here cover records and the types of their components, see [#ofRecord], single values, see [#of], and,
/// for other types, Java serialization behind an allow-list, see [#serializable(String...)]. A codec of your own needs
/// three methods.
///
/// - **Compatibility:** two processes understand each other if their codecs have the same [#identity]; an object of a
///   space stores it, and a process with another one is refused.
/// - **Trust:** the factories' codecs validate every byte they read; whatever the bytes, decoding ends with a value or
///   with a [CodecException], and allocates no more than a small multiple of the message's length.
/// - **Threads:** any number at once; a codec has no state.
/// - **Allocation:** encoding a primitive or a record of primitives allocates nothing; decoding one allocates the value
///   alone, unless it has more than 32 components.
///
/// @param <T> type of the values
public interface Codec<T> extends Serializable {
    /// The result of [#maxBytes] if an encoding can have any length.
    int UNBOUNDED = -1;

    /// Writes a value.
    ///
    /// @param value not `null`; its parts may be, where its type allows
    /// @param buffer to write to; may be expandable
    /// @param offset index of the first byte
    /// @return number of bytes written
    /// @throws CodecException if the value cannot be written or does not fit; names the field
    int encode(T value, MutableDirectBuffer buffer, int offset);

    /// Reads a value. The bytes must be exactly one encoding: missing and excess bytes are errors.
    ///
    /// @param buffer to read from
    /// @param offset index of the first byte
    /// @param length number of bytes
    /// @return the value, never `null`
    /// @throws CodecException if the bytes are not an encoding of such a value; names the field
    T decode(DirectBuffer buffer, int offset, int length);

    /// Names the format and the type of the values completely, parts included, so that equal texts mean equal bytes:
    /// `record com.acme.Order(String symbol, int quantity, double price)`.
    ///
    /// @return the text, the same in every process with the same classes
    String identity();

    /// The longest encoding, if there is one.
    ///
    /// @return number of bytes, or [#UNBOUNDED]
    default int maxBytes() {
        return UNBOUNDED;
    }

    /// A guess at the usual length, for the choice of a slot's size: strings count 16 characters, lists 8 elements.
    ///
    /// @return number of bytes, positive
    default int typicalBytes() {
        return maxBytes() == UNBOUNDED ? 64 : Math.max(1, maxBytes());
    }

    /// A codec for a record.
    ///
    /// Components may be primitives, their boxes, `String`, the value types of `java.time` (`Instant`, `Duration`,
    /// `LocalDate`, `LocalTime`, `LocalDateTime`), `UUID`, `BigDecimal`, `BigInteger`, enums, records, sealed
    /// interfaces of records and enums, arrays of all these, and `List`, `Set`, `Map`, `Optional` of them; a record may
    /// contain itself, to a depth of 64. Any reference may be `null`. Decoded collections are unmodifiable and keep the
    /// order of the encoded ones.
    ///
    /// Handles of shared objects may be components too: a request can carry the queue for its reply. They travel as
    /// names; decoding opens them, and the decoding process closes them. The declaration gives the type of the elements
    /// of a queue, pipe or value: `SharedQueue<Reply>` carries a queue that was opened with `Codec.of(Reply.class)`.
    ///
    /// @param type the record
    /// @param <R> the record
    /// @return the codec
    /// @throws IllegalArgumentException if a component is not supported or not accessible; names it
    static <R extends Record> Codec<R> ofRecord(Class<R> type) {
        return FormatCodec.of(type);
    }

    /// A codec for any type that may be a component of a record, see [#ofRecord].
    ///
    /// @param type a record, a sealed interface of records and enums, an enum, an array, or a value type
    /// @param <T> that type
    /// @return the codec
    /// @throws IllegalArgumentException if the type is not supported; names the part that is not
    static <T> Codec<T> of(Class<T> type) {
        return FormatCodec.of(type);
    }

    /// Strings, as UTF-8 and nothing else.
    ///
    /// @return the codec
    static Codec<String> strings() {
        return of(String.class);
    }

    /// Arrays of bytes, as they are.
    ///
    /// @return the codec
    static Codec<byte[]> bytes() {
        return of(byte[].class);
    }

    /// Longs in 8 bytes.
    ///
    /// @return the codec
    static Codec<Long> longs() {
        return of(Long.class);
    }

    /// Ints in 4 bytes.
    ///
    /// @return the codec
    static Codec<Integer> ints() {
        return of(Integer.class);
    }

    /// Shorts in 2 bytes.
    ///
    /// @return the codec
    static Codec<Short> shorts() {
        return of(Short.class);
    }

    /// Doubles in 8 bytes, with all their bits.
    ///
    /// @return the codec
    static Codec<Double> doubles() {
        return of(Double.class);
    }

    /// Floats in 4 bytes, with all their bits.
    ///
    /// @return the codec
    static Codec<Float> floats() {
        return of(Float.class);
    }

    /// Characters in 2 bytes.
    ///
    /// @return the codec
    static Codec<Character> chars() {
        return of(Character.class);
    }

    /// Booleans in 1 byte.
    ///
    /// @return the codec
    static Codec<Boolean> booleans() {
        return of(Boolean.class);
    }

    /// Java serialization of any object, behind an allow-list: a class is read only if it is a value type of
    /// `java.lang`, `java.math`, `java.time` or `java.util`, an exception of the JDK, or named here.
    ///
    /// Streams are limited, see [StreamLimits].
    ///
    /// @param allowed classes `com.acme.Order` (its nested classes included), packages `com.acme.*`, or packages with
    ///     all below them `com.acme.**`; of the JDK, only single classes
    /// @return the codec
    /// @throws IllegalArgumentException if a pattern is malformed or would allow everything
    static Codec<Object> serializable(String... allowed) {
        return serializable(Object.class, StreamLimits.defaults(), allowed);
    }

    /// Java serialization of one type, behind an allow-list as in [#serializable(String...)].
    ///
    /// @param type the type of the values; is itself allowed, and so are its nested classes
    /// @param allowed further classes and packages
    /// @param <T> that type
    /// @return the codec
    /// @throws IllegalArgumentException if a pattern is malformed or would allow everything
    static <T> Codec<T> serializable(Class<T> type, String... allowed) {
        return serializable(type, StreamLimits.defaults(), allowed);
    }

    /// Java serialization of one type, behind an allow-list as in [#serializable(String...)], with other limits.
    ///
    /// @param type the type of the values; is itself allowed, and so are its nested classes
    /// @param limits of what is read
    /// @param allowed further classes and packages
    /// @param <T> that type
    /// @return the codec
    /// @throws IllegalArgumentException if a pattern is malformed or would allow everything
    static <T> Codec<T> serializable(Class<T> type, StreamLimits limits, String... allowed) {
        return new SerializableCodec<>(type, limits, allowed);
    }
}
