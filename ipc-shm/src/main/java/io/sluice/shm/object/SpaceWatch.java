package io.sluice.shm.object;

import io.sluice.shm.linux.KeptMappings;
import io.sluice.shm.region.ObserverScratch;
import io.sluice.shm.space.SpaceState;
import java.nio.file.Path;

/// Looks at spaces again and again, as [StateView] does once, at half the cost: the mapping of each object stays from
/// one look to the next. Everything else is read and checked anew.
///
/// - **Threads:** one at a time.
public final class SpaceWatch implements AutoCloseable {
    private final KeptMappings mappings = new KeptMappings();
    private final ObserverScratch scratch = new ObserverScratch();

    /// Makes it; nothing is looked at yet.
    public SpaceWatch() {}

    /// Looks at a space and at all of its objects.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @param name of the space
    /// @return their states
    /// @throws RuntimeException as [StateView#of]
    public SpaceState look(Path root, String name) {
        return StateView.of(root, name, null, false, mappings, scratch);
    }

    /// Ends a round of looks: forgets the objects that were not seen in it.
    public void endRound() {
        mappings.endRound();
    }

    /// How many objects are mapped.
    ///
    /// @return the number
    int kept() {
        return mappings.size();
    }

    @Override
    public void close() {
        mappings.close();
    }
}
