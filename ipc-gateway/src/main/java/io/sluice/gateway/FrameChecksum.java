package io.sluice.gateway;

import io.aeron.archive.checksum.Checksum;
import io.sluice.core.buffer.MemoryBuffer;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// CRC-32C of each recorded frame, so that damage shows at the replay. Aeron brings one along that needs a package of
/// the JDK to be opened to it; this one needs no flag.
final class FrameChecksum implements Checksum {
    private final CRC32C crc = new CRC32C();
    private final MemoryBuffer frame = new MemoryBuffer();
    private byte[] copy = new byte[0];

    @Override
    public int compute(long address, int offset, int length) {
        if (copy.length < length) {
            copy = new byte[length];
        }
        frame.wrap(address + offset, length);
        frame.getBytes(0, copy, 0, length);
        return compute(ByteBuffer.wrap(copy, 0, length));
    }

    int compute(ByteBuffer bytes) {
        crc.reset();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
