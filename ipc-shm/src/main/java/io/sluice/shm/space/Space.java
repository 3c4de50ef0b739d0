package io.sluice.shm.space;

import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.error.ClosedException;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.error.SluiceException;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.Closing;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionHeader;
import io.sluice.shm.region.RegionLayout;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// A named directory of shared objects, as this process sees it: one instance for each directory, however often it is
/// opened here.
///
/// - **Threads:** any.
/// - **Lifetime:** until [#close] has been called as often as [#open]; then this process leaves every object of it.
/// - **Death:** what a dead process held is given back by whoever sweeps, and everybody who opens a space sweeps it.
public final class Space implements AutoCloseable {
    /*
     * Locks, in the order in which they may be taken together:
     *   OPENING   who opens or closes a space
     *   objects   which objects this process has open; opening and leaving them
     *   cleaning  (in Registry) who of this process cleans up after somebody; takes neither of the above
     */
    private static final ReentrantLock OPENING = new ReentrantLock();
    private static final Map<FileKey, Space> OPEN = new HashMap<>();
    private static final ProcessEnd END = new ProcessEnd(OPENING);
    /// The most temporary spaces that one opening looks at.
    private static final int MOST_LOOKS = 64;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = 100_000;

    private record FileKey(long device, long inode) {}

    private final String name;
    private final SpaceLocation location;
    private final Directory directory;
    private final Set<SharedObject> attached = ConcurrentHashMap.newKeySet();
    private final Cleaner cleaner;
    private final ReentrantLock objects = new ReentrantLock();
    private final Map<String, SharedObject> byName = new HashMap<>();
    private Registry registry;
    private int opened;
    private boolean closed;
    /// Whether it is noted in [TemporarySpaces]; guarded by OPENING.
    private boolean temporary;
    /// Whether it was moved away and is removed after the last shutdown hook; guarded by OPENING.
    private boolean goesWithProcess;

    private Space(String name, SpaceLocation location) {
        this.name = name;
        this.location = location;
        this.directory = location.directory();
        this.cleaner = new Cleaner(directory, attached);
    }

    /// Opens a space with the usual options.
    ///
    /// @param root directory of spaces, or null for the usual one
    /// @param name of the space
    /// @return the space
    /// @throws SluiceException if the directories are not safe, Linux refuses, or the space is full
    public static Space open(Path root, String name) {
        return open(root, name, SpaceOptions.defaults());
    }

    /// Opens a space, and makes it if it is not there.
    ///
    /// @param root directory of spaces, or null for system property `sluice.home`, environment variable `SLUICE_HOME`
    ///     or `/dev/shm/sluice-<uid>`, the first that is there
    /// @param name of the space, 1 to 64 of `A-Z a-z 0-9 . _ -`, the first a letter or a digit
    /// @param options for a new space
    /// @return the space
    /// @throws io.sluice.shm.error.UnsafeLocationException if a directory is not private to this user
    /// @throws io.sluice.shm.error.SpaceFullException if as many live processes are in it as it has slots
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    /// @throws SluiceException if another process is removing the space and does not go on
    /// @throws UnsupportedOperationException on other systems than Linux on x86-64 or aarch64
    public static Space open(Path root, String name, SpaceOptions options) {
        return open(root, name, options, false);
    }

    /// Opens a space for temporary objects: if it is left with nothing else in it, by whatever end of its processes, it
    /// is removed. The last process that closes it removes it, and so does the last one that ends in order, after its
    /// shutdown hooks; a space whose last processes were killed, or ended at the same time, goes when the next process
    /// opens any space under the same root, or lists them.
    ///
    /// @param root as for [#open(Path, String, SpaceOptions)]
    /// @param name of the space
    /// @return the space
    /// @throws SluiceException as for [#open(Path, String, SpaceOptions)]
    public static Space openTemporary(Path root, String name) {
        return open(root, name, SpaceOptions.defaults(), true);
    }

    private static Space open(Path root, String name, SpaceOptions options, boolean temporary) {
        Linux.require();
        Names.check("space", name);
        long start = System.nanoTime();
        for (;;) {
            OPENING.lock();
            try {
                Space space = tryOpen(root, name, options, temporary);
                if (space != null) {
                    return space;
                }
            } finally {
                OPENING.unlock();
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new SluiceException(
                        "space '%s': another process is about to remove it and does not go on; continue or end that one"
                                .formatted(name));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// The space, or null if it is going away at this moment.
    private static Space tryOpen(Path root, String name, SpaceOptions options, boolean temporary) {
        Space space = END.goingAlong(SpaceLocation.root(root), name);
        if (space == null) {
            SpaceLocation location = SpaceLocation.openOrCreate(root, name, temporary);
            if (location == null) {
                return null;
            }
            space = OPEN.get(key(location.directory()));
            if (space != null) {
                location.directory().close();
            } else {
                space = join(name, location, options);
            }
        }
        if (space != null) {
            space.opened++;
            if (temporary && !space.temporary) {
                space.becomeTemporary();
            }
        }
        return space;
    }

    /// Notes again what was noted before this process came in: a remover may have been at the door meanwhile.
    private void becomeTemporary() {
        try {
            TemporarySpaces.note(location.root(), name);
            temporary = true;
            END.watch(this);
        } catch (RuntimeException | Error refused) {
            close();
            throw refused;
        }
    }

    /// Goes with this process, if no other one is in it: moves away, so that no newcomer meets it, and is removed after
    /// the last shutdown hook. It stays open until then, whatever closes it. Guarded by OPENING.
    void goWithProcess() {
        if (!goesWithProcess && registry.closeDoorIfAlone()) {
            goesWithProcess = !cleaner.holdsPersistent()
                    && TemporarySpaces.moveAway(location.root(), directory, location.removableRoot());
            if (goesWithProcess) {
                opened++;
                TemporarySpaces.forget(location.root(), name);
            } else {
                registry.openDoor();
            }
        }
    }

    boolean goesWithProcess() {
        return goesWithProcess;
    }

    private static Space join(String name, SpaceLocation location, SpaceOptions options) {
        Space space = null;
        boolean open = false;
        try {
            space = new Space(name, location);
            space.registry = Registry.join(location.directory(), options.ownerSlots(), space.cleaner::clean);
            if (space.registry != null) {
                space.sweep();
                TemporarySpaces.removeAbandoned(location.root(), MOST_LOOKS); // when in: not to meet itself on the way
                OPEN.put(key(location.directory()), space);
                open = true;
                return space;
            }
            return null;
        } catch (SluiceException refused) {
            if (!location.directory().isStillThere()) {
                return null; // removed by its last process while we were coming in
            }
            throw refused;
        } finally {
            if (!open) {
                location.directory().close();
                if (space != null && space.registry != null) {
                    space.registry.leave(false, () -> false); // what could not be swept, the next one sweeps
                }
            }
        }
    }

    private static FileKey key(Directory directory) {
        return new FileKey(directory.status().device(), directory.status().inode());
    }

    /// What it is called.
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
    /// @throws io.sluice.shm.error.MismatchException if it is there and differs
    /// @throws io.sluice.shm.error.CorruptObjectException if a file that is no object has the name
    /// @throws io.sluice.shm.error.LayoutVersionException if another release created it
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
        objects.lock();
        try {
            checkOpen();
            for (;;) {
                SharedObject found = find(spec.name(), header -> {
                    if (mode == OpenMode.CREATE) {
                        throw new ObjectExistsException(
                                "'%s' exists; attach to it, choose another name, or unlink it first"
                                        .formatted(spec.name()));
                    }
                    Comparison.check(spec, header);
                });
                if (found != null) {
                    return found;
                }
                if (mode == OpenMode.ATTACH) {
                    throw noSuchObject(spec.name());
                }
                Region made = Region.create(directory, spec.name(), header(spec), mapped -> {
                    Participants.enter(mapped, registry.token()); // before anybody can sweep it as abandoned
                    spec.initializer().accept(mapped + RegionLayout.BODY);
                });
                if (made != null) {
                    return attached(spec.name(), made);
                }
            }
        } finally {
            objects.unlock();
        }
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
        objects.lock();
        try {
            checkOpen();
            SharedObject found = find(object, header -> Comparison.check(object, kind, header));
            if (found == null) {
                throw noSuchObject(object);
            }
            return found;
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
        Region region = Region.attach(directory, object, check, this::enter);
        if (region == null) {
            return null;
        }
        CrashPoint.ATTACH_JOINED.reached();
        return attached(object, region);
    }

    private void enter(long mapped) {
        Participants.enter(mapped, registry.token());
    }

    private SharedObject attached(String object, Region region) {
        SharedObject here = null;
        try {
            Kind kind = Kind.of(region.header().kind(), object);
            here = new SharedObject(this, directory, registry, object, kind, region);
            here.opened = 1;
            attached.add(here);
            byName.put(object, here);
            return here;
        } catch (RuntimeException | Error refused) {
            if (here != null) {
                attached.remove(here);
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
                UUID.randomUUID(),
                spec.parameters(),
                spec.temporary(),
                spec.elementType(),
                registry.token(),
                ProcessHandle.current().pid(),
                System.currentTimeMillis());
    }

    private NoSuchObjectException noSuchObject(String object) {
        return new NoSuchObjectException("'%s': nothing in space '%s' has this name; create it, or wait for its creator"
                .formatted(object, name));
    }

    /// Takes back one opening of an object.
    void release(SharedObject object) {
        objects.lock();
        try {
            if (!object.isClosed() && --object.opened == 0) {
                leave(object);
            }
        } finally {
            objects.unlock();
        }
    }

    private void leave(SharedObject object) {
        byName.remove(object.name(), object);
        attached.remove(object);
        Closing closing = new Closing().then(() -> object.leave(registry.self()));
        if (object.temporary()) {
            closing.then(() -> cleaner.removeIfAbandoned(object.name(), registry));
        }
        closing.end();
    }

    /// What is in it; see [SpaceInfo#of].
    ///
    /// @return the objects, sorted by name
    public List<ObjectInfo> list() {
        TemporarySpaces.removeAbandoned(location.root(), MOST_LOOKS);
        return SpaceInfo.of(name, path()).objects();
    }

    /// Removes a name. Who has the object open goes on with it, and nobody else will find it.
    ///
    /// @param object its name
    /// @return whether it was there
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public boolean unlink(String object) {
        Names.check("object", object);
        objects.lock();
        try {
            checkOpen();
            return cleaner.unlink(object, registry);
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

    /// Cleans up: finishes what dead processes had begun, and removes temporary objects that no live process has open.
    ///
    /// @return how many dead processes and abandoned objects there were
    public int sweep() {
        objects.lock();
        try {
            checkOpen();
            return registry.sweep() + cleaner.removeAbandoned(registry);
        } finally {
            objects.unlock();
        }
    }

    /// How often an object could not be cleaned up; the process that needs it is told what is wrong with it.
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

    /// Takes back one [#open]; the last one leaves every object and the space. The last process of a space that holds
    /// nothing but temporary objects removes its directory, and the usual root if that is empty then. Calls beyond that
    /// do nothing.
    ///
    /// @throws SluiceException if an object could not be left in order; all others have been left
    @Override
    public void close() {
        OPENING.lock();
        try {
            objects.lock();
            try {
                if (opened > 0 && --opened == 0) {
                    OPEN.remove(key(directory));
                    END.forget(this);
                    closeForGood();
                }
            } finally {
                objects.unlock();
            }
        } finally {
            OPENING.unlock();
        }
    }

    private boolean removeLeftovers() {
        boolean nothingLeft = cleaner.removeLeftovers();
        if (temporary && !nothingLeft && cleaner.failures() == 0) {
            TemporarySpaces.erase(location.root(), name);
        }
        return nothingLeft;
    }

    private void closeForGood() {
        closed = true;
        Closing closing = new Closing();
        for (SharedObject object : List.copyOf(attached)) {
            closing.then(() -> leave(object));
        }
        boolean clean = closing.isClean();
        closing.then(registry::sweep)
                .then(() -> {
                    if (registry.leave(clean, this::removeLeftovers)) {
                        location.removeIfEmpty();
                    }
                })
                .then(directory::close)
                .end();
    }
}
