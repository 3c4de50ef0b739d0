package io.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.Objects;

/// Standard output that remembers its first failure, which a `PrintStream` over it does not expose.
public final class StandardOutput extends OutputStream {
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private volatile IOException failure;

    /// Standard output of this process.
    StandardOutput() {}

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException refused) {
            if (failure == null) {
                failure = refused;
            }
            throw refused;
        }
    }

    /// The first failure.
    ///
    /// @return the failure; null if all was written, or the reader has closed the pipe
    IOException failure() {
        IOException first = failure;
        return first == null || hasNoReader(first) ? null : first;
    }

    /// Whether a write failed because the reader of a pipe has closed it, as `head` does.
    ///
    /// @param failure of a write to a stream
    /// @return false for all other causes, such as a full disk
    public static boolean hasNoReader(IOException failure) {
        return Objects.equals(failure.getMessage(), textWithoutReader());
    }

    /// The message of that failure. Java exposes only the text of an errno, in the language of the user; so this causes
    /// the failure once to learn the text.
    private static String textWithoutReader() {
        try {
            Pipe pipe = Pipe.open();
            try (Pipe.SinkChannel sink = pipe.sink()) {
                pipe.source().close();
                sink.write(ByteBuffer.allocate(1));
            }
        } catch (IOException noReader) {
            return noReader.getMessage();
        }
        throw new AssertionError("a pipe without a reader was written");
    }
}
