package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The kernel's monotonic clock, for calls that take a point in time; `System.nanoTime` promises no common origin.
final class Clock {
    private static final int MONOTONIC = 1;

    private Clock() {}

    static long monotonicNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            Errno.check(
                    Native.syscall(Linux.SYS_CLOCK_GETTIME, MONOTONIC, time.address(), 0, 0, 0, 0),
                    "clock_gettime",
                    "CLOCK_MONOTONIC");
            return time.get(JAVA_LONG, 0) * 1_000_000_000 + time.get(JAVA_LONG, 8);
        }
    }
}
