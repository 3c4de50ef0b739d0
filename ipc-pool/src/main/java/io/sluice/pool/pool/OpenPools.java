package io.sluice.pool.pool;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The pools that nobody has closed yet: they end with this process, and leave nothing behind.
final class OpenPools {
    private static final long PATIENCE_SECONDS = 5;
    private static final Set<ProcessPool> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean HOOKED = new AtomicBoolean();

    private OpenPools() {}

    static void add(ProcessPool pool) {
        if (HOOKED.compareAndSet(false, true)) {
            Runtime.getRuntime().addShutdownHook(new Thread(OpenPools::endAll, "sluice-pools"));
        }
        OPEN.add(pool);
    }

    static void remove(ProcessPool pool) {
        OPEN.remove(pool);
    }

    private static void endAll() {
        List<ProcessPool> pools = List.copyOf(OPEN);
        pools.forEach(ProcessPool::terminate);
        try {
            for (ProcessPool pool : pools) {
                var _ = pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
