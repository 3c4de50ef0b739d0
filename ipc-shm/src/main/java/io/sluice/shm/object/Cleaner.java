package io.sluice.shm.object;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.error.MismatchException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.owner.OwnerToken;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.NewFile;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionFile;
import io.sluice.shm.region.RegionHeader;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Cleans a space after processes that are gone: finishes their operations, and removes what only they needed.
///
/// A file that is no object of this library stays untouched. A failure in one object is counted, and the others are
/// cleaned nevertheless.
final class Cleaner implements Registry.ObjectCleaner {
    private final String space;
    private final Directory directory;
    private final Set<MappedObject> attached;
    private final AtomicLong failures = new AtomicLong();

    /// @param space its name
    /// @param directory of the space
    /// @param attached the objects open in this process, changed by others at any time
    Cleaner(String space, Directory directory, Set<MappedObject> attached) {
        this.space = space;
        this.directory = directory;
        this.attached = attached;
    }

    /// How many objects could not be recovered, counted each time.
    long failures() {
        long all = failures.get();
        for (MappedObject object : attached) {
            all += object.recovery.failures();
        }
        return all;
    }

    /// Recovers first the objects that are open here, through their open descriptors, also those without a name. Then
    /// the other objects, by name. One walk for all dead processes, and one listing of the directory.
    @Override
    public BitSet recoverAll(Registry registry) {
        BitSet stillThere = new BitSet();
        for (MappedObject object : attached) {
            try {
                object.recoverAll(stillThere);
            } catch (RuntimeException | InternalError refused) {
                failed(object.name, refused, stillThere);
            }
        }
        List<String> names = directory.names();
        for (String name : names) {
            if (Names.isAllowed(name)) {
                try {
                    recover(name, names, registry, stillThere);
                } catch (RuntimeException | InternalError refused) {
                    failed(name, refused, stillThere);
                }
            }
        }
        return stillThere;
    }

    /// Counts a failure in one object: `RuntimeException`, or `InternalError` where another process truncated the file.
    private void failed(String name, Throwable failure, BitSet stillThere) {
        failed(name, failure);
        boolean damaged = failure instanceof CorruptObjectException;   // since it was opened: no process can attach
        if (!damaged) {
            stillThere.set(1, Participants.SLOTS + 1);     // any slot may be in its table: give none back
        }
    }

    private void failed(String name, Throwable failure) {
        failures.incrementAndGet();
        directory.report(0, "'%s' could not be cleaned: %s".formatted(name, failure.getMessage()));
    }

    private void recover(String name, List<String> names, Registry registry, BitSet stillThere) {
        try (RegionFile file = openObject(name)) {
            if (file == null) {
                return;
            }
            int[] table = file.participants();
            int[] gone = gone(table, registry);
            boolean large = Participants.hasHadLargeMessages(table);
            if (Participants.isSetAside(table) || (gone.length == 0 && !large)) {
                return;
            }
            RegionHeader header = file.header();
            var recovery = new ObjectRecovery(space, directory, name, Kind.of(header.kind(), name), header);
            Region.mapAfresh(file, mapped -> {
                for (int slot : gone) {
                    if (!recover(file, mapped, slot, table[slot], registry, recovery)) {
                        stillThere.set(slot);
                    }
                }
                if (large) {
                    var sides = new SideFiles(directory, header.id());
                    recovery.dropSides(mapped, sides, sides.positions(names));
                }
            });
            failures.addAndGet(recovery.failures());
        }
    }

    private static int[] gone(int[] table, Registry registry) {
        int[] gone = new int[table.length];
        int count = 0;
        for (int slot = 1; slot < table.length; slot++) {
            if (table[slot] != 0 && !registry.isAlive(slot, table[slot])) {
                gone[count++] = slot;
            }
        }
        return Arrays.copyOf(gone, count);
    }

    private static boolean recover(
            RegionFile file, long mapped, int slot, int entry, Registry registry, ObjectRecovery recovery) {
        if (!file.tryTakePlace(slot)) {
            return Participants.token(mapped, slot) != entry;    // done meanwhile, or another process recovers it
        }
        try {
            return recovery.recover(mapped, slot, registry.pid(slot, entry));
        } finally {
            file.leavePlace(slot);
        }
    }

    /// Enters this process among the participants of an object.
    ///
    /// @param region of the object
    /// @param registry of this process
    /// @return false if its place there is still taken
    /// @throws CorruptObjectException if the object is set aside
    boolean enter(String name, Region region, Registry registry) {
        int self = registry.self();
        if (!region.file().tryTakePlace(self)) {
            return false;
        }
        long file = region.address();
        var recovery = new ObjectRecovery(
                space, directory, name, Kind.of(region.header().kind(), name), region.header());
        if (!recovery.recover(file, self, 0)) {      // an entry of an earlier life of the slot, or an earlier opening
            recovery.rethrow();
        }
        if (Participants.isSetAside(file)) {
            throw recovery.setAside();
        }
        Participants.enter(file, registry.token());
        return true;
    }

    /// A file, or null if there is none or it is no file of this library.
    private static RegionFile openObject(Directory directory, String name) {
        try {
            return RegionFile.open(directory, name);
        } catch (CorruptObjectException | MismatchException | UnsafeLocationException foreign) {
            return null;
        }
    }

    private RegionFile openObject(String name) {
        return openObject(directory, name);
    }

    /// Removes the temporary objects that no live process has open, and unfinished files of dead ones.
    ///
    /// @return how many objects were removed
    int removeAbandoned(Registry registry) {
        int removed = 0;
        for (String name : directory.names()) {
            if (Names.isAllowed(name)) {
                if (removeIfAbandoned(name)) {
                    removed++;
                }
            } else if (name.startsWith(NewFile.PREFIX) && isUnfinished(name, registry)) {
                unlink(name);
            }
        }
        return removed;
    }

    private static boolean isUnfinished(String name, Registry registry) {
        try {
            int dash = name.indexOf('-', NewFile.PREFIX.length());
            int token = dash < 0 ? 0 : Integer.parseInt(name, NewFile.PREFIX.length(), dash, 16);
            return token != 0 && !registry.isAlive(OwnerToken.slot(token), token);
        } catch (NumberFormatException foreign) {
            return false;
        }
    }

    /// Removes an object if it is temporary and no live process has it open.
    ///
    /// A process that keeps the object looks once more after it has unlocked: a process that left in between could not
    /// lock, and relies on that look. So of several that leave at once, one removes the object.
    ///
    /// @return whether this call removed it
    boolean removeIfAbandoned(String name) {
        boolean removed = false;
        try (RegionFile file = openObject(name)) {
            while (file != null && !removed && isAbandoned(file) && file.tryStartRemoval()) {
                removed = isAbandoned(file) && unlink(directory, file);
                file.endAttachOrRemoval();
            }
        } catch (RuntimeException | InternalError refused) {
            failed(name, refused);
        }
        return removed;
    }

    private static boolean isAbandoned(RegionFile file) {
        return file.header().temporary() && file.isStillNamed() && !isOpenSomewhere(file);
    }

    /// Whether a process has the object open, or recovers it. The locks of the places decide, not the registry.
    private static boolean isOpenSomewhere(RegionFile file) {
        int[] table = file.participants();
        for (int slot = 1; slot < table.length; slot++) {
            if (table[slot] != 0 && file.isPlaceTaken(slot)) {
                return true;
            }
        }
        return false;
    }

    private static boolean unlink(Directory directory, RegionFile file) {
        CrashPoint.SWEEP_BEFORE_UNLINK.reached();
        boolean removed = directory.unlink(file.name());
        removeSides(directory, file);
        return removed;
    }

    private static void removeSides(Directory directory, RegionFile file) {
        if (Participants.hasHadLargeMessages(file.participants())) {
            new SideFiles(directory, file.header().id()).removeAll();
        }
    }

    /// Removes a name at a caller's request; its large messages stay if a process has the object open. The file need
    /// not be an object, and the space need not be joined.
    ///
    /// @return whether it was there
    static boolean unlink(Directory directory, String name) {
        try (RegionFile file = openObject(directory, name)) {
            // Excludes processes that are about to attach: they are not in the table yet.
            boolean alone = file != null && file.tryStartRemoval();
            boolean removed = directory.unlink(name);
            if (removed && alone && !isOpenSomewhere(file)) {
                removeSides(directory, file);
            }
            return removed;
        }
    }

    /// Removes the name of an object that this process has open, if the name still leads to it. The file is held for
    /// removal, so the name cannot pass to another object between the look and the removal.
    ///
    /// @return false if it leads elsewhere, or if another process is about to attach or to remove it
    boolean tryUnlink(SharedObject object) {
        try (RegionFile file = openObject(object.name())) {
            return file != null && file.header().id().equals(object.objectId()) && file.tryStartRemoval()
                    && file.isStillNamed() && directory.unlink(object.name());
        }
    }

    /// Removes all that no process needs when the last one leaves: everything but persistent objects, their large
    /// messages and foreign files. The caller knows that no other process is in the space, and that none can come.
    ///
    /// @return whether nothing is left but the registry
    boolean removeLeftovers() {
        Set<UUID> kept = new HashSet<>();
        Set<UUID> gone = new HashSet<>();
        boolean foreign = false;
        long before = failures();
        List<String> names = directory.names();
        for (String name : names) {
            if (Names.isAllowed(name)) {
                try {
                    foreign |= !unlinkTemporary(name, kept, gone);
                } catch (RuntimeException | InternalError refused) {
                    failed(name, refused);
                }
            }
        }
        boolean allKnown = failures() == before && !foreign;
        for (String name : names) {
            if (isLeftover(name, kept, gone, allKnown)) {
                unlink(name);
            }
        }
        return !foreign && failures() == before;
    }

    private void unlink(String name) {
        try {
            directory.unlink(name);
        } catch (RuntimeException refused) {
            failed(name, refused);
        }
    }

    /// @param kept receives the id of an object that is not temporary
    /// @param gone receives the id of one that was
    /// @return false if it is something else than a temporary object
    private boolean unlinkTemporary(String name, Set<UUID> kept, Set<UUID> gone) {
        try (RegionFile file = openObject(name)) {
            boolean temporary = file != null && file.header().temporary();
            if (temporary) {
                CrashPoint.SWEEP_BEFORE_UNLINK.reached();
                directory.unlink(name);
                gone.add(file.header().id());
            } else if (file != null) {
                kept.add(file.header().id());
            }
            return temporary;
        }
    }

    /// A large message of an object that is not there is a leftover too, but only if the id of each object is known: a
    /// header that could not be read, as for want of a descriptor, may be that of its object.
    private static boolean isLeftover(String name, Set<UUID> kept, Set<UUID> gone, boolean allKnown) {
        UUID object = SideFiles.objectOf(name);
        return name.startsWith(NewFile.PREFIX)
                || (object != null && (gone.contains(object) || (allKnown && !kept.contains(object))));
    }

    /// Whether the space holds a file that stays when its last process leaves.
    boolean holdsPersistent() {
        for (String name : directory.names()) {
            if (Names.isAllowed(name)) {
                try (RegionFile file = openObject(name)) {
                    if (file == null || !file.header().temporary()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
