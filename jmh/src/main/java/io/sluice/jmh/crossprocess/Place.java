package io.sluice.jmh.crossprocess;

import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/// Where the two processes of a contestant meet: a directory of its own, and in it the name of one link.
///
/// @param directory the contestant's, in `/dev/shm`
/// @param name of the link
record Place(Path directory, String name) {
    /// A space in the directory. It stays open as long as the process lives.
    SharedSpace space() {
        return SharedSpace.open(directory, "space");
    }

    /// Maps a file of zeros with the link's name, which is made if it is not there.
    ///
    /// @return absolute address, aligned to a page, valid as long as the process lives
    long map(long bytes) {
        return map(directory.resolve(name), bytes);
    }

    static long map(Path file, long bytes) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, bytes, Arena.global()).address();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    AtomicBuffer agronaBuffer(int ringBytes) {
        int bytes = ringBytes + RingBufferDescriptor.TRAILER_LENGTH;
        return new UnsafeBuffer(map(bytes), bytes);
    }
}
