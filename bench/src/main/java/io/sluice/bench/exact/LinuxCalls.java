package io.sluice.bench.exact;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The system calls that this package makes directly, by `syscall(2)`, and their numbers on x86-64 and aarch64.
@SuppressWarnings("restricted")
final class LinuxCalls {
    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

    static final int IOCTL = ARM ? 29 : 16;
    static final int CLOSE = ARM ? 57 : 3;
    static final int GETPPID = ARM ? 173 : 110;
    static final int PRCTL = ARM ? 167 : 157;
    static final int PPOLL = ARM ? 73 : 271;
    static final int SECCOMP = ARM ? 277 : 317;
    static final int PIDFD_OPEN = 434;
    static final int PIDFD_GETFD = 438;

    static final int ENOENT = 2;
    static final int EINTR = 4;

    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));
    private static final MethodHandle STRERROR = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private LinuxCalls() {}

    /// Makes a call.
    ///
    /// @return its result, or the negative error number
    static long call(int number, long a, long b, long c, long d, long e) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = (long) SYSCALL.invokeExact(state, (long) number, a, b, c, d, e);
            return result == -1 ? -state.get(JAVA_INT, ERRNO) : result;
        } catch (Throwable failure) {
            throw new IllegalStateException("system call " + number + " failed", failure);
        }
    }

    /// Checks a result.
    ///
    /// @return the result
    /// @throws RefusedException for an error number; the message has the call, the error and the remedy
    static int check(long result, String call, String remedy) {
        if (result < 0) {
            throw new RefusedException("%s: %s; %s".formatted(call, words((int) -result), remedy));
        }
        return (int) result;
    }

    private static String words(int errno) {
        try {
            return ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable failure) {
            throw new IllegalStateException("strerror failed", failure);
        }
    }

    /// Reads the parent's process id: a real system call without effect, which the C library does not cache.
    static long getppid() {
        return call(GETPPID, 0, 0, 0, 0, 0);
    }
}
