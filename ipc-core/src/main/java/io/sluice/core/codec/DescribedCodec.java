package io.sluice.core.codec;

import io.sluice.core.buffer.MemoryBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/// Reads values by the text of a codec's identity, without their classes: for observers, which have only the header of
/// an object. Records become a [Value], enums the name of the constant, all other types what the codec makes of them.
///
/// - **Trust:** as for every codec: bytes that are no encoding end with a [CodecException]. No class is loaded by a
///   name from the text, and no constructor of a user is called.
/// - **Threads:** any.
///
/// @hidden
public final class DescribedCodec {
    private final Format format;

    private DescribedCodec(Format format) {
        this.format = format;
    }

    /// A record.
    ///
    /// @param type simple name of its class
    /// @param fields its components, in order
    public record Value(String type, Map<String, Object> fields) {
        /// As a record of Java shows itself.
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(type).append('[');
            String separator = "";
            for (Map.Entry<String, Object> field : fields.entrySet()) {
                text.append(separator).append(field.getKey()).append('=').append(field.getValue());
                separator = ", ";
            }
            return text.append(']').toString();
        }
    }

    /// The reader of an identity.
    ///
    /// @param identity of a codec, as [Codec#identity] made it
    /// @return the reader; null if the text was cut, or is that of another kind of codec
    public static DescribedCodec of(String identity) {
        Format format = new DescriptionReader(identity).read();
        return format == null ? null : new DescribedCodec(format);
    }

    /// Reads a value.
    ///
    /// @param bytes one whole encoding
    /// @return the value
    /// @throws CodecException if they are none
    public Object decode(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return format.readMessage(new MemoryBuffer(copy.address(), bytes.length), 0, bytes.length);
        }
    }
}
