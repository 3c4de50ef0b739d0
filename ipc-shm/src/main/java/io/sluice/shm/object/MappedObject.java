package io.sluice.shm.object;

import io.sluice.core.memory.MemoryFault;
import io.sluice.core.owner.Closing;
import io.sluice.shm.body.Body;
import io.sluice.shm.linux.ThisProcess;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionHeader;

import java.util.BitSet;
import java.util.function.LongConsumer;

/// The mapping of one object in this process, with the work that needs no handle: recovery, and leaving the object.
///
/// - **Threads:** any.
/// - **Lifetime:** from the mapping to [#leave]. It refers to no object that user code holds: see [Membership].
final class MappedObject {
    final String name;
    final Kind kind;
    final Body body;
    final Region region;
    final SideFiles sides;
    final ObjectRecovery recovery;
    private final Registry registry;
    private volatile boolean closed;

    MappedObject(String space, Directory directory, Registry registry, String name, Kind kind, Region region) {
        this.name = name;
        this.kind = kind;
        this.body = kind.body(name, region.header().parameters(), region.header().bodyBytes());
        this.region = region;
        this.sides = new SideFiles(directory, name, region.header().id(), registry.token(), region.address());
        this.recovery = new ObjectRecovery(space, directory, name, kind, region.header());
        this.registry = registry;
    }

    RegionHeader header() {
        return region.header();
    }

    boolean isClosed() {
        return closed;
    }

    /// Finishes the operations of a process that is gone, if it had the object open.
    ///
    /// @param slot its slot, not that of this process
    /// @return false if its entry is still in the table: another process recovers it, or recovery failed for now
    boolean recover(int slot) {
        if (!region.tryTakePlaceOf(slot)) {
            return false;
        }
        try {
            int entry = Participants.token(region.address(), slot);
            return recovery.recover(region.address(), slot, entry == 0 ? 0 : registry.pid(slot, entry));
        } finally {
            region.leavePlaceOf(slot);
        }
    }

    /// Finishes the operations of all processes that are gone.
    ///
    /// @param stillThere receives the slots for which that failed
    /// @throws io.sluice.core.error.CorruptObjectException if the file was truncated meanwhile
    void recoverAll(BitSet stillThere) {
        try {
            int highest = Participants.highest(region.address());
            for (int slot = 1; slot <= highest && !closed; slot++) {
                int entry = Participants.token(region.address(), slot);
                if (entry != 0 && slot != registry.self() && !registry.isAlive(slot, entry) && !recover(slot)
                        && !closed) {
                    stillThere.set(slot);
                }
            }
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Leaves the object: first cuts off the threads of this process, so that they change nothing any more, then
    /// finishes their operations.
    ///
    /// Without memory for that nothing has changed. If it ends later, this process counts as one that died here.
    void leave() {
        Closing closing = new Closing();
        AutoCloseable seal = region::seal;
        LongConsumer leave = this::leave;
        AutoCloseable finish = () -> region.mapAfresh(leave);
        closed = true;
        closing.then(seal).then(finish).then(region).end();
    }

    private void leave(long mapped) {
        boolean left = recovery.recover(mapped, registry.self(), ThisProcess.pid());
        boolean large = Participants.hasHadLargeMessages(mapped);
        if (large && left) {
            recovery.dropSides(mapped, sides, sides.positions());
        }
        if (large && Participants.isEmpty(mapped) && !region.isStillNamed()) {
            sides.removeAll();
        }
        if (Participants.isSetAside(mapped)) {
            throw recovery.setAside();
        }
        recovery.rethrow();
    }
}
