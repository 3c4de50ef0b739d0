package io.sluice.journal;

import io.sluice.core.codec.Codec;
import java.io.Serial;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Elements as they lie in a queue: bytes under the identity of their own codec, so that they pass without its classes.
///
/// @hidden
public final class RawCodec implements Codec<byte[]> {
    @Serial
    private static final long serialVersionUID = 1L;

    /// The identity of the codec that it stands for.
    private final String identity;
    /// As that codec says.
    private final int maxBytes;
    /// As that codec says.
    private final int typicalBytes;

    /// In place of a codec.
    ///
    /// @param codec of the elements
    public RawCodec(Codec<?> codec) {
        this.identity = codec.identity();
        this.maxBytes = codec.maxBytes();
        this.typicalBytes = codec.typicalBytes();
    }

    /// In place of a codec that is known by its identity alone.
    ///
    /// @param identity of the codec
    public RawCodec(String identity) {
        this.identity = identity;
        this.maxBytes = UNBOUNDED;
        this.typicalBytes = 1;
    }

    @Override
    public int encode(byte[] value, MutableDirectBuffer buffer, int offset) {
        buffer.putBytes(offset, value);
        return value.length;
    }

    @Override
    public byte[] decode(DirectBuffer buffer, int offset, int length) {
        byte[] value = new byte[length];
        buffer.getBytes(offset, value);
        return value;
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public int maxBytes() {
        return maxBytes;
    }

    @Override
    public int typicalBytes() {
        return typicalBytes;
    }
}
