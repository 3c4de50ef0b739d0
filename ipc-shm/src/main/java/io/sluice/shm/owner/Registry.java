package io.sluice.shm.owner;

import static io.sluice.shm.linux.Linux.O_CREAT;
import static io.sluice.shm.linux.Linux.O_RDWR;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.jfr.FlightRecording;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.shm.error.SpaceFullException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.linux.OfdLocks;
import io.sluice.shm.linux.RandomId;
import io.sluice.shm.linux.ThisProcess;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.ErrorLog;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionFile;
import io.sluice.shm.region.RegionHeader;
import io.sluice.shm.region.RegionLayout;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import jdk.jfr.Event;

/// The processes in a space, as one of them sees it: this process has one slot and one descriptor, whatever it opens.
///
/// - **Threads:** any.
/// - **Lifetime:** from [#join] to [#leave]; afterwards every process is taken to be alive, and nothing is recovered.
public final class Registry {
    /*
     * Two files. `.registry` is mapped and names the last process of each slot, its life, and whether all that it
     * held has been given back. `.alive` is never mapped, has no bytes, and carries locks of the kernel on the numbers
     * of bytes:
     *
     *   0            the door: shared while a process joins, exclusive with all others while the last process
     *                removes the space; so no process joins a space that is being removed
     *   1..1023      exclusive: the process in that slot, while it lives, and never another one
     *   1025..2047   exclusive: the process that is about to take slot n - 1024, until the registry names it
     *   2048         exclusive: the process that reclaims slots in the background, so that only one does it
     *   2^61..       shared: the number of the file `.registry` that a process uses; and on `.registry`, in the same
     *                way, that of `.alive`. So a joining process that finds one replaced sees what the others use.
     *
     * A life is alive if the registry names it and the byte of its slot is locked. The byte is free before the registry
     * names a life (2 and 3 below), so no other life's lock can stand for it; hence the first check sees a death,
     * whichever other processes are stopped at that moment.
     *
     * The states of a slot:
     *   1  free         a process locks 1024 + slot, and checks again
     *   2               it locks the slot's byte. A death from here to 3 leaves a free slot.
     *   3  taken        the registry names its life; 1024 + slot is given back
     *   4               it is alive, then dead; cleaners recover object by object, each under the lock of its place
     *                   there
     *   5  free         a process that has found no object with that life in its table marks it free by
     *                   compare-and-set, which fails if others have done so and the slot is in another life. No lock is
     *                   needed: a dead life enters no table any more, so what was found clean stays clean.
     * A stopped process delays in 1 to 3 its own slot, in 4 one object, and in 5 nothing.
     *
     * Within the process `reclaiming` lets one thread at a time do 5.
     */
    /// Name of the mapped file.
    public static final String REGISTRY = ".registry";
    /// Name of the locked file.
    public static final String ALIVE = ".alive";

    /// Parameter with a random number that is added to generations in tokens: so the tokens of a registry that was made
    /// anew, after the other one was removed under its users, are not those of the other one.
    private static final int FIRST_GENERATION = 1;

    private static final long DOOR = 0;
    private static final long DOOR_AND_OWNERS = 1L + Liveness.MAX_OWNER;
    private static final int JOINING = 1024;
    private static final int RECLAIMING = 2048;

    /// How long a process that was seen alive counts as alive. Short beside a slice of sleep; long enough that a sweep
    /// through a thousand objects asks the kernel once for each slot, not once for each object.
    private static final long SEEN_ALIVE_VALID_NANOS = 1_000_000;
    /// Before any time that a caller may ask for.
    private static final long LONG_AGO_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LAST_PAUSE_NANOS = 16_000_000;

    private final Directory directory;
    private final OfdLocks alive;
    private final Region region;
    private final int slots;
    private final long firstGeneration;
    private final ObjectCleaner cleaner;
    private final ReentrantLock reclaiming = new ReentrantLock();
    private final BackgroundReclaim background = new BackgroundReclaim(this);
    /// When each slot's process was last seen alive; written without order, since a stale one is good enough.
    private final long[] seenAlive;
    /// The same of all processes at once; written without order too.
    private long allSeenAlive = System.nanoTime() - LONG_AGO_NANOS;
    private final int self;
    private final int token;
    private volatile boolean left;

    private Registry(Directory directory, OfdLocks alive, Region region, ObjectCleaner cleaner) {
        this.directory = directory;
        this.alive = alive;
        this.region = region;
        this.slots = slots(region.header());
        this.firstGeneration = region.header().parameters()[FIRST_GENERATION] & Integer.MAX_VALUE;
        this.cleaner = cleaner;
        this.seenAlive = new long[slots + 1];
        Arrays.fill(seenAlive, System.nanoTime() - LONG_AGO_NANOS);
        this.self = takeSlot();
        this.token = tokenOf(self, life(self));
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
    /// @param cleaner recovers objects
    /// @return the registry, or null if the space is being removed or was removed, and the caller should try again
    /// @throws SpaceFullException if every slot belongs to a live process, or to a dead one that cannot be reclaimed
    ///     now
    /// @throws io.sluice.core.error.SluiceException if a file is not what it should be
    public static Registry join(Directory directory, int slotsIfNew, ObjectCleaner cleaner) {
        int descriptor = directory.openFile(ALIVE, O_RDWR | O_CREAT);
        if (descriptor == -Errno.ENOENT) {
            return null;
        }
        if (descriptor < 0) {
            throw directory.cannotOpen(ALIVE, -descriptor);
        }
        OfdLocks alive = locks(descriptor);
        Region region = null;
        Registry registry = null;
        try {
            FileStatus status = FileCalls.status(descriptor);
            directory.checkPrivate(ALIVE, status);
            boolean open = alive.tryShared(DOOR, 1) && directory.isStill(ALIVE, status) && directory.isStillThere();
            if (open) {
                region = openRegistry(directory, alive, slotsIfNew);
                if (!region.file().locks().tryAgree(status.inode())) {
                    throw replaced(directory, ALIVE);
                }
                if (!alive.tryAgree(region.file().status().inode())) {
                    throw replaced(directory, REGISTRY);
                }
                registry = new Registry(directory, alive, region, cleaner);
                alive.release(DOOR, 1);
            }
            return registry;
        } finally {
            if (registry == null) {
                closeBoth(region, alive);
            }
        }
    }

    /// @param region null if there is none
    private static void closeBoth(Region region, OfdLocks alive) {
        try (alive) {
            if (region != null) {
                region.close();
            }
        }
    }

    private static OfdLocks locks(int descriptor) {
        try {
            return new OfdLocks(descriptor, ALIVE);
        } catch (RuntimeException | Error refused) {
            FileCalls.close(descriptor);
            throw refused;
        }
    }

    static CorruptObjectException replaced(Directory directory, String file) {
        return new CorruptObjectException(
                ("space '%s': its file '%s' was removed or replaced while processes are in the space, so a joining"
                        + " process cannot tell which of them live; they go on, and when all have closed the space,"
                        + " or ended, it can be opened again")
                        .formatted(directory.path(), file));
    }

    /// The first process creates it; of several at once, the one that gets the name.
    private static Region openRegistry(Directory directory, OfdLocks alive, int slots) {
        for (;;) {
            // Read before the registry is opened: another joining process may create one, and agree on it, later. And
            // this process holds the door shared, so the last process to leave cannot remove the registry in between.
            boolean agreed = alive.hasAgreement();
            Region there = Region.attach(directory, REGISTRY, new Consumer<>() {     // no lambda: see Space
                @Override
                public void accept(RegionHeader header) {
                    slots(header);
                }
            });
            if (there != null) {
                return there;
            }
            if (agreed) {
                throw replaced(directory, REGISTRY);
            }
            long[] parameters = new long[RegionLayout.PARAMETERS];
            parameters[0] = slots;
            parameters[FIRST_GENERATION] = RandomId.next().getLeastSignificantBits() & Integer.MAX_VALUE;
            var header = new RegionHeader(
                    RegistryLayout.KIND,
                    (slots + 1L) * RegistryLayout.BYTES,
                    0,
                    RandomId.next(),
                    parameters,
                    false,
                    "",
                    0,
                    ThisProcess.pid(),
                    System.currentTimeMillis());
            Region made = Region.create(directory, REGISTRY, header);
            if (made != null) {
                return made;
            }
        }
    }

    private int takeSlot() {
        int slot = takeFreeSlot();
        if (slot == 0) {
            sweep();
            slot = takeFreeSlot();
        }
        if (slot == 0) {
            throw full();
        }
        return slot;
    }

    private int takeFreeSlot() {
        for (int slot = 1; slot <= slots; slot++) {
            if (RegistryLayout.isTaken(life(slot)) || !alive.tryExclusive(JOINING + slot, 1)) {
                continue;
            }
            try {
                if (!RegistryLayout.isTaken(life(slot)) && alive.tryExclusive(slot, 1)) {
                    CrashPoint.JOIN_LOCKED.reached();
                    describe(slot);
                    CrashPoint.JOIN_LIVE.reached();
                    return slot;
                }
            } finally {
                alive.release(JOINING + slot, 1);
            }
        }
        return 0;
    }

    private SpaceFullException full() {
        int dead = 0;
        for (int slot = 1; slot <= slots; slot++) {
            if (isDead(slot)) {
                dead++;
            }
        }
        String larger = "recreate the space with more (up to %,d, option or property sluice.max.processes)"
                .formatted(Liveness.MAX_OWNER);
        return new SpaceFullException(dead == 0
                ? "space '%s': all %,d places belong to live processes; close one, or %s"
                        .formatted(directory.path(), slots, larger)
                : ("space '%s': of %,d places %,d belong to live processes, the others to dead processes"
                                + " after which another process has begun to clean up and does not go on; continue or"
                                + " end that one (it may be stopped), or %s")
                        .formatted(directory.path(), slots, slots - dead, larger));
    }

    private void describe(int slot) {
        long at = at(slot);
        Memory.putLong(at + RegistryLayout.PID, ThisProcess.pid());
        Memory.putLong(at + RegistryLayout.START, ThisProcess.startMillis());
        Memory.putLong(at + RegistryLayout.JOINED, System.currentTimeMillis());
        byte[] command = System.getProperty("sun.java.command", "").getBytes(StandardCharsets.UTF_8);
        byte[] kept = Arrays.copyOf(command, Math.min(command.length, RegistryLayout.COMMAND_BYTES));
        Memory.copyFrom(kept, 0, at + RegistryLayout.COMMAND, kept.length);
        Memory.putInt(at + RegistryLayout.COMMAND_LENGTH, kept.length);
        Memory.putLongVolatile(
                at + RegistryLayout.LIFE, RegistryLayout.taken(RegistryLayout.generation(life(slot)) + 1));
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
    /// @return its process id in its own eyes, 0 if no process ever had the slot
    public long pid(int slot) {
        return slot < 1 || slot > slots ? 0 : Memory.getLong(at(slot) + RegistryLayout.PID);
    }

    /// The process behind an entry of a participants table.
    ///
    /// @param slot where the entry stands
    /// @param entry the token that stands there
    /// @return its process id in its own eyes, 0 if the slot has had another life since
    public long pid(int slot, int entry) {
        long pid = pid(slot);
        return isLife(slot, entry) ? pid : 0;
    }

    /// Recovers objects.
    @FunctionalInterface
    public interface ObjectCleaner {
        /// Recovers, in all objects of the space and all that are open here, what dead processes had begun.
        ///
        /// @param registry tells which processes are alive
        /// @return the slots that still stand in the table of an object, since another process cleans up there, or
        ///     since it could not be done for want of memory or descriptors
        BitSet recoverAll(Registry registry);
    }

    /// Whether the process of an entry of a participants table is alive, by a cheap check. If the answer is false, the
    /// lock of its place in the object decides.
    ///
    /// - **Blocking:** one system call, about 0.4 µs, if the last one for the slot was a millisecond ago or more.
    ///   **Allocation:** none.
    ///
    /// @param slot where the entry stands, 1 to 1023
    /// @param entry the token that stands there
    /// @return false if it died
    public boolean isAlive(int slot, int entry) {
        return isAlive(slot, entry, System.nanoTime() - SEEN_ALIVE_VALID_NANOS);
    }

    /// As [#isAlive(int, int)], with a time of the caller's: a caller that checks many objects in a row asks the
    /// kernel once for each process.
    ///
    /// @param slot where the entry stands
    /// @param entry the token that stands there
    /// @param sinceNanos a time of [System#nanoTime()] within the last hour; a process that was seen alive at or after
    ///     it is not checked again
    /// @return false if it died
    public boolean isAlive(int slot, int entry, long sinceNanos) {
        boolean lives = entry == token
                || (isLife(slot, entry)
                        && (seenAlive[slot] - sinceNanos >= 0 || isLocked(slot))
                        && isLife(slot, entry));     // so the lock was that of this life
        return lives || left;     // read last: the answer of a closed registry means nothing
    }

    /// Whether no process of the space is dead and still to be cleaned up after. Then no table of an object names one:
    /// a slot is given back when no table does.
    ///
    /// - **Blocking:** one system call for each process of the space, once for each time that is asked for.
    ///   **Allocation:** none.
    ///
    /// @param sinceNanos as for [#isAlive(int, int, long)]
    /// @return false if one may be dead
    public boolean allAlive(long sinceNanos) {
        if (allSeenAlive - sinceNanos >= 0) {
            return true;
        }
        long oldest = System.nanoTime();         // before the checks
        for (int slot = 1; slot <= slots; slot++) {
            if (slot != self && RegistryLayout.isTaken(life(slot))) {
                if (seenAlive[slot] - sinceNanos >= 0) {
                    oldest = oldest - seenAlive[slot] > 0 ? seenAlive[slot] : oldest;
                } else if (!isLocked(slot)) {
                    return left;
                }
            }
        }
        allSeenAlive = oldest;
        return true;
    }

    private boolean isLife(int slot, int entry) {
        if (slot > slots) {
            return false;
        }
        long life = life(slot);
        return RegistryLayout.isTaken(life) && tokenOf(slot, life) == entry;
    }

    private boolean isLocked(int slot) {
        long now = System.nanoTime();            // before the check: if locked, the process lived at this time
        boolean locked = alive.isLocked(slot);
        seenAlive[slot] = locked ? now : now - LONG_AGO_NANOS;
        return locked;
    }

    private boolean isDead(int slot) {
        return slot != self && RegistryLayout.isTaken(life(slot)) && !isLocked(slot);
    }

    /// Cleans up after every dead process of the space, and gives their slots back.
    ///
    /// - **Blocking:** for as long as it takes to check all objects of the space, if a process has died; for another
    ///   thread of this process that does the same; and for some 20 ms more if other processes clean up at the same
    ///   time, since they will be done soon unless they are stopped.
    ///
    /// @return how many slots were given back
    public int sweep() {
        reclaiming.lock();
        try {
            return freeDead();
        } finally {
            reclaiming.unlock();
        }
    }

    private int freeDead() {
        Event sweep = null;
        int freed = 0;
        long pause = FIRST_PAUSE_NANOS;
        for (boolean again = true; again && !left; pause *= 4) {
            int unclean = 0;
            long[] dead = deadLives();
            if (dead != null) {
                sweep = sweep == null && FlightRecording.isOn() ? Swept.started() : sweep;
                BitSet stillThere = cleaner.recoverAll(this);
                for (int slot = 1; slot <= slots; slot++) {
                    if (dead[slot] != 0 && stillThere.get(slot)) {
                        unclean++;
                    } else if (dead[slot] != 0 && free(slot, dead[slot])) {
                        freed++;
                    }
                }
            }
            again = unclean > 0 && pause <= LAST_PAUSE_NANOS;
            if (again) {
                LockSupport.parkNanos(pause);
            }
        }
        if (sweep != null) {
            Swept.report(sweep, directory.path().toString(), freed);
        }
        return freed;
    }

    /// The lives that are over and not cleaned up after, by slot; null if there are none.
    private long[] deadLives() {
        long[] dead = null;
        for (int slot = 1; slot <= slots; slot++) {
            long life = life(slot);            // before the lock is checked: see the drawing
            if (isDead(slot)) {
                dead = dead == null ? new long[slots + 1] : dead;
                dead[slot] = life;
            }
        }
        return dead;
    }

    private boolean free(int slot, long life) {
        CrashPoint.RECOVER_OBJECTS_DONE.reached();
        long pid = pid(slot);              // before the slot is free for another process
        String command = command(slot);
        boolean freed = RegistryLayout.isTaken(life)
                && Memory.compareAndSetLong(
                        at(slot) + RegistryLayout.LIFE, life, RegistryLayout.free(RegistryLayout.generation(life)));
        if (freed) {
            if (FlightRecording.isOn()) {
                OwnerDied.report(directory.path().toString(), pid, slot);
            }
            directory.report(pid, "a process ended without closing the space: " + command);
        }
        return freed;
    }

    private String command(int slot) {
        long at = at(slot);
        int length = Memory.getInt(at + RegistryLayout.COMMAND_LENGTH);
        byte[] text = new byte[Math.clamp(length, 0, RegistryLayout.COMMAND_BYTES)];
        Memory.copyTo(at + RegistryLayout.COMMAND, text, 0, text.length);
        return new String(text, StandardCharsets.UTF_8);
    }

    /// Frees slots soon, in a background thread: the caller has recovered what it needs and goes on.
    public void sweepSoon() {
        if (!left) {
            background.start();
        }
    }

    /// One round of the background thread. It leaves the work to another process that does it now.
    ///
    /// @param evenIfAnotherProcessDoes whether to sweep also while another process does
    /// @return whether nothing is left to do
    boolean sweepInBackground(boolean evenIfAnotherProcessDoes) {
        if (left || deadLives() == null) {
            return true;
        }
        boolean mine = alive.tryExclusive(RECLAIMING, 1);
        if (mine || evenIfAnotherProcessDoes) {
            try {
                sweep();
            } finally {
                alive.release(RECLAIMING, 1);
            }
        }
        return left || deadLives() == null;
    }

    /// Leaves the space; everything in it has been closed before. If no other process is in it and none can enter, the
    /// objects that no process needs may be removed.
    ///
    /// @param clean whether this process has left every object consistent; otherwise its slot stays taken, and the next
    ///     cleaner tries again
    /// @param removeAll removes objects, and answers whether nothing is left that a process may need; called only if
    ///     this process is alone
    /// @return whether the registry was removed too, so that the directory is empty but for foreign files
    public boolean leave(boolean clean, BooleanSupplier removeAll) {
        reclaiming.lock();
        try {
            left = true;
            CrashPoint.LEAVE_BEFORE_FREE.reached();
            if (clean) {
                Memory.putLongVolatile(
                        at(self) + RegistryLayout.LIFE, RegistryLayout.free(RegistryLayout.generation(life(self))));
            }
            alive.release(self, 1); // before the check: of several processes that leave at once, the last is alone
            return alive.tryExclusive(DOOR, DOOR_AND_OWNERS) && removeAll(directory, removeAll);
        } finally {
            try {
                closeBoth(region, alive);
            } finally {
                reclaiming.unlock();
            }
        }
    }

    /// Removes from an unused space the objects that no process needs, without joining it.
    ///
    /// @param directory of the space
    /// @param removeAll as for [#leave]
    /// @return whether the registry was removed too, or was not there, so that the directory is empty but for foreign
    ///     files
    public static boolean removeIfUnused(Directory directory, BooleanSupplier removeAll) {
        int descriptor = directory.openFile(ALIVE, O_RDWR);
        if (descriptor < 0) {
            // Without a lock nothing is removed here: a joining process may be about to make the two files.
            return descriptor == -Errno.ENOENT && isUsedThrough(directory, null);
        }
        try (OfdLocks alive = locks(descriptor)) {
            FileStatus status = FileCalls.status(descriptor);
            return status.isRegular()
                    && alive.tryExclusive(DOOR, DOOR_AND_OWNERS)
                    && directory.isStill(ALIVE, status)
                    && isUsedThrough(directory, status)
                    && removeAll(directory, removeAll);
        }
    }

    /// Whether no process uses another file than this one, or none, together with the registry.
    private static boolean isUsedThrough(Directory directory, FileStatus alive) {
        try (RegionFile registry = RegionFile.open(directory, REGISTRY)) {
            return registry == null
                    || (alive == null ? !registry.locks().hasAgreement() : registry.locks().agreesOn(alive.inode()));
        } catch (CorruptObjectException | MismatchException damaged) {
            return false;
        }
    }

    private static boolean removeAll(Directory directory, BooleanSupplier removeAll) {
        boolean removed = removeAll.getAsBoolean();
        if (removed) {
            directory.unlink(ErrorLog.FILE);
            directory.unlink(REGISTRY);
            CrashPoint.REMOVE_HALF_DONE.reached();
            directory.unlink(ALIVE); // last: from here on joining processes make their own
        }
        return removed;
    }

    /// Closes the door for as long as this process lives, if it is alone in the space.
    ///
    /// @return false, with nothing changed, if another process is in the space or enters it
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

    private long life(int slot) {
        return Memory.getLongVolatile(at(slot) + RegistryLayout.LIFE);
    }

    private int tokenOf(int slot, long life) {
        return OwnerToken.of(slot, firstGeneration + RegistryLayout.generation(life));
    }
}
