package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/// Names that no two objects share, from the kernel's random numbers, `getrandom(2)`: a JVM that only needs a few of
/// them does not have to initialise its own source.
public final class RandomId {
    private static final int BYTES = 16;

    private RandomId() {}

    /// Makes a name of 128 random bits.
    ///
    /// @return the name
    /// @throws io.sluice.shm.error.SystemCallException if the kernel refuses
    public static UUID next() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bits = arena.allocate(BYTES, Long.BYTES);
            long result;
            do {
                result = Native.syscall(Linux.SYS_GETRANDOM, bits.address(), BYTES, 0, 0, 0, 0);
            } while (result == -Errno.EINTR);
            Errno.check(result, "getrandom", "a random name");
            return new UUID(bits.get(JAVA_LONG, 0), bits.get(JAVA_LONG, Long.BYTES));
        }
    }
}
