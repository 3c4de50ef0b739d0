package io.sluice.core.ring;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;

/// One cleaner for all producers of this process. The producers that use it keep it; its thread ends when none does.
final class SharedCleaner {
    private static WeakReference<Cleaner> last = new WeakReference<>(null);

    private SharedCleaner() {}

    static synchronized Cleaner get() {
        Cleaner cleaner = last.get();
        if (cleaner == null) {
            cleaner = Cleaner.create();
            last = new WeakReference<>(cleaner);
        }
        return cleaner;
    }
}
