package io.sluice.bench.link;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A named pipe, made by `mkfifo`. Both ends open it for reading and writing, which on Linux does not wait for a peer.
final class FifoLink extends StreamLink {
    private final Path file;

    FifoLink(Place place) {
        file = place.directory().resolve(place.name() + ".fifo");
    }

    @Override
    void bind() throws IOException {
        Process process = new ProcessBuilder("mkfifo", file.toString()).inheritIO().start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("mkfifo " + file + " failed");
            }
        } catch (InterruptedException interrupted) {
            throw new InterruptedIOException("mkfifo " + file);
        }
    }

    @Override
    WritableByteChannel connect() throws IOException {
        while (!Files.exists(file)) {
            Thread.onSpinWait();         // until the receiver has made it; the coordinator notices if that process ends
        }
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    ReadableByteChannel accept() throws IOException {
        FileChannel held = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileInputStream stream = new FileInputStream(file.toFile());
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer bytes) throws IOException {
                return Setting.PARK || stream.available() > 0 ? held.read(bytes) : 0;
            }

            @Override
            public boolean isOpen() {
                return held.isOpen();
            }

            @Override
            public void close() throws IOException {
                held.close();
                stream.close();
            }
        };
    }
}
