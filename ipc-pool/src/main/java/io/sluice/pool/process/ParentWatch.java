package io.sluice.pool.process;

import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.linux.Pidfd;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Makes this process leave when its parent dies.
///
/// The kernel tells by a descriptor of the parent, `pidfd_open(2)`. (`PR_SET_PDEATHSIG` would tell of the death of the
/// parent's *thread*, and a lost end of standard input would take that away from the task.)
final class ParentWatch {
    private static final int NO_LIMIT = -1;
    private static final int ORPHANED = 1;
    /// Longer than the hooks need on a machine that is busy with other things: who is cut off leaves files behind.
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// How often the parent is looked at where the kernel gives no descriptor that would tell.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static volatile boolean ignored;
    private static volatile boolean orphaned;

    private ParentWatch() {}

    static void start(long parent) {
        Thread.ofPlatform().daemon().name("sluice-parent-watch").start(() -> watch(parent));
    }

    /// Stays even if the parent dies.
    static void ignore() {
        ignored = true;
    }

    /// Whether this process ends because its parent has died.
    static boolean isOrphaned() {
        return orphaned;
    }

    private static void watch(long parent) {
        try (Pidfd handle = Pidfd.of(parent)) {
            // Had the parent died before, its number might be another process's by now, but not our parent's.
            while (isParent(parent) && !handle.awaitExit(NO_LIMIT)) {
                Thread.onSpinWait();
            }
        } catch (SystemCallException deadOrNoDescriptor) {
            while (isParent(parent)) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        if (!ignored) {
            leave();
        }
    }

    private static boolean isParent(long pid) {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L) == pid;
    }

    /// Leaves in order, so that the hooks can close what is shared, and at once if they do not come to an end.
    private static void leave() {
        orphaned = true;
        Thread.ofPlatform().daemon().name("sluice-halt").start(() -> {
            long start = System.nanoTime();
            while (System.nanoTime() - start < PATIENCE_NANOS) {
                LockSupport.parkNanos(PATIENCE_NANOS);
            }
            Runtime.getRuntime().halt(ORPHANED);
        });
        System.exit(ORPHANED);
    }
}
