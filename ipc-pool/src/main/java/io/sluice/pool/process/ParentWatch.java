package io.sluice.pool.process;

import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.linux.Pidfd;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Makes this process leave when its parent dies.
///
/// The kernel reports the death by a descriptor of the parent, `pidfd_open(2)`. (`PR_SET_PDEATHSIG` would report the
/// death of the parent's *thread*, and watching standard input would take that away from the task.)
final class ParentWatch {
    /// Longest call in the kernel. A JVM that ends waits up to 300 ms for threads that are in one.
    private static final int LONGEST_CALL_MILLIS = 50;
    private static final int ORPHANED = 1;
    /// Longer than the hooks need on a busy machine: a process that is halted leaves files behind.
    private static final long EXIT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// Interval of checks of the parent if the kernel gives no descriptor.
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static volatile boolean ignored;
    private static volatile boolean orphaned;

    private ParentWatch() {}

    static void start(long parent) {
        Thread watch = new Thread("sluice-parent-watch") {       // no lambda: each child comes through here
            @Override
            public void run() {
                watch(parent);
            }
        };
        watch.setDaemon(true);
        watch.start();
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
            // If the parent died before, its id may belong to another process now, but not to the parent of this one.
            while (isParent(parent) && !handle.awaitExit(LONGEST_CALL_MILLIS)) {
                Thread.onSpinWait();
            }
        } catch (SystemCallException deadOrNoDescriptor) {
            while (isParent(parent)) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        if (!ignored) {
            leave();
        }
    }

    private static boolean isParent(long pid) {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L) == pid;
    }

    /// Exits in order, so that the hooks can close shared objects; halts if they do not end in time.
    private static void leave() {
        orphaned = true;
        Thread.ofPlatform().daemon().name("sluice-halt").start(() -> {
            long start = System.nanoTime();
            while (System.nanoTime() - start < EXIT_TIMEOUT_NANOS) {
                LockSupport.parkNanos(EXIT_TIMEOUT_NANOS);
            }
            Runtime.getRuntime().halt(ORPHANED);
        });
        System.exit(ORPHANED);
    }
}
