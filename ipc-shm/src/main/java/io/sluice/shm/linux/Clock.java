package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The kernel's monotonic clock, for calls that take a point in time; `System.nanoTime` promises no common origin.
final class Clock {
    private static final int MONOTONIC = 1;
    private static final MethodHandle GETTIME =
            Native.capturing("clock_gettime", Native.NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS);

    private Clock() {}

    static long monotonicNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            int ignored = (int) GETTIME.invokeExact(Native.state(arena), MONOTONIC, time);
            return time.get(JAVA_LONG, 0) * 1_000_000_000 + time.get(JAVA_LONG, 8);
        } catch (Throwable failure) {
            throw Native.rethrow(failure);
        }
    }
}
