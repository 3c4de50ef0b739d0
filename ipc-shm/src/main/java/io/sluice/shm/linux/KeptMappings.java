package io.sluice.shm.linux;

import java.util.HashMap;
import java.util.Map;

/// Mappings that an observer keeps from one look to the next: making and removing one, and the first accesses to its
/// pages, cost more than all else of a look. The memory of a file that was unlinked stays until the end of the next
/// round, and longer while the observer is stopped.
///
/// - **Threads:** one at a time.
public final class KeptMappings implements ObserverMappings, AutoCloseable {
    /// A process may have some 65,000 mappings.
    private static final int MOST = 16_384;

    /// As long as it is mapped, no other file gets the number of a file.
    private record Key(long device, long inode, long length) {}

    private static final class Kept {
        final Mapping mapping;
        long round;

        Kept(Mapping mapping) {
            this.mapping = mapping;
        }
    }

    private final Map<Key, Kept> all = new HashMap<>();
    private long round;

    /// Makes it; nothing is mapped yet.
    public KeptMappings() {}

    @Override
    public long map(int descriptor, FileStatus status, long length, String name) {
        Key key = new Key(status.device(), status.inode(), length);
        Kept kept = all.get(key);
        if (kept == null) {
            if (all.size() == MOST) {
                close();
            }
            kept = new Kept(Mapping.readOnly(descriptor, length, name));
            all.put(key, kept);
        }
        kept.round = round;
        return kept.mapping.address();
    }

    /// Ends a round of looks: gives back what was not looked at since the last call.
    public void endRound() {
        all.values().removeIf(kept -> {
            boolean gone = kept.round != round;
            if (gone) {
                kept.mapping.unmap();
            }
            return gone;
        });
        round++;
    }

    /// How many files are mapped.
    ///
    /// @return the number
    public int size() {
        return all.size();
    }

    /// Gives all of them back. The next look maps anew.
    @Override
    public void close() {
        all.values().forEach(kept -> kept.mapping.unmap());
        all.clear();
    }
}
