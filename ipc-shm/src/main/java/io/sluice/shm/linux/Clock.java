package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The clocks of the kernel; `System.nanoTime` promises no common origin with any.
final class Clock {
    private static final int MONOTONIC = 1;
    private static final int BOOTTIME = 7;

    private Clock() {}

    /// The clock of calls that take a point in time.
    static long monotonicNanos() {
        return nanos(MONOTONIC, "CLOCK_MONOTONIC");
    }

    /// Since the machine was booted, with the time that it was suspended.
    static long sinceBootNanos() {
        return nanos(BOOTTIME, "CLOCK_BOOTTIME");
    }

    private static long nanos(int clock, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            Errno.check(
                    Native.syscall(Linux.SYS_CLOCK_GETTIME, clock, time.address(), 0, 0, 0, 0),
                    "clock_gettime",
                    name);
            return time.get(JAVA_LONG, 0) * 1_000_000_000 + time.get(JAVA_LONG, 8);
        }
    }
}
