package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.core.memory.NativeAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/// How this package reaches the kernel: by one function of libc, `syscall(2)`, with six arguments as words, and with
/// `errno` kept safe from the JVM's own calls.
///
/// One function, because a JVM spins classes for each one that it links, some ten milliseconds at its start. Words,
/// because that is how the kernel takes its arguments: an `int` is the low half of its register.
///
/// The function is not linked as critical: every call here may block, and a critical one would hold up the collector.
@SuppressWarnings("restricted") // the one place of the project that links native functions
final class Native {
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SYSCALL = link();
    /// Where the error numbers go that nothing reads.
    private static final MemorySegment UNREAD = Arena.global().allocate(STATE);

    private Native() {}

    /// On a machine that the project does not know, and where native access is denied: a handle of the same type that
    /// throws when it is called.
    private static MethodHandle link() {
        RuntimeException refusal;
        if (Linux.SUPPORTED) {
            try {
                Linker linker = Linker.nativeLinker();
                return linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("syscall"),
                        TYPE,
                        Linker.Option.captureCallState("errno"),
                        Linker.Option.firstVariadicArg(1));
            } catch (IllegalCallerException denied) {
                refusal = NativeAccess.refusal();
            }
        } else {
            refusal = Linux.unsupported();
        }
        var type = TYPE.toMethodType().insertParameterTypes(0, MemorySegment.class);
        var thrower = MethodHandles.throwException(type.returnType(), RuntimeException.class).bindTo(refusal);
        return MethodHandles.dropArguments(thrower, 0, type.parameterList());
    }

    /// Where a function of libc is.
    static long addressOf(String function) {
        return Linker.nativeLinker().defaultLookup().findOrThrow(function).address();
    }

    /// Memory for the error numbers of calls that one thread makes after another.
    static MemorySegment state(Arena arena) {
        return arena.allocate(STATE);
    }

    /// Makes a system call; the result, or the negative error number.
    static long syscall(long number, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            return syscall(state(arena), number, a, b, c, d, e, f);
        }
    }

    /// The same, without an allocation.
    ///
    /// @param state from [#state]
    static long syscall(MemorySegment state, long number, long a, long b, long c, long d, long e, long f) {
        long result = call(state, number, a, b, c, d, e, f);
        return result == -1 ? -state.get(JAVA_INT, ERRNO) : result;
    }

    /// Makes a system call whose error number does not matter, without an allocation; the result, or -1.
    static long plainSyscall(long number, long a, long b, long c, long d, long e, long f) {
        return call(UNREAD, number, a, b, c, d, e, f);
    }

    private static long call(MemorySegment state, long number, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable undeclared) {
            throw new IllegalStateException(undeclared);     // a native function throws nothing checked
        }
    }
}
