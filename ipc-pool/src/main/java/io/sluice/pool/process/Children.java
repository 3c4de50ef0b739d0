package io.sluice.pool.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The children of this JVM that live. At its normal end the daemons among them are stopped, and the others waited for.
final class Children {
    private static final long PATIENCE_SECONDS = 5;
    private static final Set<JavaProcess> ALIVE = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean HOOKED = new AtomicBoolean();

    private Children() {}

    static void add(JavaProcess child) {
        if (HOOKED.compareAndSet(false, true)) {
            Runtime.getRuntime().addShutdownHook(new Thread(Children::endAll, "sluice-children"));
        }
        ALIVE.add(child);
    }

    static void remove(JavaProcess child) {
        ALIVE.remove(child);
    }

    static List<JavaProcess> alive() {
        List<JavaProcess> children = new ArrayList<>(ALIVE);
        children.removeIf(child -> !child.isAlive());
        children.sort((one, other) -> Long.compare(one.pid(), other.pid()));
        return List.copyOf(children);
    }

    private static void endAll() {
        List<JavaProcess> children = List.copyOf(ALIVE);
        children.stream().filter(JavaProcess::isDaemon).forEach(JavaProcess::terminate);
        for (JavaProcess child : children) {
            if (child.isDaemon()) {
                endDaemon(child);
            } else {
                child.onExit().join();
            }
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
