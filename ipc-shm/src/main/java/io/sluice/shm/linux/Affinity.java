package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/// On which cores a thread may run, `sched_setaffinity(2)`.
public final class Affinity {
    private static final int MASK_BYTES = 1024;
    private static final int CALLING_THREAD = 0;

    private Affinity() {}

    /// The cores on which the calling thread may run.
    ///
    /// @return their numbers, ascending; empty if the kernel does not say
    public static List<Integer> cores() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            return call(Linux.SYS_SCHED_GETAFFINITY, mask) < 0
                    ? List.of()
                    : BitSet.valueOf(mask.asByteBuffer()).stream().boxed().toList();
        }
    }

    /// Binds the calling thread, and the threads that it starts from then on, to a core.
    ///
    /// @param core its number
    /// @return whether the kernel did it
    public static boolean pin(int core) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            if (core < 0 || core >= Byte.SIZE * MASK_BYTES) {
                return false;
            }
            mask.setAtIndex(JAVA_LONG, core / Long.SIZE, 1L << core);
            return call(Linux.SYS_SCHED_SETAFFINITY, mask) >= 0;
        }
    }

    private static long call(long number, MemorySegment mask) {
        return Native.syscall(number, CALLING_THREAD, mask.byteSize(), mask.address(), 0, 0, 0);
    }
}
