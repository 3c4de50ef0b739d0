package io.sluice.shm.linux;

import io.sluice.core.memory.Memory;
import io.sluice.core.park.Parking;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Sleeping on a word of shared memory, by `futex(2)`.
///
/// - A platform thread sleeps in the kernel itself; an interrupt does not end that, the time does.
/// - A virtual thread parks in Java, and [VirtualSleepers] watches its word; an interrupt ends that.
/// - Where the heavy fence does not reach other processes, a sleep ends after 20 ms: a wake-up may have been missed.
/// - The words are shared between processes, so the private flag of the call is never set.
/// - **Allocation:** none for a platform thread after its first sleep.
///
/// All errors of the call mean the same to a waiter, which checks again: the word differs (`EAGAIN`), a signal came
/// (`EINTR`), time is up (`ETIMEDOUT`).
public final class Futex implements Parking {
    /// The only instance.
    public static final Futex INSTANCE = new Futex();

    private static final long WAIT = 0;
    private static final long WAKE = 1;
    private static final long ALL = Integer.MAX_VALUE;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long UNFENCED_NANOS = 20_000_000;

    /// One `struct timespec` per platform thread.
    private static final ThreadLocal<MemorySegment> TIMEOUT = new Timeout();

    /// A class, not a lambda, for which the JVM would generate one at every start.
    private static final class Timeout extends ThreadLocal<MemorySegment> {
        @Override
        protected MemorySegment initialValue() {
            return Arena.ofAuto().allocate(16, 8);
        }
    }

    private static volatile boolean prepared;

    private Futex() {}

    /// Begins what the first wait, or wake-up, of this process needs, once: the kernel takes some 5 to 10 ms to
    /// register a process for the fences of others. A daemon thread waits for that meanwhile. A wait or wake-up that
    /// comes earlier waits too.
    public static void prepare() {
        if (prepared) {
            return;
        }
        prepared = true;
        Thread thread = new Thread(null, new Runnable() {
            @Override
            public void run() {
                Membarrier.light();      // loads the class, which registers
            }
        }, "sluice-fence", 0, false);
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            // The first use registers.
        }
    }

    @Override
    public void park(long address, int expected, long nanos) {
        if (Memory.getIntVolatile(address) != expected || nanos <= 0) {
            return;
        }
        long longest = Membarrier.reachesOthers() ? nanos : Math.min(nanos, UNFENCED_NANOS);
        if (Thread.currentThread().isVirtual()) {
            VirtualSleepers.park(address, expected, longest);
        } else {
            sleep(address, expected, longest);
        }
    }

    /// Sleeps in the kernel and holds its platform thread there.
    static void sleep(long address, int expected, long nanos) {
        MemorySegment timeout = TIMEOUT.get();
        timeout.set(ValueLayout.JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
        timeout.set(ValueLayout.JAVA_LONG, 8, nanos % NANOS_PER_SECOND);
        long ignored = call(address, WAIT, expected, timeout.address());
    }

    @Override
    public void unpark(long address) {
        long ignored = call(address, WAKE, ALL, 0);
    }

    @Override
    public boolean unparkOne(long address) {
        return call(address, WAKE, 1, 0) == 1;
    }

    private static long call(long address, long operation, long value, long timeout) {
        return Native.plainSyscall(Linux.SYS_FUTEX, address, operation, value, timeout, 0, 0);
    }

    @Override
    public void heavyFence() {
        Membarrier.heavy();
    }

    @Override
    public boolean fencesOthers() {
        return Membarrier.reachesOthers();
    }

    @Override
    public void fence() {
        Membarrier.light();
    }
}
