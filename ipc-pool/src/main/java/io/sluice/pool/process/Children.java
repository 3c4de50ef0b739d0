package io.sluice.pool.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The children of this JVM that live. At its normal end the daemons among them are stopped, and the others waited for;
/// at one by a signal, the others are left to themselves. Those that have an owner are left to it.
/// While there is none, there is no hook either, which would keep the class loader of this library reachable.
final class Children {
    /// All daemons together: longer than a daemon's own pool usually drains, and shorter than the ten seconds after
    /// which who stops a container kills what is left.
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);
    private static final long PATIENCE_AFTER_KILL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Set<JavaProcess> ALIVE = ConcurrentHashMap.newKeySet();
    private static Thread hook;              // guarded by the class

    private Children() {}

    /// @throws IllegalStateException if this process is about to end
    static synchronized void add(JavaProcess child) {
        if (hook == null && !child.isOwned()) {
            Thread next = new Thread(Children::endAll, "sluice-children");
            Runtime.getRuntime().addShutdownHook(next);
            hook = next;
        }
        ALIVE.add(child);
    }

    static synchronized void remove(JavaProcess child) {
        ALIVE.remove(child);
        if (ALIVE.isEmpty() && hook != null) {
            try {
                var _ = Runtime.getRuntime().removeShutdownHook(hook);
                hook = null;
            } catch (IllegalStateException ending) {
                // It runs, perhaps: it is what ended this child.
            }
        }
    }

    static List<JavaProcess> alive() {
        List<JavaProcess> children = new ArrayList<>(ALIVE);
        children.removeIf(child -> child.state() != JavaProcess.State.STARTED);
        children.sort((one, other) -> Long.compare(one.pid(), other.pid()));
        return List.copyOf(children);
    }

    private static void endAll() {
        List<JavaProcess> children = ALIVE.stream().filter(child -> !child.isOwned()).toList();
        List<JavaProcess> daemons = children.stream().filter(JavaProcess::isDaemon).toList();
        daemons.forEach(child -> guard(child::terminate));
        long start = System.nanoTime();
        daemons.forEach(child -> guard(() -> endDaemon(child, PATIENCE_NANOS - (System.nanoTime() - start))));
        children.stream().filter(child -> !child.isDaemon()).forEach(child -> guard(() -> awaitOther(child)));
    }

    /// One that fails keeps no other from its end; no caller is left to be told.
    private static void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            System.err.println("sluice: a child process was not ended: " + failure);
        }
    }

    private static void endDaemon(JavaProcess child, long nanos) {
        try {
            if (!child.join(nanos, TimeUnit.NANOSECONDS)) {
                child.kill();
                var _ = child.join(PATIENCE_AFTER_KILL_NANOS, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException hurry) {
            child.kill();
        }
    }

    /// Waits for a child, unless this process was told to end: then it must do so soon, whatever the child does. It may
    /// be told while it waits.
    private static void awaitOther(JavaProcess child) {
        try {
            int signal = Signals.reasonOfTheEnd();
            while (signal <= 0 && !ParentWatch.isOrphaned()) {
                if (child.join(LOOK_NANOS, TimeUnit.NANOSECONDS)) {
                    return;
                }
                signal = Signals.reasonOfTheEnd();
            }
            if (signal > 0 && child.isAlive()) {
                System.err.println(("sluice: process '%s' (%s) is left to itself, since this one ends by %s;"
                        + " daemon(true) ends it as well").formatted(child.name(), child.pid(), Signals.name(signal)));
            }
        } catch (InterruptedException hurry) {
            // Then it goes on alone.
        }
    }
}
