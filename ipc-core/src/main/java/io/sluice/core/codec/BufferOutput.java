package io.sluice.core.codec;

import java.io.OutputStream;
import java.util.Objects;
import org.agrona.MutableDirectBuffer;

/// A stream into a buffer.
final class BufferOutput extends OutputStream {
    private final MutableDirectBuffer buffer;
    private final int start;
    private int at;

    BufferOutput(MutableDirectBuffer buffer, int start) {
        this.buffer = buffer;
        this.start = start;
        this.at = start;
    }

    int written() {
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
        if (length > StreamFilter.MAX_BYTES - written()) {
            throw new CodecException("expected at most " + StreamFilter.MAX_BYTES
                + " serialized bytes, which is what decoding accepts, found more; send parts");
        }
    }
}
