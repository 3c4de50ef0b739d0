package io.sluice.journal.chronicle;

import io.sluice.journal.spi.CycleCursor;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Reads the documents of a file of Chronicle Queue with plain reads.
final class ChronicleCursor implements CycleCursor {
    /*
     * Why not Chronicle's tailer. A tailer maps the file, makes a truncated one longer, waits for a document that its
     * dead writer has not completed, and follows lengths into whatever a disk has left there; it needs the JVM flags,
     * and the right to write. A reader that shall tell what is there must change nothing and survive everything.
     *
     * The format, which is Chronicle's and stays as it is ("binary wire"): documents lie end to end, each begins at a
     * multiple of four with four bytes, little endian:
     *
     *    31             30          29          0
     *    +--------------+-----------+-----------+
     *    | not complete | not data  | length    |      0: nothing was written here;  0xC0000000: the end
     *    +--------------+-----------+-----------+
     *
     * A writer completes this word last. A read() that sees it complete has then copied, or copies after it, a payload
     * that was written before. What is not data belongs to Chronicle: the head of the file and its index.
     */
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int NOT_COMPLETE = 1 << 31;
    private static final int NOT_DATA = 1 << 30;
    private static final int LENGTH = NOT_DATA - 1;
    private static final int END = NOT_COMPLETE | NOT_DATA;
    private static final int HEADER = 4;
    /// The longest document, in bytes: no writer has made a longer one.
    private static final int MOST_BYTES = 16 << 20;
    private static final int BUFFER_BYTES = 1 << 18;

    private final FileChannel channel;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private long bufferStart;        // in the file
    private int filled;
    private long start;
    private long end;                // where the next document begins
    private int length;
    private Ending ending = Ending.OPEN;

    ChronicleCursor(Path file) throws IOException {
        this(file, 0);
    }

    /// @param from where a document begins
    ChronicleCursor(Path file, long from) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        end = from;
    }

    static ByteBuffer endMark() {
        return ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN).putInt(0, END);
    }

    @Override
    public boolean next() throws IOException {
        for (boolean fresh = false;;) {
            int word = has(end, HEADER) ? (int) INT.get(buffer, (int) (end - bufferStart)) : 0;
            if (word <= 0 || (word & LENGTH) > MOST_BYTES || !has(end, HEADER + (word & LENGTH))) {
                if (!fresh) {
                    fresh = true;
                    filled = 0;              // what was read earlier may have been written since
                    continue;
                }
                ending = word == 0 ? Ending.OPEN : word == END ? Ending.SEALED : Ending.TORN;
                return false;
            }
            start = end;
            length = word & LENGTH;
            end = (start + HEADER + length + 3) & -4;
            if ((word & NOT_DATA) == 0) {
                return true;
            }
        }
    }

    /// Whether the file has so many bytes at a place; then they are in the buffer.
    private boolean has(long at, int bytes) throws IOException {
        if (at >= bufferStart && at + bytes <= bufferStart + filled) {
            return true;
        }
        if (at + bytes > channel.size()) {
            return false;
        }
        if (bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(bytes, 2 * buffer.length));
        }
        bufferStart = at;
        filled = 0;
        ByteBuffer target = ByteBuffer.wrap(buffer);
        for (int read = 0; read >= 0 && filled < buffer.length; filled += Math.max(0, read)) {
            read = channel.read(target, at + filled);
        }
        return filled >= bytes;
    }

    @Override
    public byte[] array() {
        return buffer;
    }

    @Override
    public int offset() {
        return (int) (start - bufferStart) + HEADER;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public long start() {
        return start;
    }

    @Override
    public long end() {
        return end;
    }

    /// An end between two records is torn if something stands behind it.
    @Override
    public Ending ending() throws IOException {
        if (ending != Ending.OPEN) {
            return ending;
        }
        long size = channel.size();
        ByteBuffer block = ByteBuffer.allocate(BUFFER_BYTES);
        for (long at = end; at < size; ) {
            block.clear();
            int read = channel.read(block, at);
            if (read <= 0) {
                break;
            }
            for (int i = 0; i < read; i++) {
                if (block.get(i) != 0) {
                    return Ending.TORN;
                }
            }
            at += read;
        }
        return Ending.OPEN;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
