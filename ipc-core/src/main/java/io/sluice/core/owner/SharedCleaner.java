package io.sluice.core.owner;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;

/// The one cleaner of this process: it releases the resources of objects that were dropped without a close. Its users
/// keep it reachable; its thread ends when no user is left.
public final class SharedCleaner {
    private static WeakReference<Cleaner> last = new WeakReference<>(null);

    private SharedCleaner() {}

    /// The cleaner; started if none is running.
    ///
    /// @return the cleaner; the caller keeps it reachable while it has a registration
    public static synchronized Cleaner get() {
        Cleaner cleaner = last.get();
        if (cleaner == null) {
            cleaner = Cleaner.create();
            last = new WeakReference<>(cleaner);
        }
        return cleaner;
    }
}
