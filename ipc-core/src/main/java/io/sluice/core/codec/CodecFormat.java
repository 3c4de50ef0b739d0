package io.sluice.core.codec;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.sluice.core.codec.spi.ComponentCodecs;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/// A component that a codec of [ComponentCodecs] writes: a length, then its bytes.
final class CodecFormat extends Format {
    private final Codec<Object> codec;

    @SuppressWarnings("unchecked") // gets only values of the type that it was found for
    private CodecFormat(Codec<?> codec) {
        this.codec = (Codec<Object>) codec;
    }

    static Format of(Codec<?> codec) {
        return new CodecFormat(codec);
    }

    @Override
    int write(Object value, MutableDirectBuffer buffer, int at, int depth) {
        int length = codec.encode(value, buffer, at + Integer.BYTES);
        buffer.putInt(at, length, LITTLE_ENDIAN);
        return at + Integer.BYTES + length;
    }

    @Override
    Object read(Source source) {
        return source.read(codec, source.getLength(1));
    }

    @Override
    void describe(Description description) {
        description.append(codec.identity());
    }

    @Override
    int max(Set<Format> open) {
        return plus(Integer.BYTES, codec.maxBytes());
    }

    @Override
    int typical(Set<Format> open) {
        return limited((long) Integer.BYTES + codec.typicalBytes());
    }
}
