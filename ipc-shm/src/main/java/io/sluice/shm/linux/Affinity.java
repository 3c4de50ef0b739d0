package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.List;

/// On which cores a thread may run, `sched_setaffinity(2)`.
public final class Affinity {
    private static final int MASK_BYTES = 1024;
    private static final int CALLING_THREAD = 0;
    private static final MethodHandle GET = handle("sched_getaffinity");
    private static final MethodHandle SET = handle("sched_setaffinity");

    private Affinity() {}

    private static MethodHandle handle(String name) {
        return Native.capturing(name, Native.NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    }

    /// The cores on which the calling thread may run.
    ///
    /// @return their numbers, ascending; empty if the kernel does not say
    public static List<Integer> cores() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            return call(GET, arena, mask) < 0
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
            return call(SET, arena, mask) >= 0;
        }
    }

    private static long call(MethodHandle function, Arena arena, MemorySegment mask) {
        try {
            MemorySegment state = Native.state(arena);
            int answer = (int) function.invokeExact(state, CALLING_THREAD, mask.byteSize(), mask);
            return Native.result(answer, state);
        } catch (Throwable failure) {
            throw Native.rethrow(failure);
        }
    }
}
