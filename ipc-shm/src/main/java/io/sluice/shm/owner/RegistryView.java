package io.sluice.shm.owner;

import static io.sluice.shm.linux.Linux.O_RDONLY;

import io.sluice.shm.linux.OfdLocks;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.RegionFile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The processes in a space, as somebody sees them who is not in it: read, not mapped, and without a lock of its own.
public final class RegistryView implements AutoCloseable {
    private final OfdLocks alive;
    private final ByteBuffer body;
    private final int slots;

    private RegistryView(OfdLocks alive, ByteBuffer body, int slots) {
        this.alive = alive;
        this.body = body;
        this.slots = slots;
    }

    /// Reads the registry of a space; one that nobody is in and that has none reads as empty.
    ///
    /// @param directory of the space
    /// @return what stands there now
    /// @throws io.sluice.shm.error.SluiceException if a file is not what it should be
    public static RegistryView open(Directory directory) {
        try (RegionFile file = RegionFile.open(directory, Registry.REGISTRY)) {
            int slots = file == null ? 0 : Registry.slots(file.header());
            ByteBuffer body = ByteBuffer.wrap(file == null ? new byte[RegistryLayout.BYTES] : file.readBody())
                    .order(ByteOrder.nativeOrder());
            int descriptor = directory.openFile(Registry.ALIVE, O_RDONLY);
            return new RegistryView(
                    descriptor < 0 ? null : new OfdLocks(descriptor, Registry.ALIVE), body, slots);
        }
    }

    /// How many processes can be in the space.
    ///
    /// @return 0 to 1023
    public int slots() {
        return slots;
    }

    /// What is made of an entry of the registry.
    ///
    /// @param <T> type of what is made
    @FunctionalInterface
    public interface Entry<T> {
        /// Makes something of one entry. Whether the process lives is the kernel's word; the rest is what it said
        /// about itself.
        ///
        /// @param slot 1 to 1023
        /// @param generation how many have had the slot
        /// @param alive whether it lives
        /// @param pid its process id, in its own eyes
        /// @param started when it was started
        /// @param joined when it entered the space
        /// @param command its main class and arguments
        /// @return whatever it makes
        T of(int slot, long generation, boolean alive, long pid, Instant started, Instant joined, String command);
    }

    /// The processes that are in the space, or were and have not been cleaned up after.
    ///
    /// @param entry what to make of each
    /// @param <T> type of what is made
    /// @return by slot
    public <T> List<T> owners(Entry<T> entry) {
        List<T> owners = new ArrayList<>();
        for (int slot = 1; slot <= slots; slot++) {
            int at = slot * RegistryLayout.BYTES;
            if (body.getInt(at + RegistryLayout.STATE) != RegistryLayout.FREE) {
                owners.add(entry.of(
                        slot,
                        generation(slot),
                        isLocked(slot),
                        body.getLong(at + RegistryLayout.PID),
                        Instant.ofEpochMilli(body.getLong(at + RegistryLayout.START)),
                        Instant.ofEpochMilli(body.getLong(at + RegistryLayout.JOINED)),
                        command(at)));
            }
        }
        return List.copyOf(owners);
    }

    private String command(int at) {
        int length = Math.clamp(body.getInt(at + RegistryLayout.COMMAND_LENGTH), 0, RegistryLayout.COMMAND_BYTES);
        byte[] text = new byte[length];
        body.get(at + RegistryLayout.COMMAND, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /// Whether the process behind an entry of a participants table lives.
    ///
    /// @param slot where the entry stands
    /// @param token the entry
    /// @return whether
    public boolean isAlive(int slot, int token) {
        return slot <= slots && OwnerToken.of(slot, generation(slot)) == token && isLocked(slot);
    }

    private boolean isLocked(int slot) {
        return alive != null && alive.isLocked(slot);
    }

    private long generation(int slot) {
        return body.getLong(slot * RegistryLayout.BYTES + RegistryLayout.GENERATION);
    }

    @Override
    public void close() {
        if (alive != null) {
            alive.close();
        }
    }
}
