package io.sluice.shm.object;

import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.Parking;
import io.sluice.shm.body.Body;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.linux.Futex;
import io.sluice.shm.owner.ObjectLiveness;
import io.sluice.shm.owner.OwnerToken;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.RegionHeader;

import java.nio.file.Path;
import java.util.UUID;

/// One object, mapped in this process: one instance, however often it is opened here.
///
/// - **Threads:** any.
/// - **Lifetime:** from [Space#open] until [#close] has been called as often, or the space was closed; every handle of
///   the object keeps it, and so the space, reachable. A thread that is inside an operation at the end finds zero
///   pages: it cannot crash and cannot reach other processes. Its operation is finished or undone as if the process had
///   died.
public final class SharedObject implements AutoCloseable {
    private final Space space;
    private final MappedObject mapped;
    private final Registry registry;
    private final ObjectLiveness liveness;
    /// How often it is open here; guarded by the space.
    int opened;

    SharedObject(Space space, MappedObject mapped, Registry registry) {
        this.space = space;
        this.mapped = mapped;
        this.registry = registry;
        this.liveness = new ObjectLiveness(registry, mapped.region, new Recovery(),
                space.name() + '/' + mapped.name);
    }

    /// An inner class, so that a waiter that refers to this port alone keeps the space open.
    private final class Recovery implements ObjectLiveness.Recovery {
        @Override
        public void prepare() {
            mapped.body.prepareRecovery();
        }

        @Override
        public boolean recover(int slot) {
            return mapped.recover(slot);
        }

        @Override
        public void checkSound() {
            throw mapped.recovery.setAside();
        }
    }

    /// The name of the object in its space.
    ///
    /// @return the name
    public String name() {
        return mapped.name;
    }

    /// The kind of its body.
    ///
    /// @return the kind
    public Kind kind() {
        return mapped.kind;
    }

    /// Where the body begins in this process; a multiple of 4096.
    ///
    /// @return absolute address, readable and writable as long as the process lives
    public long address() {
        return mapped.region.body();
    }

    /// Size of the body.
    ///
    /// @return bytes
    public long size() {
        return header().bodyBytes();
    }

    /// The structure of the body, whose size it has.
    ///
    /// @return a body of the kind
    public Body body() {
        return mapped.body;
    }

    /// Name of the codec and of what it encodes.
    ///
    /// @return the text; empty if there is none
    public String elementType() {
        return header().elementType();
    }

    /// Whether it goes when no live process has it open.
    ///
    /// @return whether
    public boolean temporary() {
        return header().temporary();
    }

    /// Hash over kind, layout, parameters and element type.
    ///
    /// @return the fingerprint
    public long fingerprint() {
        return header().fingerprint();
    }

    /// The id of the object: an object that is created again under the same name has another one.
    ///
    /// @return a random id
    public UUID objectId() {
        return header().id();
    }

    /// Sleeps on words of the body, and wakes sleepers.
    ///
    /// @return the port to the kernel
    public Parking parking() {
        return Futex.INSTANCE;
    }

    /// Tells which of the processes that have it open are alive.
    ///
    /// @return the port to the registry
    public Liveness liveness() {
        return liveness;
    }

    /// The process that has an owner slot, or had it last.
    ///
    /// @param owner 1 to 1023
    /// @return its process id, in its own namespace
    public long processId(int owner) {
        return registry.pid(owner);
    }

    /// The process that has the object open in an owner slot, told from all others that have had the slot.
    ///
    /// @param owner 1 to 1023
    /// @return its token, for [#isAlive]; 0 if no process of the slot has the object open
    public int token(int owner) {
        return Participants.token(mapped.region.address(), owner);
    }

    /// Whether the process of a token is alive, and still in the space.
    ///
    /// @param token of [#token]
    /// @return whether
    public boolean isAlive(int token) {
        return token != 0 && registry.isAlive(OwnerToken.slot(token), token);
    }

    /// The messages that are too long for the body.
    ///
    /// @return the side files
    public SideFiles sides() {
        return mapped.sides;
    }

    /// The space it belongs to.
    ///
    /// @return the space
    public Space space() {
        return space;
    }

    /// The file.
    ///
    /// @return its path, while it is not unlinked
    public Path file() {
        return space.path().resolve(name());
    }

    /// Whether it was closed here for good.
    ///
    /// @return whether
    public boolean isClosed() {
        return mapped.isClosed();
    }

    /// Refuses an access after the close.
    ///
    /// @throws ClosedException if it was closed here for good
    public void checkOpen() {
        if (isClosed()) {
            throw new ClosedException("'%s' was closed by this process".formatted(name()));
        }
    }

    /// Whether its name still leads to it.
    ///
    /// @return false once it was unlinked
    public boolean isStillNamed() {
        return mapped.region.isStillNamed();
    }

    /// Removes the name, if it still leads to this object.
    ///
    /// @return whether this call removed it
    /// @throws io.sluice.core.error.SluiceException if another process holds the object for removal and does not go on
    public boolean unlink() {
        return space.unlink(this);
    }

    /// Opens this object once more, in the same opening of the space: closing that space closes both.
    ///
    /// @return this; close it once more
    /// @throws NoSuchObjectException if its name does not lead to it any more
    public SharedObject openAgain() {
        SharedObject again = space.attach(name(), kind());
        if (again != this) {
            again.close();
            throw new NoSuchObjectException("'%s' was unlinked, and another object has its name now".formatted(name()));
        }
        return this;
    }

    /// Undoes one [Space#open]; the last call leaves the object. Calls beyond that do nothing.
    ///
    /// @throws io.sluice.core.error.SluiceException if leaving the object failed
    @Override
    public void close() {
        space.release(this);
    }

    /// This object by its names, to be sent to another process.
    ///
    /// @param waiting of the handle that is sent
    /// @return the reference
    ObjectReference reference(WaitStrategy waiting) {
        KeptObjects.add(this);
        return new ObjectReference(
                space.root().toString(), space.name(), name(), kind(), elementType(), objectId(), waiting);
    }

    MappedObject mapped() {
        return mapped;
    }

    RegionHeader header() {
        return mapped.header();
    }
}
