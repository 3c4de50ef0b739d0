package io.sluice.journal.chronicle;

import io.sluice.journal.spi.CycleCursor;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

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
     * A writer completes this word last; that of the head of the file is 0x80000000 until then. A read() that sees it
     * complete has then copied, or copies after it, a payload that was written before. What is not data belongs to
     * Chronicle: the head of the file and its index.
     */
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int NOT_COMPLETE = 1 << 31;
    private static final int NOT_DATA = 1 << 30;
    private static final int LENGTH = NOT_DATA - 1;
    private static final int END = NOT_COMPLETE | NOT_DATA;
    static final int HEADER = 4;
    /// The longest document, in bytes: no writer has made a longer one.
    private static final int MOST_BYTES = 16 << 20;
    private static final int BUFFER_BYTES = 1 << 18;

    private final RandomAccessFile file;     // unlike a channel, no interrupt closes it
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
    ChronicleCursor(Path path, long from) throws IOException {
        try {
            file = new RandomAccessFile(path.toFile(), "r");
        } catch (FileNotFoundException refused) {
            if (Files.notExists(path)) {
                throw (NoSuchFileException) new NoSuchFileException(path.toString()).initCause(refused);
            }
            throw refused;
        }
        end = from;
    }

    /// Where the next document begins that may begin at an offset.
    static long aligned(long offset) {
        return (offset + 3) & -4;
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
                ending = word == 0 ? Ending.OPEN : word == END ? Ending.SEALED
                        : end > 0 || word == NOT_COMPLETE ? Ending.TORN : Ending.FOREIGN;
                return false;
            }
            start = end;
            length = word & LENGTH;
            end = aligned(start + HEADER + length);
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
        if (at + bytes > file.length()) {
            return false;
        }
        if (bytes > buffer.length) {
            buffer = new byte[Math.max(bytes, 2 * buffer.length)];
        }
        bufferStart = at;
        filled = read(at, buffer);
        return filled >= bytes;
    }

    private int read(long at, byte[] target) throws IOException {
        file.seek(at);
        int total = 0;
        for (int read = 0; read >= 0 && total < target.length; total += Math.max(0, read)) {
            read = file.read(target, total, target.length - total);
        }
        return total;
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

    /// An end between two records is torn if something stands behind it; a file that begins with nothing is no queue.
    @Override
    public Ending ending() throws IOException {
        if (ending != Ending.OPEN) {
            return ending;
        }
        byte[] block = new byte[BUFFER_BYTES];
        long at = end;
        for (int read = read(at, block); read > 0; read = read(at, block)) {
            for (int i = 0; i < read; i++) {
                if (block[i] != 0) {
                    return end > 0 ? Ending.TORN : Ending.FOREIGN;
                }
            }
            at += read;
        }
        return Ending.OPEN;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
