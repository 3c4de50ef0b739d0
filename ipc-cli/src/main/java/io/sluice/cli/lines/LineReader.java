package io.sluice.cli.lines;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Cuts a stream of bytes into elements of whole lines. Bytes between newlines are not interpreted.
final class LineReader {
    private static final int READ_BYTES = 256 * 1024;

    private final InputStream in;
    private final int elementBytes;
    private final int longestLine;
    private final byte[] buffer;
    private int start;
    private int end;
    private int searched;
    private boolean exhausted;

    /// @param in the stream, read in large blocks
    /// @param elementBytes longest element of several lines, in bytes
    /// @param longestLine longest element of one line, in bytes; longer lines are split
    LineReader(InputStream in, int elementBytes, int longestLine) {
        this.in = in;
        this.elementBytes = elementBytes;
        this.longestLine = longestLine;
        this.buffer = new byte[longestLine + READ_BYTES];
    }

    /// The next element; from the buffer, without a read, if that holds a whole line.
    ///
    /// @return the bytes, or null at the end
    byte[] next() throws IOException {
        for (;;) {
            int available = end - start;
            int length = wholeLines(Math.min(available, elementBytes));
            if (length == 0 && available > elementBytes) {
                length = firstLine();
            }
            if (length == 0 && available > 0 && exhausted) {
                length = Math.min(available, longestLine);
            }
            if (length > 0) {
                byte[] element = Arrays.copyOfRange(buffer, start, start + length);
                start += length;
                searched = start;
                return element;
            }
            if (exhausted) {
                return null;
            }
            fill();
        }
    }

    /// Number of bytes up to the last newline, inclusive.
    private int wholeLines(int most) {
        for (int length = most; length > 0; length--) {
            if (buffer[start + length - 1] == '\n') {
                return length;
            }
        }
        return 0;
    }

    /// The length of a line that is too long to share an element; 0 if it is not complete.
    private int firstLine() {
        int most = Math.min(end, start + longestLine);
        for (int i = Math.max(searched, start + elementBytes); i < most; i++) {
            if (buffer[i] == '\n') {
                return i + 1 - start;
            }
        }
        searched = most;
        return most - start == longestLine ? longestLine : 0;
    }

    private void fill() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            searched = Math.max(0, searched - start);
            end -= start;
            start = 0;
        }
        int count = in.read(buffer, end, Math.min(READ_BYTES, buffer.length - end));
        if (count < 0) {
            exhausted = true;
        } else {
            end += count;
        }
    }
}
