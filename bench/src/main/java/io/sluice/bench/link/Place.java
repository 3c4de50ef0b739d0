package io.sluice.bench.link;

import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// Where the two processes of a subject meet: a directory of its own, and in it the name of one link.
///
/// @param directory the subject's, in `/dev/shm`
/// @param name of the link
public record Place(Path directory, String name) {
    private static final Map<Place, Object> IN_PROCESS = new ConcurrentHashMap<>();

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

    /// Maps a file of zeros, which is made if it is not there.
    ///
    /// @param file name of it
    /// @param bytes size
    /// @return absolute address, aligned to a page, valid as long as the process lives
    public static long map(Path file, long bytes) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, bytes, Arena.global()).address();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Memory for a buffer of Agrona's, of the size of the setting.
    AtomicBuffer agronaBuffer(int trailerBytes) {
        int bytes = Setting.RING_BYTES + trailerBytes;
        return new UnsafeBuffer(map(bytes), bytes);
    }

    /// What only lives in this process: whoever comes first makes it.
    <T> T inProcess(Class<T> type, Supplier<T> maker) {
        return type.cast(IN_PROCESS.computeIfAbsent(this, place -> maker.get()));
    }
}
