package io.sluice.pool.process;

import io.sluice.pool.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The live children of this JVM. At its normal end the daemons among them are stopped, and the others waited for; at
/// an end by a signal, the others go on. Children with an owner are left to it. Without a child there is no shutdown
/// hook either, since a hook keeps the class loader of Sluice reachable.
final class Children {
    /// For all daemons together: longer than a daemon's own pool drains by default, and shorter than the ten seconds
    /// after which a stopped container is killed.
    private static final long DAEMONS_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(8);
    private static final long KILL_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
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
                // The hook may be running: it may have ended this child.
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
        daemons.forEach(child -> guard(() -> endDaemon(child, DAEMONS_TIMEOUT_NANOS - (System.nanoTime() - start))));
        children.stream().filter(child -> !child.isDaemon()).forEach(child -> guard(() -> awaitOther(child)));
    }

    /// Runs a step for one child; its failure, which no caller can receive, does not keep another child from its end.
    private static void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            Log.atEnd("a child process was not ended: " + failure);
        }
    }

    private static void endDaemon(JavaProcess child, long nanos) {
        try {
            if (!child.join(nanos, TimeUnit.NANOSECONDS)) {
                child.kill();
                var _ = child.join(KILL_TIMEOUT_NANOS, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException hurry) {
            child.kill();
        }
    }

    /// Waits for a child, unless a signal ends this process: then it must end soon, whatever the child does. The signal
    /// may come during the wait.
    private static void awaitOther(JavaProcess child) {
        try {
            int signal = Signals.reasonOfTheEnd();
            while (signal <= 0 && !ParentWatch.isOrphaned()) {
                if (child.join(POLL_NANOS, TimeUnit.NANOSECONDS)) {
                    return;
                }
                signal = Signals.reasonOfTheEnd();
            }
            if (signal > 0 && child.isAlive()) {
                Log.atEnd(("process '%s' (%s) goes on, since this one ends by %s; with daemon(true) it would"
                        + " end as well").formatted(child.name(), child.pid(), Signals.name(signal)));
            }
        } catch (InterruptedException hurry) {
            // Then the child goes on alone.
        }
    }
}
