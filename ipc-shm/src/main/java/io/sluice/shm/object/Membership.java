package io.sluice.shm.object;

import io.sluice.core.error.SluiceException;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.SharedCleaner;
import io.sluice.shm.linux.Futex;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.Directory;
import io.sluice.shm.space.SpaceOptions;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The membership of this process in a space: its slot, and the objects that it has mapped.
///
/// - **Threads:** any; mutable state is guarded by [#OPENING].
/// - **Lifetime:** from [#join] to [#leave], or until user code has dropped all references to the space without a
///   close.
final class Membership {
    /*
     * User code holds a Space: by a SharedSpace, and by every handle, producer, condition or iterator, since each
     * refers to its SharedObject, and that to its Space. The process holds a Membership, by the map below, and a
     * Membership refers to its Space weakly. So a space that user code drops without a close becomes garbage, and the
     * JDK's cleaner then leaves it as a close does: the slot is freed, and what was held is given back.
     *
     * A leave seals the memory, so no operation may still run. None does: an operation keeps its handle reachable until
     * its last access of shared memory, by a check whether the handle is open, or by a reachability fence.
     *
     * A guest is a membership that stands beside the map: with a slot of its own, for one Space that is opened once.
     *
     * Between the end of a Space and the call of the cleaner a thread may open the same directory again. It then leaves
     * the old one itself, and joins anew.
     */
    /// Held by the thread of this process that opens or closes a space.
    static final ReentrantLock OPENING = new ReentrantLock();
    private static final Map<FileKey, Membership> OPEN = new HashMap<>();
    private static final ProcessEnd END = new ProcessEnd(OPENING);
    /// The largest number of temporary spaces that one opening checks.
    static final int MOST_LOOKS = 64;

    private record FileKey(long device, long inode) {
        static FileKey of(Directory directory) {
            return new FileKey(directory.status().device(), directory.status().inode());
        }

        // Written out: for generated methods the JDK keeps a soft reference to the last class that had some, and so to
        // the class loader of this library.
        @Override
        public boolean equals(Object other) {
            return other instanceof FileKey key && key.device == device && key.inode == inode;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(31 * device + inode);
        }
    }

    final String name;
    final SpaceLocation location;
    final Cleaner cleaner;
    final Registry registry;
    private final Set<MappedObject> attached;
    private final boolean guest;
    private final java.lang.ref.Cleaner forgetting = SharedCleaner.get();
    private WeakReference<Space> space;
    private java.lang.ref.Cleaner.Cleanable forgotten;
    private boolean left;
    /// Whether it is noted in [TemporarySpaces].
    private volatile boolean temporary;
    /// Its space, once it was moved away, to be removed after the last shutdown hook.
    private Space goesWithProcess;

    private Membership(String name, SpaceLocation location, Cleaner cleaner, Registry registry,
            Set<MappedObject> attached, boolean guest) {
        this.name = name;
        this.location = location;
        this.cleaner = cleaner;
        this.registry = registry;
        this.attached = attached;
        this.guest = guest;
    }

    /// The space of a directory, if this process is in it; otherwise null.
    static Space find(Directory directory) {
        Membership known = OPEN.get(FileKey.of(directory));
        if (known == null) {
            return null;
        }
        Space open = known.space.get();
        if (open == null) {
            known.leaveForgotten();
        }
        return open;
    }

    /// The space of this process that has moved away from this name and ends with the process, or null.
    static Space goingAlong(Path root, String name) {
        return END.goingAlong(root, name);
    }

    /// Enters a space that this process is not in, and sweeps it.
    ///
    /// @param location its directory is closed by this membership, also after a failure
    /// @param guest whether it stands beside the membership of the process
    /// @return the space, or null if another process removes it at this moment
    static Space join(String name, SpaceLocation location, SpaceOptions options, boolean guest) {
        Directory directory = location.directory();
        Registry registry = null;
        Space joined = null;
        try {
            Futex.prepare();     // while this thread joins
            Set<MappedObject> attached = ConcurrentHashMap.newKeySet();
            var cleaner = new Cleaner(name, directory, attached);
            registry = Registry.join(directory, options.maxProcesses(), cleaner);
            if (registry == null) {
                return null;
            }
            var membership = new Membership(name, location, cleaner, registry, attached, guest);
            membership.sweep();
            TemporarySpaces.removeAbandoned(location.root(), MOST_LOOKS); // after the join, so this space is not one
            joined = membership.open();
            return joined;
        } catch (SluiceException refused) {
            if (!directory.isStillThere()) {
                return null; // removed by its last process while this one entered
            }
            throw refused;
        } finally {
            if (joined == null) {
                directory.close();
                if (registry != null) {
                    registry.leave(false, () -> false); // the next process sweeps the rest
                }
            }
        }
    }

    private Space open() {
        Space opened = new Space(this);
        space = new WeakReference<>(opened);
        if (!guest) {
            OPEN.put(FileKey.of(location.directory()), this);
        }
        boolean watched = false;
        try {
            forgotten = forgetting.register(opened, new Runnable() {     // no lambda: see Space
                @Override
                public void run() {
                    leaveForgotten();
                }
            });
            watched = true;
            return opened;
        } finally {
            if (!watched) {
                OPEN.remove(FileKey.of(location.directory()), this);
            }
        }
    }

    /// Cleans up; see [Space#sweep].
    int sweep() {
        return registry.sweep() + cleaner.removeAbandoned(registry);
    }

    /// Notes that the space is open for temporary objects. This is the second note, after the one before the join: a
    /// remover may have taken that one away meanwhile.
    void becomeTemporary() {
        if (!temporary && !left) {
            TemporarySpaces.note(location.root(), name);
            temporary = true;
            END.watch(this);
        }
    }

    boolean isTemporary() {
        return temporary;
    }

    boolean isGuest() {
        return guest;
    }

    /// Ends the space with this process, if no other process has it open or is about to receive a handle: the space
    /// moves away, so that no newcomer finds it, and is removed after the last shutdown hook. It stays open until then,
    /// also if user code closes it. A guest leaves, since it would be another process to its host.
    void goWithProcess() {
        Space open = space.get();
        if (open == null || guest) {
            leaveForgotten();
        } else if (goesWithProcess == null && !open.isKept() && registry.closeDoorIfAlone()) {
            if (!cleaner.holdsPersistent()
                    && TemporarySpaces.moveAway(location.root(), location.directory(), location.removableRoot())) {
                goesWithProcess = open;
                TemporarySpaces.forget(location.root(), name);
            } else {
                registry.openDoor();
            }
        }
    }

    /// The space, if it ends with this process; otherwise null.
    Space goesWithProcess() {
        return goesWithProcess;
    }

    void add(MappedObject object) {
        attached.add(object);
    }

    void forget(MappedObject object) {
        attached.remove(object);
    }

    /// Leaves an object, and removes it if it is temporary and no other process has it open.
    ///
    /// Without memory for that nothing has changed, and the process leaves it with the space.
    void leave(MappedObject object) {
        Closing closing = new Closing();
        AutoCloseable leave = object::leave;
        AutoCloseable remove = object.header().temporary() ? () -> cleaner.removeIfAbandoned(object.name) : null;
        closing.then(leave);
        if (object.isClosed()) {
            attached.remove(object);
            if (remove != null) {
                closing.then(remove);
            }
        }
        closing.end();
    }

    /// Ignores damage of an object that user code has dropped: the next opener of the object gets the exception.
    private void leaveForgotten() {
        OPENING.lock();
        try {
            leave();
        } catch (SluiceException damaged) {
            // All other objects, and the space, have been left.
        } finally {
            OPENING.unlock();
        }
    }

    /// Leaves every object and the space, unless it ends with this process. The last process of a space that holds
    /// nothing but temporary objects removes its directory, and the default root if that is empty then. A second call
    /// does nothing.
    ///
    /// @throws SluiceException if leaving an object failed; all others have been left
    /// @throws OutOfMemoryError if there is none; unless [#hasLeft], nothing has changed then
    void leave() {
        if (left || goesWithProcess != null) {
            return;
        }
        Closing closing = new Closing();     // memory first
        List<AutoCloseable> objects = new ArrayList<>();
        for (MappedObject object : attached) {
            objects.add(() -> leave(object));
        }
        AutoCloseable sweep = registry::sweep;
        BooleanSupplier leftovers = this::removeLeftovers;
        boolean[] clean = new boolean[1];
        AutoCloseable end = () -> {
            if (registry.leave(clean[0], leftovers)) {
                location.removeIfEmpty();
            }
        };
        AutoCloseable forget = forgotten::clean;     // calls leaveForgotten, which does nothing any more
        FileKey key = FileKey.of(location.directory());
        left = true;
        OPEN.remove(key, this);
        END.forget(this);
        for (int i = 0; i < objects.size(); i++) {
            closing.then(objects.get(i));
        }
        clean[0] = closing.isClean();
        closing.then(sweep).then(end).then(location.directory()).then(forget).end();
    }

    boolean hasLeft() {
        return left;
    }

    private boolean removeLeftovers() {
        boolean nothingLeft = cleaner.removeLeftovers();
        if (temporary && !nothingLeft && cleaner.failures() == 0) {
            TemporarySpaces.erase(location.root(), name);
        }
        return nothingLeft;
    }
}
