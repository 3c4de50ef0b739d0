package io.sluice.core.owner;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;

/// The one cleaner of this process: it gives up what belongs to objects that were dropped without a close. Its users
/// keep it reachable, and its thread ends when none does.
public final class SharedCleaner {
    private static WeakReference<Cleaner> last = new WeakReference<>(null);

    private SharedCleaner() {}

    /// The cleaner, which is started if it is not there.
    ///
    /// @return to be kept by the caller for as long as something of its own is registered
    public static synchronized Cleaner get() {
        Cleaner cleaner = last.get();
        if (cleaner == null) {
            cleaner = Cleaner.create();
            last = new WeakReference<>(cleaner);
        }
        return cleaner;
    }
}
