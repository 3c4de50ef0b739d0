package io.sluice.jmh.crossprocess;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.List;

/// On which cores the calling thread may run, by `sched_setaffinity(2)`.
@SuppressWarnings("restricted")
final class Affinity {
    private static final int MASK_BYTES = 128;
    private static final int THIS_THREAD = 0;

    private Affinity() {}

    /// The cores on which the calling thread may run.
    ///
    /// @return their numbers; empty if the kernel does not say
    static List<Integer> cores() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            if (call("sched_getaffinity", mask) < 0) {
                return List.of();
            }
            return BitSet.valueOf(mask.asByteBuffer()).stream().boxed().toList();
        }
    }

    /// Binds the calling thread to a core.
    ///
    /// @return whether the kernel did it
    static boolean pin(int core) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            mask.setAtIndex(JAVA_LONG, core / Long.SIZE, 1L << core);
            return call("sched_setaffinity", mask) == 0;
        }
    }

    private static int call(String name, MemorySegment mask) {
        Linker linker = Linker.nativeLinker();
        MethodHandle function = linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
        try {
            return (int) function.invokeExact(THIS_THREAD, mask.byteSize(), mask);
        } catch (Throwable failure) {
            throw new IllegalStateException(name, failure);
        }
    }
}
