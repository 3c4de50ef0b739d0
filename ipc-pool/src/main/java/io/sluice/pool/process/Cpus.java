package io.sluice.pool.process;

import io.sluice.shm.linux.Affinity;
import java.util.List;

/// The cores of this machine.
public final class Cpus {
    private Cpus() {}

    /// Number of processors that the JVM may use: those of the machine, less what affinity and cgroup forbid.
    ///
    /// @return `Runtime.availableProcessors()`
    public static int count() {
        return Runtime.getRuntime().availableProcessors();
    }

    /// The cores on which the calling thread may run, by `sched_getaffinity(2)`. A cgroup's share of processor time
    /// does not appear here; see [#count()].
    ///
    /// @return their numbers, ascending
    public static List<Integer> usable() {
        return Affinity.cores();
    }

    /// Binds the calling thread, and threads that it starts later, to one core, by `sched_setaffinity(2)`. The JVM's
    /// own threads are not affected.
    ///
    /// @param core its number, one of [#usable()]
    /// @throws IllegalArgumentException if the kernel refuses
    public static void pin(int core) {
        if (!Affinity.pin(core)) {
            throw new IllegalArgumentException(
                    "core %d: this thread may not run there; choose one of the cores %s".formatted(core, usable()));
        }
    }
}
