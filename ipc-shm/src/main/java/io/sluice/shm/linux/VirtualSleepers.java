package io.sluice.shm.linux;

import io.sluice.core.memory.Memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// How virtual threads sleep on shared words without pinning their carriers: they park in Java, and one daemon thread
/// sleeps for all of them, with `futex_waitv(2)` on their words and on a word of its own.
///
/// A newcomer queues itself, then changes the watcher's own word and wakes it; so the watcher never sleeps on a list
/// that lacks somebody. Each time it wakes it unparks those whose word changed or was woken, and forgets those who left
/// by themselves when their time was up. With more sleepers than one call can watch, or on a kernel before 5.16, it
/// looks at all words every millisecond instead.
final class VirtualSleepers {
    /// System property that makes tests take the way of an old kernel.
    static final String NO_WAITV = "sluice.test.no-futex-waitv";

    /// The kernel watches 128 words at once; one is our own.
    private static final int MOST = 127;
    private static final long POLL_NANOS = 1_000_000;

    // struct futex_waitv { u64 value; u64 address; u32 flags; u32 reserved }
    private static final long ENTRY_BYTES = 24;
    // For our own word too: a wake call without the private flag does not find a private sleeper.
    private static final int SHARED_32_BITS = 2;

    private static final long CLOCK_MONOTONIC = 1;

    private static final Queue<Sleeper> NEWCOMERS = new ConcurrentLinkedQueue<>();
    private static final MemorySegment OWN = Arena.global().allocate(8, 8);

    private final MemorySegment entries = Arena.global().allocate(ENTRY_BYTES * (MOST + 1), 8);
    private final List<Sleeper> sleepers = new ArrayList<>();
    private boolean supported = !Boolean.getBoolean(NO_WAITV);

    private VirtualSleepers() {}

    static {
        Thread.ofPlatform().daemon().name("sluice-virtual-sleepers").start(() -> new VirtualSleepers().watch());
    }

    /// One virtual thread asleep. `thread` becomes null when it is up, by whichever side comes first.
    private static final class Sleeper {
        final long address;
        final int expected;
        volatile Thread thread = Thread.currentThread();

        Sleeper(long address, int expected) {
            this.address = address;
            this.expected = expected;
        }

        void wake() {
            Thread sleeping = thread;
            if (sleeping != null) {
                thread = null;
                LockSupport.unpark(sleeping);
            }
        }
    }

    /// Parks the calling virtual thread. An interrupt is set aside until the end, since it would end every park at
    /// once and make the caller's loop spin.
    static void park(long address, int expected, long nanos) {
        Sleeper self = new Sleeper(address, expected);
        long start = System.nanoTime();
        boolean interrupted = Thread.interrupted();
        NEWCOMERS.add(self);
        Memory.getAndAddInt(OWN.address(), 1);
        Futex.INSTANCE.unpark(OWN.address());
        for (long left = nanos; left > 0 && self.thread != null; left = nanos - (System.nanoTime() - start)) {
            LockSupport.parkNanos(self, left);
            interrupted |= Thread.interrupted();
        }
        self.thread = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// The watcher's life. What it does is so little that nothing can fail but memory; then it goes on as before.
    private void watch() {
        for (;;) {
            try {
                int own = Memory.getIntVolatile(OWN.address()); // read before the queue: a later newcomer changes it
                admitAndWake();
                sleep(own);
            } catch (OutOfMemoryError retry) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private void admitAndWake() {
        for (Sleeper newcomer = NEWCOMERS.poll(); newcomer != null; newcomer = NEWCOMERS.poll()) {
            sleepers.add(newcomer);
        }
        for (Sleeper sleeper : sleepers) {
            if (sleeper.thread != null && Memory.getIntVolatile(sleeper.address) != sleeper.expected) {
                sleeper.wake();
            }
        }
        sleepers.removeIf(sleeper -> sleeper.thread == null);
    }

    private void sleep(int own) {
        int watched = Math.min(sleepers.size(), MOST);
        boolean all = supported && watched == sleepers.size();
        if (!supported) {
            Futex.sleep(OWN.address(), own, sleepers.isEmpty() ? Long.MAX_VALUE : POLL_NANOS);
            return;
        }
        put(0, own, OWN.address());
        for (int i = 0; i < watched; i++) {
            put(i + 1, sleepers.get(i).expected, sleepers.get(i).address);
        }
        long result = waitForAny(watched + 1, all);
        if (result > 0 && result <= watched) {
            long address = sleepers.get((int) result - 1).address;
            sleepers.forEach(sleeper -> {
                if (sleeper.address == address) {
                    sleeper.wake();
                }
            });
        } else if (result == -Errno.ENOSYS) {
            supported = false;
        } else if (result < 0 && result != -Errno.EAGAIN && result != -Errno.EINTR && result != -Errno.ETIMEDOUT) {
            Futex.sleep(OWN.address(), own, POLL_NANOS); // a bad word must not make this loop spin
        }
    }

    private void put(int index, int expected, long address) {
        long offset = index * ENTRY_BYTES;
        entries.set(ValueLayout.JAVA_LONG, offset, Integer.toUnsignedLong(expected));
        entries.set(ValueLayout.JAVA_LONG, offset + 8, address);
        entries.set(ValueLayout.JAVA_INT, offset + 16, SHARED_32_BITS);
        entries.set(ValueLayout.JAVA_INT, offset + 20, 0);
    }

    /// The index of a word that was woken, or a negative error number.
    private long waitForAny(int count, boolean unbounded) {
        try (Arena arena = Arena.ofConfined()) {
            long deadline = 0;
            if (!unbounded) {
                MemorySegment time = arena.allocate(16, 8);
                long nanos = Clock.monotonicNanos() + POLL_NANOS;
                time.set(ValueLayout.JAVA_LONG, 0, nanos / 1_000_000_000);
                time.set(ValueLayout.JAVA_LONG, 8, nanos % 1_000_000_000);
                deadline = time.address();
            }
            return Native.syscall(
                    Linux.SYS_FUTEX_WAITV, entries.address(), count, 0, deadline, CLOCK_MONOTONIC, 0);
        }
    }
}
