package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/// What this process does on a signal, `signal(2)`.
public final class SignalCalls {
    private static final long SIG_IGN = 1;
    private static final MethodHandle SIGNAL =
            Native.capturing("signal", Native.NOT_VARIADIC, JAVA_LONG, JAVA_INT, JAVA_LONG);

    private SignalCalls() {}

    /// Ignores a signal from now on, instead of what the JVM does about it.
    ///
    /// @param signal its number
    /// @throws io.sluice.shm.error.SystemCallException if it cannot be ignored
    public static void ignore(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            var state = Native.state(arena);
            long before = Native.result((long) SIGNAL.invokeExact(state, signal, SIG_IGN), state);
            if (before < 0 && before > -4096) {
                Errno.check(before, "signal", "signal " + signal);
            }
        } catch (Throwable failure) {
            throw Native.rethrow(failure);
        }
    }
}
