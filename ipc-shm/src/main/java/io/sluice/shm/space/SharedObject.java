package io.sluice.shm.space;

import io.sluice.core.idle.Parking;
import io.sluice.core.owner.Liveness;
import io.sluice.shm.error.ClosedException;
import io.sluice.shm.linux.Futex;
import io.sluice.shm.owner.ObjectLiveness;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.Closing;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionHeader;

import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/// One object, mapped in this process: one instance, however often it is opened here.
///
/// - **Threads:** any.
/// - **Lifetime:** from [Space#open] until [#close] has been called as often, or the space was closed. A thread that is
///   inside an operation then meets zero pages; it cannot crash and cannot reach other processes. What it had begun is
///   finished or undone as if the process had died.
public final class SharedObject implements AutoCloseable {
    private final Space space;
    private final String name;
    private final Kind kind;
    private final Region region;
    private final SideFiles sides;
    private final Registry registry;
    private final Liveness liveness;
    /// How often it is open here; guarded by the space.
    int opened;
    private final AtomicInteger spacesToClose = new AtomicInteger();
    private volatile boolean closed;

    SharedObject(Space space, Directory directory, Registry registry, String name, Kind kind, Region region) {
        this.space = space;
        this.name = name;
        this.kind = kind;
        this.region = region;
        this.sides = new SideFiles(directory, header().id(), registry.token());
        this.registry = registry;
        // Whoever has the slot now is not the one who died.
        this.liveness = new ObjectLiveness(registry, region, slot -> recover(slot, 0));
    }

    /// What it is called in its space.
    ///
    /// @return the name
    public String name() {
        return name;
    }

    /// What its body is.
    ///
    /// @return the kind
    public Kind kind() {
        return kind;
    }

    /// Where the body begins in this process; a multiple of 4096.
    ///
    /// @return absolute address, readable and writable as long as the process lives
    public long address() {
        return region.body();
    }

    /// Size of the body.
    ///
    /// @return bytes
    public long size() {
        return header().bodyBytes();
    }

    /// One of the numbers it was created with.
    ///
    /// @param index 0 to 7
    /// @return its value
    public long parameter(int index) {
        return header().parameters()[index];
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

    /// This life of the name: another one if it is unlinked and created again.
    ///
    /// @return random
    public UUID objectId() {
        return header().id();
    }

    /// How to sleep on a word of the body.
    ///
    /// @return the port to the kernel
    public Parking parking() {
        return Futex.INSTANCE;
    }

    /// Who of those who have it open is alive.
    ///
    /// @return the port to the registry
    public Liveness liveness() {
        return liveness;
    }

    /// The process that has an owner slot, or had it last.
    ///
    /// @param owner 1 to 1023
    /// @return its process id in its own eyes
    public long processId(int owner) {
        return registry.pid(owner);
    }

    /// The messages that are too long for the body.
    ///
    /// @return the side files
    public SideFiles sides() {
        return sides;
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
        return space.path().resolve(name);
    }

    /// Whether it was closed here for good.
    ///
    /// @return whether
    public boolean isClosed() {
        return closed;
    }

    /// Refuses to go on after the end.
    ///
    /// @throws ClosedException if it was closed here for good
    public void checkOpen() {
        if (closed) {
            throw new ClosedException("'%s' was closed by this process".formatted(name));
        }
    }

    /// Whether its name still leads to it.
    ///
    /// @return false once it was unlinked
    public boolean isStillNamed() {
        return region.isStillNamed();
    }

    /// Removes the name, if it still leads to this object.
    ///
    /// @return whether this call removed it
    /// @throws io.sluice.shm.error.SluiceException if somebody holds the object for removal and does not go on
    public boolean unlink() {
        return space.unlink(this);
    }

    /// Takes back one [Space#open]; the last one leaves the object. Calls beyond that do nothing.
    ///
    /// @throws io.sluice.shm.error.SluiceException if the object could not be left in order
    @Override
    public void close() {
        Closing closing = new Closing().then(() -> space.release(this));
        if (spacesToClose.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
            closing.then(space::close);
        }
        closing.end();
    }

    /// Makes one call of [#close] take back one [Space#open] as well.
    void closesSpaceToo() {
        spacesToClose.incrementAndGet();
    }

    /// This object by its names, to be sent to another process.
    ///
    /// @return the reference
    public ObjectReference reference() {
        return new ObjectReference(space.root().toString(), space.name(), name, kind, objectId());
    }

    /// Does something that touches the body, and names the object if its file was truncated meanwhile.
    ///
    /// @param work what to do
    /// @return the same, which throws [io.sluice.shm.error.CorruptObjectException] instead of the JVM's `InternalError`
    public Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (InternalError fault) {
                throw region.explain(fault);
            }
        };
    }

    RegionHeader header() {
        return region.header();
    }

    /// Finishes here what a dead process had begun, if it took part.
    void recover(int slot, long pid) {
        if (Participants.token(region.address(), slot) != 0) {
            region.mapAfresh(mapped -> Cleaner.finish(header(), kind, mapped, slot, pid, sides));
        }
    }

    /// Leaves the object: cuts off the threads of this process first, so that nothing of theirs can be half done, then
    /// finishes what they had begun.
    ///
    /// @param self slot of this process
    void leave(int self) {
        closed = true;
        new Closing()
                .then(region::seal)
                .then(() -> region.mapAfresh(mapped -> {
                    Cleaner.finish(header(), kind, mapped, self, ProcessHandle.current().pid(), sides);
                    if (Participants.isEmpty(mapped) && !isStillNamed()) {
                        sides.removeAll();
                    }
                }))
                .then(region::close)
                .end();
    }
}
