package io.sluice.shm.space;

import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.error.CorruptObjectException;
import io.sluice.shm.error.LayoutVersionException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.linux.Futex;
import io.sluice.shm.owner.OwnerToken;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.NewFile;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionFile;
import io.sluice.shm.region.RegionHeader;
import io.sluice.shm.region.RegionLayout;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What is done in a space about those who are gone: their operations are finished, and what only they needed is
/// removed.
///
/// A file that is no object of ours is left alone. What cannot be done about one object is counted and keeps nobody
/// from the others; the slot of the dead process then stays unclean, and the next one tries again.
final class Cleaner {
    private final Directory directory;
    private final Set<SharedObject> attached;
    private final AtomicLong failures = new AtomicLong();

    /// @param attached the objects open in this process, changed by others at any time
    Cleaner(Directory directory, Set<SharedObject> attached) {
        this.directory = directory;
        this.attached = attached;
    }

    /// How many objects could not be cleaned, counted each time.
    long failures() {
        return failures.get();
    }

    /// Finishes what a dead process had begun, in every object of the space and in those without a name that are open
    /// here. The caller holds the lock of the slot.
    ///
    /// @return whether all of it could be done
    boolean clean(int slot, long pid) {
        boolean clean = true;
        for (String name : directory.names()) {
            if (Names.isAllowed(name)) {
                clean &= attempt(() -> clean(name, slot, pid));
            }
        }
        for (SharedObject object : attached) {
            clean &= attempt(() -> object.recover(slot, pid));
        }
        return clean;
    }

    private void clean(String name, int slot, long pid) {
        try (RegionFile file = openObject(name)) {
            if (file != null && file.participants()[slot] != 0) {
                RegionHeader header = file.header();
                Kind kind = Kind.of(header.kind(), name);
                var sides = new SideFiles(directory, header.id(), 0);
                Region.mapAfresh(file, mapped -> finish(header, kind, mapped, slot, pid, sides));
            }
        }
    }

    /// Finishes what one process had begun in one object, and takes it from the participants.
    static void finish(RegionHeader header, Kind kind, long mapped, int slot, long pid, SideFiles sides) {
        long body = mapped + RegionLayout.BODY;
        kind.recover(body, header.bodyBytes(), header.parameters(), slot, pid, Futex.INSTANCE);
        kind.dropSides(body, header.bodyBytes(), header.parameters(), sides);
        Participants.leave(mapped, slot);
    }

    private boolean attempt(Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException | InternalError refused) { // InternalError: somebody truncated the file meanwhile
            failures.incrementAndGet();
            return false;
        }
    }

    /// A file, or null if there is none or it is not ours to touch.
    private RegionFile openObject(String name) {
        try {
            return RegionFile.open(directory, name);
        } catch (CorruptObjectException | LayoutVersionException | UnsafeLocationException foreign) {
            return null;
        }
    }

    /// Removes the temporary objects that no live process has open, and unfinished files of dead ones.
    ///
    /// @return how many objects were removed
    int removeAbandoned(Registry registry) {
        int removed = 0;
        for (String name : directory.names()) {
            if (Names.isAllowed(name)) {
                if (removeIfAbandoned(name, registry)) {
                    removed++;
                }
            } else if (name.startsWith(NewFile.PREFIX) && isUnfinished(name, registry)) {
                attempt(() -> directory.unlink(name));
            }
        }
        return removed;
    }

    private static boolean isUnfinished(String name, Registry registry) {
        try {
            int dash = name.indexOf('-', NewFile.PREFIX.length());
            int token = dash < 0 ? 0 : Integer.parseInt(name, NewFile.PREFIX.length(), dash, 16);
            return token != 0 && registry.look(OwnerToken.slot(token), token) != Registry.Life.ALIVE;
        } catch (NumberFormatException foreign) {
            return false;
        }
    }

    /// Removes an object if it is temporary and no live process has it open.
    ///
    /// Whoever has given up looks once more after unlocking: somebody who left meanwhile could not lock, and relies on
    /// it. So of several who leave at once, one removes the object.
    ///
    /// @return whether
    boolean removeIfAbandoned(String name, Registry registry) {
        boolean[] removed = new boolean[1];
        attempt(() -> {
            try (RegionFile file = openObject(name)) {
                while (file != null && !removed[0] && isAbandoned(file, registry) && file.tryRemove()) {
                    removed[0] = isAbandoned(file, registry) && unlink(name, file.header());
                    file.settled();
                }
            }
        });
        return removed[0];
    }

    private static boolean isAbandoned(RegionFile file, Registry registry) {
        return file.header().temporary() && file.isStillNamed() && !isOpenSomewhere(file, registry);
    }

    private static boolean isOpenSomewhere(RegionFile file, Registry registry) {
        int[] tokens = file.participants();
        for (int slot = 1; slot < tokens.length; slot++) {
            if (tokens[slot] != 0 && registry.look(slot, tokens[slot]) == Registry.Life.ALIVE) {
                return true;
            }
        }
        return false;
    }

    private boolean unlink(String name, RegionHeader header) {
        CrashPoint.SWEEP_BEFORE_UNLINK.reached();
        boolean removed = directory.unlink(name);
        new SideFiles(directory, header.id(), 0).removeAll();
        return removed;
    }

    /// Removes a name that its user does not want any more; its large messages stay if a process has it open.
    ///
    /// @return whether it was there
    boolean unlink(String name, Registry registry) {
        try (RegionFile file = openObject(name)) {
            boolean open = file != null && isOpenSomewhere(file, registry);
            boolean removed = directory.unlink(name);
            if (file != null && !open) {
                new SideFiles(directory, file.header().id(), 0).removeAll();
            }
            return removed;
        }
    }

    /// Removes the name of an object that this process has open, if the name still leads to it. Whoever does holds the
    /// file for removal, so the name cannot pass to another object between the look and the removal.
    ///
    /// @return false if it leads elsewhere, or if somebody is about to attach or to remove it
    boolean tryUnlink(SharedObject object) {
        try (RegionFile file = openObject(object.name())) {
            return file != null && file.header().id().equals(object.objectId()) && file.tryRemove()
                    && file.isStillNamed() && directory.unlink(object.name());
        }
    }

    /// Removes all that nobody needs when the last process leaves: everything but persistent objects, their large
    /// messages and foreign files. The caller knows that no other process is in the space, and that none can come.
    ///
    /// @return whether nothing is left but the registry
    boolean removeLeftovers() {
        Set<UUID> kept = new HashSet<>();
        boolean[] foreign = new boolean[1];
        long before = failures();
        forEach(Names::isAllowed, name -> {
            try (RegionFile file = openObject(name)) {
                if (file != null && file.header().temporary()) {
                    unlink(name, file.header());
                } else {
                    foreign[0] = true;
                    if (file != null) {
                        kept.add(file.header().id());
                    }
                }
            }
        });
        forEach(name -> name.startsWith(NewFile.PREFIX), directory::unlink);
        forEach(name -> {
            UUID object = SideFiles.objectOf(name);
            return object != null && !kept.contains(object);
        }, directory::unlink);
        return !foreign[0] && failures() == before;
    }

    /// Whether something is in the space that stays when its last process leaves.
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

    private void forEach(Predicate<String> which, Consumer<String> action) {
        for (String name : directory.names()) {
            if (which.test(name)) {
                attempt(() -> action.accept(name));
            }
        }
    }
}
