package io.sluice.pool.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The children of this JVM that live. At its normal end the daemons among them are stopped, and the others waited for;
/// those that have an owner are left to it.
/// While there is none, there is no hook either, which would keep the class loader of this library reachable.
final class Children {
    private static final long PATIENCE_SECONDS = 5;
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
        children.stream().filter(JavaProcess::isDaemon).forEach(child -> guard(child::terminate));
        for (JavaProcess child : children) {
            guard(child.isDaemon() ? () -> endDaemon(child) : () -> child.onExit().join());
        }
    }

    /// One that fails keeps no other from its end; no caller is left to be told.
    private static void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            System.err.println("sluice: a child process was not ended: " + failure);
        }
    }

    private static void endDaemon(JavaProcess child) {
        try {
            child.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException stubborn) {
            child.kill();
            child.onExit().join();
        } catch (InterruptedException | ExecutionException hurry) {
            child.kill();
        }
    }
}
