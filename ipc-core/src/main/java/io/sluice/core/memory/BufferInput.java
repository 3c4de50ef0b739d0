package io.sluice.core.memory;

import java.io.InputStream;
import java.util.Objects;
import org.agrona.DirectBuffer;

/// A stream out of a part of a buffer.
///
/// - **Threads:** one at a time. **Blocking:** never.
public final class BufferInput extends InputStream {
    private final DirectBuffer buffer;
    private final int end;
    private int at;

    /// Begins to read.
    ///
    /// @param buffer to read from
    /// @param offset index of the first byte
    /// @param length number of bytes
    public BufferInput(DirectBuffer buffer, int offset, int length) {
        this.buffer = buffer;
        this.at = offset;
        this.end = offset + length;
    }

    @Override
    public int available() {
        return end - at;
    }

    @Override
    public int read() {
        return at < end ? buffer.getByte(at++) & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (at == end && length > 0) {
            return -1;
        }
        int count = Math.min(length, end - at);
        buffer.getBytes(at, bytes, offset, count);
        at += count;
        return count;
    }
}
