package io.sluice.gateway;

import io.aeron.ExclusivePublication;
import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.memory.Memory;

/// A frame of DATA while it is filled: messages in a row, as many as one datagram takes, or one that is longer.
final class Packet {
    private final ExpandableMemoryBuffer frame = new ExpandableMemoryBuffer();
    private int most;
    private int length;
    private int count;
    private long sequence;

    /// Begins an empty frame.
    ///
    /// @param first sequence of its first message
    /// @param mostBytes what one datagram takes
    void begin(long first, int mostBytes) {
        sequence = first;
        most = mostBytes;
        length = Wire.DATA_BYTES;
        count = 0;
    }

    /// Adds the message that was shown last, unless it is too long for the rest of the datagram.
    ///
    /// @param source shows it
    /// @param position of the message
    /// @return whether it was added; the first one always is
    boolean add(Source source, long position) {
        int end = length + Wire.MESSAGE_BYTES + source.length();
        if (count > 0 && end > most) {
            return false;
        }
        frame.checkLimit(end);
        Wire.putMessage(frame, length, source.length(), source.type(), position);
        Memory.copy(source.address(), frame.address() + length + Wire.MESSAGE_BYTES, source.length());
        length = end;
        count++;
        return true;
    }

    /// Sends it. @return as [ExclusivePublication#offer]
    long offerTo(ExclusivePublication publication) {
        Wire.putData(frame, count, sequence);
        return publication.offer(frame, 0, length);
    }
}
