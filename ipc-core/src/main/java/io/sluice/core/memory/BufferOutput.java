package io.sluice.core.memory;

import io.sluice.core.codec.CodecException;
import java.io.OutputStream;
import java.util.Objects;
import org.agrona.MutableDirectBuffer;

/// A stream into a buffer.
///
/// - **Threads:** one at a time. **Blocking:** never.
public final class BufferOutput extends OutputStream {
    private final MutableDirectBuffer buffer;
    private final int start;
    private final int limit;
    private int at;

    /// Begins to write.
    ///
    /// @param buffer to write to; may be expandable
    /// @param start index of the first byte
    /// @param limit how many bytes are accepted; one more is a [CodecException]
    public BufferOutput(MutableDirectBuffer buffer, int start, int limit) {
        this.buffer = buffer;
        this.start = start;
        this.limit = limit;
        this.at = start;
    }

    /// How many bytes were written.
    ///
    /// @return the number
    public int written() {
        return at - start;
    }

    @Override
    public void write(int value) {
        reserve(1);
        buffer.putByte(at++, (byte) value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        reserve(length);
        buffer.putBytes(at, bytes, offset, length);
        at += length;
    }

    private void reserve(int length) {
        if (length > limit - written()) {
            throw new CodecException("expected at most " + limit
                + " serialized bytes, which is what decoding accepts, found more; send parts");
        }
    }
}
