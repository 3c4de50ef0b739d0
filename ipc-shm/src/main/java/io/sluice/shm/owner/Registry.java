package io.sluice.shm.owner;

import static io.sluice.shm.linux.Linux.O_CREAT;
import static io.sluice.shm.linux.Linux.O_RDWR;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.shm.error.CorruptObjectException;
import io.sluice.shm.error.SpaceFullException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.linux.OfdLocks;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionHeader;
import io.sluice.shm.region.RegionLayout;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The processes in a space, as one of them sees it: this process has one slot and one descriptor, whatever it opens.
///
/// - **Threads:** any.
/// - **Lifetime:** from [#join] to [#leave]; afterwards everybody is taken to be alive, and nothing is recovered.
public final class Registry {
    /*
     * Two files. `.registry` is mapped and says who had a slot last, in which life, and whether all that he held has
     * been given back (FREE). `.alive` is never mapped, has no bytes, and carries locks of the kernel on their numbers:
     *
     *   0            the door: shared while somebody comes in, exclusive with all others while the last one removes the
     *                space; so nobody comes into a space that is going away
     *   1..1023      exclusive: the process in that slot, while it lives; or who cleans up after it
     *   2049..3071   exclusive: who cleans up after an earlier life of slot n - 2048, in an object without a name
     *
     * Locks of one descriptor do not exclude each other, so within the process `cleaning` does it, and nobody here ever
     * tries the own slot again.
     *
     * A death while JOINING or RECOVERING leaves a slot that is not FREE and not locked: the next one cleans it once
     * more, and every step of cleaning may be repeated.
     */
    /// Name of the mapped file.
    public static final String REGISTRY = ".registry";
    /// Name of the locked file.
    public static final String ALIVE = ".alive";

    private static final long DOOR = 0;
    private static final long DOOR_AND_OWNERS = 1L + Liveness.MAX_OWNER;
    private static final int EARLIER_LIVES = 2048;

    private final Directory directory;
    private final OfdLocks alive;
    private final Region region;
    private final int slots;
    private final SlotCleaner cleaner;
    private final ReentrantLock cleaning = new ReentrantLock();
    private final int self;
    private final int token;
    private volatile boolean left;

    private Registry(Directory directory, OfdLocks alive, Region region, SlotCleaner cleaner) {
        this.directory = directory;
        this.alive = alive;
        this.region = region;
        this.slots = slots(region.header());
        this.cleaner = cleaner;
        this.self = takeSlot();
        this.token = OwnerToken.of(self, generation(self));
    }

    static int slots(RegionHeader header) {
        long slots = header.parameters()[0];
        if (header.kind() != RegistryLayout.KIND
                || slots < 1
                || slots > Liveness.MAX_OWNER
                || header.bodyBytes() != (slots + 1) * RegistryLayout.BYTES) {
            throw new CorruptObjectException("'%s' is not a registry of owners; remove the space's directory when no "
                            .formatted(REGISTRY)
                    + "process uses it");
        }
        return (int) slots;
    }

    /// Enters a space.
    ///
    /// @param directory of the space
    /// @param slotsIfNew how many processes fit, if the space is new
    /// @param cleaner finishes in all objects of the space what a dead slot had begun; answers whether it could
    /// @return the registry, or null if the space is going away or has gone, and the caller should look again
    /// @throws SpaceFullException if every slot belongs to a live process
    /// @throws io.sluice.shm.error.SluiceException if a file is not what it should be
    public static Registry join(Directory directory, int slotsIfNew, SlotCleaner cleaner) {
        int descriptor = directory.openFile(ALIVE, O_RDWR | O_CREAT);
        if (descriptor == -Errno.ENOENT) {
            return null;
        }
        if (descriptor < 0) {
            throw directory.cannotOpen(ALIVE, -descriptor);
        }
        OfdLocks alive = locks(directory, descriptor);
        Region region = null;
        Registry registry = null;
        try {
            FileStatus status = FileCalls.status(descriptor);
            directory.checkPrivate(ALIVE, status);
            boolean open = alive.tryShared(DOOR, 1) && directory.isStill(ALIVE, status) && directory.isStillThere();
            if (open) {
                region = openRegistry(directory, slotsIfNew);
                registry = new Registry(directory, alive, region, cleaner);
                alive.release(DOOR, 1);
            }
            return registry;
        } finally {
            if (registry == null) {
                if (region != null) {
                    region.close();
                }
                alive.close();
            }
        }
    }

    private static OfdLocks locks(Directory directory, int descriptor) {
        try {
            return new OfdLocks(descriptor, directory.path().resolve(ALIVE).toString());
        } catch (RuntimeException | Error refused) {
            FileCalls.close(descriptor);
            throw refused;
        }
    }

    /// Whoever comes first makes it; that they are several at once is settled by the name.
    private static Region openRegistry(Directory directory, int slots) {
        for (;;) {
            Region there = Region.attach(directory, REGISTRY, Registry::slots, file -> {});
            if (there != null) {
                return there;
            }
            long[] parameters = new long[RegionLayout.PARAMETERS];
            parameters[0] = slots;
            var header = new RegionHeader(
                    RegistryLayout.KIND,
                    (slots + 1L) * RegistryLayout.BYTES,
                    0,
                    UUID.randomUUID(),
                    parameters,
                    false,
                    "",
                    0,
                    ProcessHandle.current().pid(),
                    System.currentTimeMillis());
            Region made = Region.create(directory, REGISTRY, header, file -> {});
            if (made != null) {
                return made;
            }
        }
    }

    /// Takes the first byte that nobody has. A slot that is not FREE belonged to a dead process, and is cleaned first;
    /// one that cannot be cleaned is left alone.
    private int takeSlot() {
        for (int slot = 1; slot <= slots; slot++) {
            if (!alive.tryExclusive(slot, 1)) {
                continue;
            }
            CrashPoint.JOIN_LOCKED.reached();
            if (state(slot) == RegistryLayout.FREE || clean(slot)) {
                describe(slot);
                CrashPoint.JOIN_LIVE.reached();
                return slot;
            }
            alive.release(slot, 1);
        }
        throw new SpaceFullException(
                "space '%s': all %,d owner slots belong to live processes; close one, or recreate the space with more "
                                .formatted(directory.path(), slots)
                        + "(up to %,d, option or property sluice.owner.slots)".formatted(Liveness.MAX_OWNER));
    }

    private void describe(int slot) {
        long at = at(slot);
        setState(slot, RegistryLayout.JOINING);
        Memory.putLongVolatile(at + RegistryLayout.GENERATION, generation(slot) + 1);
        ProcessHandle process = ProcessHandle.current();
        Memory.putLong(at + RegistryLayout.PID, process.pid());
        Memory.putLong(
                at + RegistryLayout.START,
                process.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L));
        Memory.putLong(at + RegistryLayout.JOINED, System.currentTimeMillis());
        byte[] command = System.getProperty("sun.java.command", "").getBytes(StandardCharsets.UTF_8);
        byte[] kept = Arrays.copyOf(command, Math.min(command.length, RegistryLayout.COMMAND_BYTES));
        Memory.copyFrom(kept, 0, at + RegistryLayout.COMMAND, kept.length);
        Memory.putInt(at + RegistryLayout.COMMAND_LENGTH, kept.length);
        setState(slot, RegistryLayout.LIVE);
    }

    /// The slot of this process.
    ///
    /// @return 1 to 1023
    public int self() {
        return self;
    }

    /// The token of this process.
    ///
    /// @return slot and generation
    public int token() {
        return token;
    }

    /// The process that has a slot, or had it last.
    ///
    /// @param slot 1 to 1023
    /// @return its process id in its own eyes, 0 if nobody ever had the slot
    public long pid(int slot) {
        return slot < 1 || slot > slots ? 0 : Memory.getLong(at(slot) + RegistryLayout.PID);
    }

    /// Finishes what a dead process had begun.
    @FunctionalInterface
    public interface SlotCleaner {
        /// Cleans up in all objects of the space.
        ///
        /// @param slot the dead process's, whose lock the caller holds
        /// @param pid its process id in its own eyes
        /// @return whether all of it could be done
        boolean clean(int slot, long pid);
    }

    /// What is known about the process behind a token.
    public enum Life {
        /// It lives, or it cannot be known.
        ALIVE,
        /// It died, and nobody has had the slot since.
        DEAD,
        /// It died, and its slot was given to another process since.
        LONG_DEAD
    }

    /// Looks after the process behind an entry of a participants table.
    ///
    /// - **Blocking:** one system call, about 0.4 µs. **Allocation:** none.
    ///
    /// @param slot where the entry stands, 1 to 1023
    /// @param entry the token that stands there
    /// @return what is known
    public Life look(int slot, int entry) {
        if (entry == token) {
            return Life.ALIVE;
        }
        Life life;
        if (slot > slots || OwnerToken.of(slot, generation(slot)) != entry) {
            life = Life.LONG_DEAD;
        } else {
            life = alive.isLocked(slot) ? Life.ALIVE : Life.DEAD;
        }
        return left ? Life.ALIVE : life; // read last: what a closed registry says is worthless
    }

    /// Cleans up after a dead process in the whole space, unless it lives or somebody else does it.
    ///
    /// - **Blocking:** until all objects of the space have been looked at; and for another thread that does the same.
    ///
    /// @param slot the dead process's
    /// @return whether it is clean now
    public boolean recover(int slot) {
        cleaning.lock();
        try {
            if (left || slot == self || slot < 1 || slot > slots || !alive.tryExclusive(slot, 1)) {
                return false;
            }
            try {
                return clean(slot);
            } finally {
                alive.release(slot, 1);
            }
        } finally {
            cleaning.unlock();
        }
    }

    private boolean clean(int slot) {
        setState(slot, RegistryLayout.RECOVERING);
        CrashPoint.RECOVER_BEGUN.reached();
        if (!cleaner.clean(slot, pid(slot))) {
            return false;
        }
        CrashPoint.RECOVER_OBJECTS_DONE.reached();
        setState(slot, RegistryLayout.FREE);
        return true;
    }

    /// Cleans up after an earlier life of a slot in one object, which had lost its name when the slot was cleaned.
    ///
    /// @param slot the slot
    /// @param work does it, holding the lock on earlier lives of the slot; checks first that it is still to be done
    /// @return what the work answers, or false if somebody else is at it
    public boolean recoverEarlierLife(int slot, BooleanSupplier work) {
        cleaning.lock();
        try {
            if (left || !alive.tryExclusive(EARLIER_LIVES + slot, 1)) {
                return false;
            }
            try {
                return work.getAsBoolean();
            } finally {
                alive.release(EARLIER_LIVES + slot, 1);
            }
        } finally {
            cleaning.unlock();
        }
    }

    /// Cleans up after every dead process of the space.
    ///
    /// @return how many slots were cleaned
    public int sweep() {
        int cleaned = 0;
        for (int slot = 1; slot <= slots; slot++) {
            if (slot != self && state(slot) != RegistryLayout.FREE && !alive.isLocked(slot) && recover(slot)) {
                cleaned++;
            }
        }
        return cleaned;
    }

    /// Leaves the space; everything in it has been closed before. If nobody else is in it and nobody can come, the
    /// caller may remove what nobody needs.
    ///
    /// @param clean whether this process has left everything in order; otherwise its slot stays unclean, and the next
    ///     one tries again
    /// @param removeAll removes objects, and answers whether nothing is left that somebody may need; called only if
    ///     this process is alone
    /// @return whether the registry was removed too, so that the directory is empty but for foreign files
    public boolean leave(boolean clean, BooleanSupplier removeAll) {
        cleaning.lock();
        try {
            left = true;
            CrashPoint.LEAVE_BEFORE_FREE.reached();
            if (clean) {
                setState(self, RegistryLayout.FREE);
            }
            alive.release(self, 1); // before the look around: of several who leave at once, the last one is alone
            return removeIfAlone(directory, alive, removeAll);
        } finally {
            region.close();
            alive.close();
            cleaning.unlock();
        }
    }

    private static boolean removeIfAlone(Directory directory, OfdLocks alive, BooleanSupplier removeAll) {
        boolean removed = alive.tryExclusive(DOOR, DOOR_AND_OWNERS) && removeAll.getAsBoolean();
        if (removed) {
            directory.unlink(REGISTRY);
            CrashPoint.REMOVE_HALF_DONE.reached();
            directory.unlink(ALIVE); // last: from here on newcomers make their own
        }
        return removed;
    }

    /// Removes a space from outside, unless a live process is in it or comes in.
    ///
    /// @param directory of the space
    /// @param removeAll as for [#leave]
    /// @return whether the registry was removed, or was not there
    public static boolean removeIfAbandoned(Directory directory, BooleanSupplier removeAll) {
        int descriptor = directory.openFile(ALIVE, O_RDWR);
        if (descriptor < 0) {
            return descriptor == -Errno.ENOENT;
        }
        try (OfdLocks alive = locks(directory, descriptor)) {
            FileStatus status = FileCalls.status(descriptor);
            return removeIfAlone(directory, alive, () -> directory.isStill(ALIVE, status) && removeAll.getAsBoolean());
        }
    }

    /// Closes the door for as long as this process lives, if it is alone in the space.
    ///
    /// @return false, with nothing changed, if another process is in the space or comes in
    public boolean closeDoorIfAlone() {
        return alive.tryExclusive(DOOR, DOOR_AND_OWNERS);
    }

    /// Takes [#closeDoorIfAlone] back.
    public void openDoor() {
        alive.release(DOOR, self);
        alive.release(self + 1L, Liveness.MAX_OWNER - self + 0L);
    }

    private long at(int slot) {
        return region.body() + (long) slot * RegistryLayout.BYTES;
    }

    private long generation(int slot) {
        return Memory.getLongVolatile(at(slot) + RegistryLayout.GENERATION);
    }

    private int state(int slot) {
        return Memory.getIntVolatile(at(slot) + RegistryLayout.STATE);
    }

    private void setState(int slot, int state) {
        Memory.putIntVolatile(at(slot) + RegistryLayout.STATE, state);
    }
}
