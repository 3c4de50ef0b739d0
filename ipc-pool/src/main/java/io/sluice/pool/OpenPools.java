package io.sluice.pool;

import io.sluice.pool.log.Log;
import io.sluice.shm.linux.EarlierHooks;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// The open pools: they end with this process, and leave nothing behind. Without an open pool there is no shutdown hook
/// either, since a hook keeps the class loader of Sluice reachable.
final class OpenPools {
    private static final long END_TIMEOUT_SECONDS = 5;
    private static final Set<ProcessPool> OPEN = ConcurrentHashMap.newKeySet();
    private static Thread hook;              // guarded by the class, as is the next
    private static CountDownLatch hookIsOver;

    private OpenPools() {}

    /// @throws IllegalStateException if this process is about to end
    static synchronized void add(ProcessPool pool) {
        if (hook == null) {
            CountDownLatch over = new CountDownLatch(1);
            Thread next = new Thread(() -> {
                try {
                    endAll();
                } finally {
                    over.countDown();
                }
            }, "sluice-pools");
            EarlierHooks.add(over);          // before the hook: it may run at once
            boolean added = false;
            try {
                Runtime.getRuntime().addShutdownHook(next);
                added = true;
            } finally {
                if (!added) {
                    EarlierHooks.remove(over);
                    over.countDown();
                }
            }
            hook = next;
            hookIsOver = over;
        }
        OPEN.add(pool);
    }

    /// A unique name for a pool's space.
    static String spaceName(String pool, int number) {
        return "%s-%s-%s-%08x".formatted(
                pool, ProcessHandle.current().pid(), number, ThreadLocalRandom.current().nextInt());
    }

    static synchronized void remove(ProcessPool pool) {
        OPEN.remove(pool);
        if (OPEN.isEmpty() && hook != null) {
            try {
                var _ = Runtime.getRuntime().removeShutdownHook(hook);
                hook = null;
                EarlierHooks.remove(hookIsOver);
            } catch (IllegalStateException ending) {
                // The hook may be running: it may have ended this pool.
            }
        }
    }

    private static void endAll() {
        long start = System.nanoTime();
        Map<ProcessPool, Long> pools = new HashMap<>();
        for (ProcessPool pool : OPEN) {
            guard(() -> pools.put(pool, pool.endWithJvm()));
        }
        // The shortest first: while one pool is awaited, no earlier limit passes.
        pools.entrySet().stream().sorted(Map.Entry.comparingByValue())
                .forEach(each -> guard(() -> awaitDrained(each.getKey(), start, each.getValue())));
        long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_TIMEOUT_SECONDS);
        for (ProcessPool pool : pools.keySet()) {
            guard(() -> pool.awaitTermination(last - System.nanoTime(), TimeUnit.NANOSECONDS));
        }
    }

    private static boolean awaitDrained(ProcessPool pool, long start, long nanos) throws InterruptedException {
        boolean drained = pool.awaitTermination(start + nanos - System.nanoTime(), TimeUnit.NANOSECONDS)
                && (nanos == 0 || pool.awaitDependents(start + nanos - System.nanoTime()));
        if (!drained && nanos > 0) {
            Log.atEnd("%s did not drain within %s".formatted(pool, Duration.ofNanos(nanos)));
            pool.terminate();
        }
        return drained;
    }

    /// Runs a step for one pool; its failure does not keep another pool from its end.
    private static void guard(Callable<?> step) {
        try {
            var _ = step.call();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } catch (Exception | Error failure) {
            Log.atEnd("a pool did not end with its JVM: " + failure);
        }
    }
}
