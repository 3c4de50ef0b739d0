package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What this process does on a signal, `sigaction(2)`.
public final class SignalCalls {
    private static final long SIG_IGN = 1;
    private static final long MASK_BYTES = 8;

    private SignalCalls() {}

    /// Ignores a signal from now on, instead of what the JVM does about it.
    ///
    /// @param signal its number
    /// @throws io.sluice.shm.error.SystemCallException if it cannot be ignored
    public static void ignore(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            // The kernel's struct sigaction { void *handler; u64 flags; void *restorer; u64 mask }
            MemorySegment action = arena.allocate(32, 8);
            action.set(JAVA_LONG, 0, SIG_IGN);
            long result = Native.syscall(
                    Linux.SYS_RT_SIGACTION, signal, action.address(), 0, MASK_BYTES, 0, 0);
            Errno.check(result, "sigaction", "signal " + signal);
        }
    }
}
