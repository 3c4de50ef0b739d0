package io.sluice.shm.object;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.SluiceException;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.owner.Closing;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.linux.RandomId;
import io.sluice.shm.linux.ThisProcess;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionHeader;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.OpenMode;
import io.sluice.shm.space.SpaceOptions;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A named directory of shared objects, as this process sees it: one instance for each directory, however often it is
/// opened here, and one more for each guest.
///
/// - **Threads:** any.
/// - **Lifetime:** until [#close] has been called as often as [#open]; then this process leaves every object of it.
/// - **Death:** the first process that waits in an object, or sweeps, gives back what a dead process held there; each
///   process that opens a space sweeps it.
public final class Space implements AutoCloseable {
    /*
     * Locks, in the order in which they may be taken together:
     *   OPENING    (in Membership) opening or closing a space
     *   objects    the objects this process has open; opening and leaving them
     *   reclaiming (in Registry) giving slots of dead processes back; its holder takes neither of the above
     *   place      (in Region) acting in one object for a process that is gone; its holder takes none
     *
     * Each process comes through here at its start. So the parts of an opening are anonymous classes, not lambdas: the
     * JVM would generate a class for each lambda, and the code that calls it.
     */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = 100_000;

    private final String name;
    private final SpaceLocation location;
    private final Directory directory;
    private final Cleaner cleaner;
    private final Registry registry;
    private final Membership membership;
    private final ReentrantLock objects = new ReentrantLock();
    private final Map<String, SharedObject> byName = new HashMap<>();
    private int opened;
    private int kept;
    private boolean closed;

    Space(Membership membership) {
        this.name = membership.name;
        this.location = membership.location;
        this.directory = membership.location.directory();
        this.cleaner = membership.cleaner;
        this.registry = membership.registry;
        this.membership = membership;
    }

    /// Opens a space with the usual options.
    ///
    /// @param root directory of spaces
    /// @param name of the space
    /// @return the space
    /// @throws SluiceException as for [#open(String, SpaceOptions)]
    public static Space open(Path root, String name) {
        return open(name, SpaceOptions.under(root));
    }

    /// Opens a space, and makes it if it is not there.
    ///
    /// A temporary space is removed once its processes have ended and it holds nothing else than temporary objects. The
    /// last process that closes it removes it, and so does the last one that ends in order, after its shutdown hooks. A
    /// space whose last processes were killed, or ended at the same time, is removed when the next process opens any
    /// space under the same root, or lists them.
    ///
    /// @param name of the space, 1 to 64 of `A-Z a-z 0-9 . _ -`, the first a letter or a digit
    /// @param options its root, and how a new one is made
    /// @return the space
    /// @throws io.sluice.shm.error.UnsafeLocationException if a directory is not private to this user
    /// @throws io.sluice.shm.error.SpaceFullException if as many live processes are in it as it has slots
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    /// @throws SluiceException if another process is removing the space and does not go on
    /// @throws UnsupportedOperationException on other systems than Linux on x86-64 or aarch64
    public static Space open(String name, SpaceOptions options) {
        return open(name, options, options.temporary() ? Door.TEMPORARY : Door.MADE);
    }

    /// Opens a space that is there.
    ///
    /// @param root directory of spaces
    /// @param name of the space
    /// @return the space
    /// @throws NoSuchObjectException if it is not there, or is removed at this moment
    /// @throws SluiceException as for [#open(String, SpaceOptions)]
    static Space openExisting(Path root, String name) {
        return open(name, SpaceOptions.under(root), Door.THERE);
    }

    /// Enters a temporary space once more, as another process would: for a server that acts for a client which has no
    /// memory in common with it. What is held through this opening is in a slot of its own. So its close gives back
    /// exactly that, as the death of a process does, and leaves what other openings of this process hold.
    ///
    /// @param name of the space
    /// @return the space; no other opening shares it
    /// @throws SluiceException as for [#open(String, SpaceOptions)]
    public static Space openAsGuest(String name) {
        return open(name, SpaceOptions.defaults().withTemporary(true), Door.GUEST);
    }

    /// The space that an opener finds or creates.
    private enum Door {
        THERE, MADE, TEMPORARY, GUEST;

        boolean isTemporary() {
            return this == TEMPORARY || this == GUEST;
        }
    }

    private static Space open(String name, SpaceOptions options, Door door) {
        Linux.require();
        Names.check("space", name);
        long start = System.nanoTime();
        for (;;) {
            Membership.OPENING.lock();
            try {
                Space space = tryOpen(name, options, door);
                if (space != null) {
                    return space;
                }
            } finally {
                Membership.OPENING.unlock();
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new SluiceException(
                        "space '%s': another process is about to remove it and does not go on; continue or end that one"
                                .formatted(name));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// The space, or null if another process removes it at this moment.
    private static Space tryOpen(String name, SpaceOptions options, Door door) {
        Path root = options.root();
        boolean guest = door == Door.GUEST;
        Space space = guest ? null : Membership.goingAlong(SpaceLocation.root(root), name);
        if (space == null) {
            SpaceLocation location = door == Door.THERE
                    ? SpaceLocation.open(root, name)
                    : SpaceLocation.openOrCreate(root, name, door.isTemporary());
            if (location == null) {
                return null;
            }
            space = guest ? null : Membership.find(location.directory());
            if (space != null) {
                location.directory().close();
            } else {
                space = Membership.join(name, location, options, guest);
            }
        }
        if (space != null) {
            space.opened++;
            if (door.isTemporary()) {
                space.becomeTemporary();
            }
        }
        return space;
    }

    private void becomeTemporary() {
        try {
            membership.becomeTemporary();
        } catch (RuntimeException | Error refused) {
            close();
            throw refused;
        }
    }

    /// The name of the space.
    ///
    /// @return the name
    public String name() {
        return name;
    }

    /// The directory of spaces in which it is.
    ///
    /// @return an absolute path
    public Path root() {
        return location.root();
    }

    /// Its own directory.
    ///
    /// @return an absolute path
    public Path path() {
        return directory.path();
    }

    /// The slot of this process in it.
    ///
    /// @return 1 to 1023
    public int ownerSlot() {
        return registry.self();
    }

    /// Creates an object, or attaches to it if it is there.
    ///
    /// @param spec what it should be
    /// @return the object; close it as often as it was opened
    /// @throws io.sluice.core.error.MismatchException if it is there and differs, or another release created it
    /// @throws io.sluice.core.error.CorruptObjectException if a file that is no object has the name
    /// @throws io.sluice.shm.error.UnsafeLocationException if something that is no private file has the name
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses, as when there is no space
    public SharedObject open(ObjectSpec spec) {
        return open(spec, OpenMode.CREATE_OR_ATTACH);
    }

    /// Creates an object, attaches to it, or either.
    ///
    /// @param spec what it should be
    /// @param mode what to do about a name that is, or is not, there
    /// @return the object; close it as often as it was opened
    /// @throws ObjectExistsException if it is there and should not
    /// @throws NoSuchObjectException if it is not there and should
    /// @throws SluiceException as for [#open(ObjectSpec)]
    public SharedObject open(ObjectSpec spec, OpenMode mode) {
        noteIfTemporary(spec.temporary());    // before the object exists, so that a death in between leaves a note
        return watched(find(spec, mode));
    }

    private SharedObject find(ObjectSpec spec, OpenMode mode) {
        objects.lock();
        try {
            checkOpen();
            for (;;) {
                SharedObject found = find(spec.name(), new Consumer<>() {
                    @Override
                    public void accept(RegionHeader header) {
                        check(spec, mode, header);
                    }
                });
                if (found != null) {
                    return found;
                }
                if (mode == OpenMode.ATTACH) {
                    throw noSuchObject(spec.name());
                }
                Region made = Region.create(directory, spec.name(), header(spec), new Consumer<>() {
                    @Override
                    public void accept(Region region) {
                        enter(spec.name(), region); // before any process can sweep it as abandoned
                        spec.initializer().accept(region.body());
                    }
                });
                if (made != null) {
                    return attached(spec.name(), made);
                }
            }
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            objects.unlock();
        }
    }

    private static void check(ObjectSpec spec, OpenMode mode, RegionHeader header) {
        if (mode == OpenMode.CREATE) {
            throw new ObjectExistsException("'%s' exists; attach to it, choose another name, or unlink it first"
                    .formatted(spec.name()));
        }
        Comparison.check(spec, header);
    }

    /// Attaches to an object that is there, whatever its parameters.
    ///
    /// @param object its name
    /// @param kind what it must be
    /// @return the object; close it as often as it was opened
    /// @throws NoSuchObjectException if it is not there
    /// @throws SluiceException as for [#open(ObjectSpec)]
    public SharedObject attach(String object, Kind kind) {
        Names.check("object", object);
        return watched(find(object, kind));
    }

    private SharedObject watched(SharedObject object) {
        try {
            noteIfTemporary(object.temporary());
            return object;
        } catch (RuntimeException | Error refused) {
            object.close();
            throw refused;
        }
    }

    /// Makes the space end with its last process as soon as one of its objects is temporary, however it was opened.
    private void noteIfTemporary(boolean temporary) {
        if (temporary && !membership.isTemporary()) {
            Membership.OPENING.lock();
            try {
                membership.becomeTemporary();
            } finally {
                Membership.OPENING.unlock();
            }
        }
    }

    private SharedObject find(String object, Kind kind) {
        objects.lock();
        try {
            checkOpen();
            SharedObject found = find(object, header -> Comparison.check(object, kind, header));
            if (found == null) {
                throw noSuchObject(object);
            }
            return found;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            objects.unlock();
        }
    }

    /// The object with that name, open in this process, or null if nothing has it.
    private SharedObject find(String object, Consumer<RegionHeader> check) {
        SharedObject known = byName.get(object);
        if (known != null && known.isStillNamed()) {
            check.accept(known.header());
            known.opened++;
            return known;
        }
        byName.remove(object); // unlinked meanwhile; it stays attached until closed
        Region region = Region.attach(directory, object, check, new Predicate<>() {
            @Override
            public boolean test(Region joined) {
                return enter(object, joined);
            }
        });
        if (region == null) {
            return null;
        }
        CrashPoint.ATTACH_JOINED.reached();
        return attached(object, region);
    }

    private boolean enter(String object, Region region) {
        return cleaner.enter(object, region, registry);
    }

    private SharedObject attached(String object, Region region) {
        MappedObject mapped = null;
        try {
            Kind kind = Kind.of(region.header().kind(), object);
            mapped = new MappedObject(name, directory, registry, object, kind, region);
            membership.add(mapped);
            SharedObject here = new SharedObject(this, mapped, registry);
            here.opened = 1;
            byName.put(object, here);
            return here;
        } catch (RuntimeException | Error refused) {
            if (mapped != null) {
                membership.forget(mapped);
            }
            Participants.leave(region.address(), registry.self());
            region.close();
            throw refused;
        }
    }

    private RegionHeader header(ObjectSpec spec) {
        return new RegionHeader(
                spec.kind().number(),
                spec.bodyBytes(),
                spec.fingerprint(),
                RandomId.next(),
                spec.parameters(),
                spec.temporary(),
                spec.elementType(),
                registry.token(),
                ThisProcess.pid(),
                System.currentTimeMillis());
    }

    private NoSuchObjectException noSuchObject(String object) {
        return new NoSuchObjectException("'%s': nothing in space '%s' has this name; create it, or wait for its creator"
                .formatted(object, name));
    }

    /// Opens an object of this process, and the space, once more for a message, also if its name is gone.
    ///
    /// @return false if it was closed here for good
    boolean keep(SharedObject object) {
        Membership.OPENING.lock();
        try {
            objects.lock();
            try {
                if (closed || object.isClosed()) {
                    return false;
                }
                opened++;
                object.opened++;
                kept++;
                return true;
            } finally {
                objects.unlock();
            }
        } finally {
            Membership.OPENING.unlock();
        }
    }

    /// Undoes one [#keep].
    void letGo(SharedObject object) {
        Membership.OPENING.lock();
        try {
            kept--;
        } finally {
            Membership.OPENING.unlock();
        }
        new Closing().then(() -> release(object)).then(this).end();
    }

    /// Whether a message keeps the space open for its receiver; the caller holds [Membership#OPENING].
    boolean isKept() {
        return kept > 0;
    }

    /// Undoes one opening of an object.
    void release(SharedObject object) {
        objects.lock();
        try {
            if (!object.isClosed() && --object.opened == 0) {
                byName.remove(object.name(), object);
                membership.leave(object.mapped());
            }
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            objects.unlock();
        }
    }

    /// What is in it; see [SpaceView#of].
    ///
    /// @return the objects, sorted by name
    public List<ObjectInfo> list() {
        TemporarySpaces.removeAbandoned(location.root(), Membership.MOST_LOOKS);
        return SpaceView.of(name, path()).objects();
    }

    /// Removes a name without joining the space: also if all its slots are taken, its files are damaged, or the object
    /// was set aside. A process that has the object open goes on with it, and no other will find it.
    ///
    /// @param root directory of spaces, or null for the default one; see [#open]
    /// @param space its name
    /// @param object its name, or that of any other file there that could be one
    /// @return whether it was there
    /// @throws NoSuchObjectException if there is no such space
    /// @throws io.sluice.shm.error.UnsafeLocationException if a directory is not private to this user
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public static boolean unlink(Path root, String space, String object) {
        Linux.require();
        Names.check("space", space);
        Names.check("object", object);
        SpaceLocation location = SpaceLocation.open(root, space);
        try (Directory directory = location.directory()) {
            boolean removed = Cleaner.unlink(directory, object);
            Cleaner cleaner = new Cleaner(space, directory, Set.of());
            if (Registry.removeIfUnused(directory, cleaner::removeLeftovers)) {
                location.removeIfEmpty();
            }
            return removed;
        }
    }

    /// Removes a name. A process that has the object open goes on with it, and no other will find it.
    ///
    /// @param object its name
    /// @return whether it was there
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public boolean unlink(String object) {
        Names.check("object", object);
        objects.lock();
        try {
            checkOpen();
            return Cleaner.unlink(directory, object);
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            objects.unlock();
        }
    }

    /// Removes the name of an object, if it still leads to it.
    boolean unlink(SharedObject object) {
        long start = System.nanoTime();
        while (object.isStillNamed()) {
            if (cleaner.tryUnlink(object)) {
                return true;
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new SluiceException(
                        ("'%s' in space '%s': another process is about to attach to it or to remove it, and does not go"
                        + " on; continue or end that process")
                                .formatted(object.name(), name));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return false;
    }

    /// Cleans up: finishes the operations of dead processes, and removes temporary objects that no live process has
    /// open.
    ///
    /// @return how many dead processes and abandoned objects there were
    public int sweep() {
        objects.lock();
        try {
            checkOpen();
            return membership.sweep();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            objects.unlock();
        }
    }

    /// How often recovery of an object failed. A process that waits in it, or opens it, gets an exception with the
    /// cause.
    ///
    /// @return a count since this process opened the space
    public long cleanupFailures() {
        return cleaner.failures();
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("space '%s' was closed by this process".formatted(name));
        }
    }

    /// Without memory to begin with nothing has changed.
    private void leave() {
        try {
            membership.leave();
        } finally {
            if (membership.hasLeft()) {
                opened = 0;
                closed = true;
            }
        }
    }

    /// Undoes one [#open]; the last call leaves every object and the space. The last process of a space that holds
    /// nothing but temporary objects removes its directory, and the default root if that is empty then. Calls beyond
    /// that do nothing.
    ///
    /// @throws SluiceException if leaving an object failed; all others have been left
    @Override
    public void close() {
        Membership.OPENING.lock();
        try {
            objects.lock();
            try {
                if (opened == 1 && membership.goesWithProcess() == null) {
                    leave();
                } else if (opened > 0) {
                    opened--;
                }
            } finally {
                objects.unlock();
            }
        } finally {
            Membership.OPENING.unlock();
        }
    }
}
