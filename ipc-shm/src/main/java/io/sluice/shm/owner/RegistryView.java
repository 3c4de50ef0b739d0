package io.sluice.shm.owner;

import static io.sluice.shm.linux.Linux.O_RDONLY;

import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.OfdLocks;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.RegionFile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The processes in a space, seen from outside it: the registry is read, not mapped, and nothing is locked.
public final class RegistryView implements AutoCloseable {
    private final OfdLocks alive;
    private final ByteBuffer body;
    private final int slots;
    private final Map<String, String> replaced;

    private RegistryView(OfdLocks alive, ByteBuffer body, int slots, Map<String, String> replaced) {
        this.alive = alive;
        this.body = body;
        this.slots = slots;
        this.replaced = replaced;
    }

    /// Reads the registry of a space; one that no process is in and that has none reads as empty.
    ///
    /// @param directory of the space
    /// @return its contents now
    /// @throws io.sluice.core.error.SluiceException if a file is not what it should be
    public static RegistryView open(Directory directory) {
        try (RegionFile file = RegionFile.open(directory, Registry.REGISTRY)) {
            int slots = file == null ? 0 : Registry.slots(file.header());
            ByteBuffer body = ByteBuffer.wrap(file == null ? new byte[RegistryLayout.BYTES] : file.readBody())
                    .order(ByteOrder.nativeOrder());
            int descriptor = directory.openFile(Registry.ALIVE, O_RDONLY);
            if (descriptor < 0 && descriptor != -Errno.ENOENT) {
                throw directory.cannotOpen(Registry.ALIVE, -descriptor);
            }
            OfdLocks alive = descriptor < 0 ? null : new OfdLocks(descriptor, Registry.ALIVE);
            boolean made = false;
            try {
                var view = new RegistryView(alive, body, slots, replaced(directory, file, alive, descriptor));
                made = true;
                return view;
            } finally {
                if (!made && alive != null) {
                    alive.close();
                }
            }
        }
    }

    private static Map<String, String> replaced(
            Directory directory, RegionFile registry, OfdLocks alive, int descriptor) {
        Map<String, String> replaced = new TreeMap<>();
        long lockFile = alive == null ? 0 : FileCalls.status(descriptor).inode();
        if (registry != null && (alive == null ? registry.locks().hasAgreement()
                : !registry.locks().agreesOn(lockFile))) {
            replaced.put(Registry.ALIVE, Registry.replaced(directory, Registry.ALIVE).getMessage());
        }
        if (alive != null && (registry == null ? alive.hasAgreement()
                : !alive.agreesOn(registry.status().inode()))) {
            replaced.put(Registry.REGISTRY, Registry.replaced(directory, Registry.REGISTRY).getMessage());
        }
        return replaced;
    }

    /// The files of the space that were removed or replaced while processes are in it.
    ///
    /// @return what is wrong, by name; usually empty
    public Map<String, String> replaced() {
        return Map.copyOf(replaced);
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
        /// Makes something of one entry. Whether the process lives, the kernel tells; the rest the process wrote
        /// itself.
        ///
        /// @param slot 1 to 1023
        /// @param generation how many processes have had the slot
        /// @param alive whether it lives
        /// @param pid its process id, in its own eyes
        /// @param started when it was started
        /// @param joined when it entered the space
        /// @param command its main class and arguments
        /// @return whatever it makes
        T of(int slot, long generation, boolean alive, long pid, Instant started, Instant joined, String command);
    }

    /// The processes in the space, and dead ones whose objects have not all been recovered.
    ///
    /// @param entry what to make of each
    /// @param <T> type of what is made
    /// @return by slot
    public <T> List<T> owners(Entry<T> entry) {
        List<T> owners = new ArrayList<>();
        for (int slot = 1; slot <= slots; slot++) {
            int at = slot * RegistryLayout.BYTES;
            long life = body.getLong(at + RegistryLayout.LIFE);
            if (RegistryLayout.isTaken(life)) {
                owners.add(entry.of(
                        slot,
                        RegistryLayout.generation(life),
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

    private boolean isLocked(int slot) {
        return alive != null && alive.isLocked(slot);
    }

    @Override
    public void close() {
        if (alive != null) {
            alive.close();
        }
    }
}
