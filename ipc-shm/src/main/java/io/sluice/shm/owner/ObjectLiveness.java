package io.sluice.shm.owner;

import io.sluice.core.owner.Liveness;
import io.sluice.shm.region.Region;
import io.sluice.shm.region.RegionLayout;

/// Which participants of one object are alive.
///
/// - **Threads:** any. **Allocation:** none, unless a process has died.
public final class ObjectLiveness implements Liveness {
    private final Registry registry;
    private final Region region;
    private final Recovery recovery;
    private final String object;

    /// Finishes the operations of dead processes in one object.
    public interface Recovery {
        /// Called before the first sweep: loads what a recovery needs, so that the first one is as quick as others.
        void prepare();

        /// Finishes what the process in a slot had begun, unless it lives or another process does so now.
        ///
        /// @param slot the slot, 1 to 1023, not that of this process
        /// @return whether the slot has been cleared
        boolean recover(int slot);

        /// Refuses to wait in an object that was set aside.
        ///
        /// @throws io.sluice.core.error.CorruptObjectException if so
        void checkSound();
    }

    /// Every 16th check reads the table of the object.
    private static final int CHECKS_PER_TABLE_READ = 16;
    /// Written without order: at worst the table is read a little earlier or later.
    private int checks;
    /// Written without order: at worst it is prepared twice.
    private boolean prepared;

    /// Watches over one object.
    ///
    /// @param registry of the space
    /// @param region of the object
    /// @param recovery of the object
    /// @param object what error messages and events call it
    public ObjectLiveness(Registry registry, Region region, Recovery recovery, String object) {
        this.registry = registry;
        this.region = region;
        this.recovery = recovery;
        this.object = object;
    }

    @Override
    public String object() {
        return object;
    }

    @Override
    public long counters() {
        return region.address() + RegionLayout.COUNTERS;
    }

    @Override
    public int self() {
        return registry.self();
    }

    /// @throws io.sluice.core.error.CorruptObjectException if what a dead process held in the object cannot be given
    ///     back, so that a wait for it would have no end
    @Override
    public void sweep() {
        if (!prepared) {
            recovery.prepare();
            prepared = true;
        }
        long file = region.address();
        int highest = Participants.highest(file);
        boolean recovered = false;
        for (int slot = 1; slot <= highest; slot++) {
            int entry = Participants.token(file, slot);
            if (entry != 0 && slot != registry.self() && !registry.isAlive(slot, entry)) {
                recovered |= recovery.recover(slot);
            }
        }
        if (recovered) {
            registry.sweepSoon();
        }
        if (Participants.isSetAside(file)) {
            recovery.checkSound();
        }
    }

    /// Most checks read the registry alone: a thousand objects cost one check then, not a thousand on as many pages.
    /// But the table may hold what this registry does not know: an entry of an earlier registry, or the mark of another
    /// process that has set the object aside. So every 16th check reads the table.
    @Override
    public boolean hasDead(long sinceNanos) {
        if (++checks % CHECKS_PER_TABLE_READ != 0 && registry.allAlive(sinceNanos)) {
            return false;
        }
        long file = region.address();
        int highest = Participants.highest(file);
        for (int slot = 1; slot <= highest; slot++) {
            int entry = Participants.token(file, slot);
            if (entry != 0 && slot != registry.self() && !registry.isAlive(slot, entry, sinceNanos)) {
                return true;
            }
        }
        return Participants.isSetAside(file);    // so that the sweep throws, and the sleepers learn of it
    }
}
