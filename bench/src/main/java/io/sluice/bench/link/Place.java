package io.sluice.bench.link;

import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
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

/// Where the processes of a subject find one link: a directory of the subject, and the name of the link in it.
///
/// @param directory the subject's, in `/dev/shm`
/// @param name of the link
public record Place(Path directory, String name) {
    /// Name of the space of a subject of ours.
    public static final String SPACE = "space";

    private static final Map<Place, Object> IN_PROCESS = new ConcurrentHashMap<>();

    /// A space in the directory. It stays open as long as the process lives.
    SharedSpace space() {
        return SharedSpace.open(SPACE, SpaceOptions.under(directory));
    }

    /// Maps the file with the link's name; creates it, filled with zeros, if it does not exist.
    ///
    /// @return absolute address, aligned to a page, valid as long as the process lives
    long map(long bytes) {
        return map(directory.resolve(name), bytes);
    }

    /// Maps a file; creates it, filled with zeros, if it does not exist.
    ///
    /// @param file to be mapped
    /// @param bytes size of the mapping
    /// @return absolute address, aligned to a page, valid as long as the process lives
    public static long map(Path file, long bytes) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, bytes, Arena.global()).address();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Memory for a buffer of Agrona's with [Setting#RING_BYTES] bytes and a trailer.
    AtomicBuffer agronaBuffer(int trailerBytes) {
        int bytes = Setting.RING_BYTES + trailerBytes;
        return new UnsafeBuffer(map(bytes), bytes);
    }

    /// The object of this link in this process; the first caller makes it.
    <T> T inProcess(Class<T> type, Supplier<T> maker) {
        return type.cast(IN_PROCESS.computeIfAbsent(this, place -> maker.get()));
    }
}
