package io.sluice.shm.linux;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// Shutdown hooks of this library that have to be over before its temporary spaces are ended: until then other
/// processes can still enter them by name. The JVM runs all hooks at the same time, so the later one waits here for
/// the earlier ones.
///
/// - **Threads:** any.
public final class EarlierHooks {
    private static final Set<CountDownLatch> RUNNING = ConcurrentHashMap.newKeySet();

    private EarlierHooks() {}

    /// Adds one, when it is registered.
    ///
    /// @param over reaches zero when the hook is over, within a bounded time
    public static void add(CountDownLatch over) {
        RUNNING.add(over);
    }

    /// Removes one that was removed from the JVM as well.
    ///
    /// @param over as it was added
    public static void remove(CountDownLatch over) {
        RUNNING.remove(over);
    }

    /// Waits until all are over.
    ///
    /// @throws InterruptedException if the thread is interrupted meanwhile
    public static void await() throws InterruptedException {
        for (CountDownLatch over : RUNNING) {
            over.await();
        }
    }
}
