package io.sluice.shm.owner;

import io.sluice.core.owner.Liveness;
import io.sluice.shm.region.Region;

import java.util.function.IntConsumer;

/// Who of the participants of one object is alive.
///
/// - **Threads:** any. **Allocation:** none, unless somebody has died.
public final class ObjectLiveness implements Liveness {
    private final Registry registry;
    private final Region region;
    private final IntConsumer recoverHere;

    /// Watches over one object.
    ///
    /// @param registry of the space
    /// @param region of the object
    /// @param recoverHere finishes, in this object alone, what an earlier life of a slot had begun; called under the
    ///     lock for that
    public ObjectLiveness(Registry registry, Region region, IntConsumer recoverHere) {
        this.registry = registry;
        this.region = region;
        this.recoverHere = recoverHere;
    }

    @Override
    public int self() {
        return registry.self();
    }

    @Override
    public void sweep() {
        long file = region.address();
        int highest = Participants.highest(file);
        for (int slot = 1; slot <= highest; slot++) {
            int entry = Participants.token(file, slot);
            if (entry != 0) {
                switch (registry.look(slot, entry)) {
                    case ALIVE -> {}
                    case DEAD -> registry.recover(slot);
                    case LONG_DEAD -> recoverEarlierLife(slot, entry);
                }
            }
        }
    }

    @Override
    public boolean hasDead(long sinceNanos) {
        long file = region.address();
        int highest = Participants.highest(file);
        for (int slot = 1; slot <= highest; slot++) {
            int entry = Participants.token(file, slot);
            if (entry != 0 && !registry.isAliveSince(slot, entry, sinceNanos)) {
                return true;
            }
        }
        return false;
    }

    private void recoverEarlierLife(int slot, int entry) {
        registry.recoverEarlierLife(slot, () -> {
            boolean due = Participants.token(region.address(), slot) == entry;
            if (due) {
                recoverHere.accept(slot);
            }
            return due;
        });
    }
}
