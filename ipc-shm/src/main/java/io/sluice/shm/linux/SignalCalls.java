package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What this process does on a signal, `sigaction(2)`.
public final class SignalCalls {
    private static final long SIG_IGN = 1;
    private static final long MASK_BYTES = 8;

    private static final long ACTION_BYTES = 32;

    private SignalCalls() {}

    /// Ignores a signal from now on, instead of what the JVM does about it.
    ///
    /// @param signal its number
    /// @throws io.sluice.shm.error.SystemCallException if it cannot be ignored
    public static void ignore(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            // The kernel's struct sigaction { void *handler; u64 flags; void *restorer; u64 mask }
            MemorySegment action = arena.allocate(ACTION_BYTES, 8);
            action.set(JAVA_LONG, 0, SIG_IGN);
            long result = Native.syscall(
                    Linux.SYS_RT_SIGACTION, signal, action.address(), 0, MASK_BYTES, 0, 0);
            Errno.check(result, "sigaction", "signal " + signal);
        }
    }

    /// Does nothing on a signal from now on, instead of what the JVM does about it. Programs that this process starts
    /// act on it as usual, while they would inherit that it is ignored.
    ///
    /// @param signal its number, of one that the JVM handles
    /// @throws io.sluice.shm.error.SystemCallException if that cannot be changed
    public static void discard(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(ACTION_BYTES, 8);
            long read = Native.syscall(Linux.SYS_RT_SIGACTION, signal, 0, action.address(), MASK_BYTES, 0, 0);
            Errno.check(read, "sigaction", "signal " + signal);
            if (action.get(JAVA_LONG, 0) <= SIG_IGN) {       // the JVM was told to handle none (-Xrs), or it is ignored
                ignore(signal);
                return;
            }
            // Flags and restorer stay, as libc has set them. The new handler gets the number of the signal, and may run
            // at any time: it works on its registers alone.
            action.set(JAVA_LONG, 0, Native.addressOf("abs"));
            long result = Native.syscall(Linux.SYS_RT_SIGACTION, signal, action.address(), 0, MASK_BYTES, 0, 0);
            Errno.check(result, "sigaction", "signal " + signal);
        }
    }
}
