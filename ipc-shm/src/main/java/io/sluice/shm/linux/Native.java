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
import java.lang.invoke.MethodType;

/// How this package reaches libc: method handles of its functions, with `errno` kept safe from the JVM's own calls.
///
/// Nothing is linked as critical: every call here may block, and a critical one would hold up the collector.
@SuppressWarnings("restricted") // the one place of the project that links native functions
final class Native {
    /// For a function without variable arguments.
    static final int NOT_VARIADIC = -1;

    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    private static final FunctionDescriptor SYSCALL_TYPE = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SYSCALL =
            capturing("syscall", 1, JAVA_LONG, SYSCALL_TYPE.argumentLayouts().toArray(MemoryLayout[]::new));

    /// `syscall(2)` with six arguments as words, for calls whose error number nobody reads; allocates nothing.
    static final MethodHandle PLAIN_SYSCALL =
            link("syscall", SYSCALL_TYPE, SYSCALL_TYPE.toMethodType(), Linker.Option.firstVariadicArg(1));

    private Native() {}

    /// A function with one more argument in front: the memory from [#state], which receives `errno`.
    static MethodHandle capturing(String name, int firstVariadic, MemoryLayout result, MemoryLayout... parameters) {
        var descriptor = FunctionDescriptor.of(result, parameters);
        MethodType type = descriptor.toMethodType().insertParameterTypes(0, MemorySegment.class);
        var capture = Linker.Option.captureCallState("errno");
        return firstVariadic == NOT_VARIADIC
                ? link(name, descriptor, type, capture)
                : link(name, descriptor, type, capture, Linker.Option.firstVariadicArg(firstVariadic));
    }

    /// On a machine that we do not know, and where native access is denied: a handle of the same type that throws when it
    /// is called.
    private static MethodHandle link(
            String name, FunctionDescriptor descriptor, MethodType type, Linker.Option... options) {
        RuntimeException refusal;
        if (Linux.SUPPORTED) {
            try {
                Linker linker = Linker.nativeLinker();
                return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
            } catch (IllegalCallerException denied) {
                refusal = NativeAccess.refusal();
            }
        } else {
            refusal = Linux.unsupported();
        }
        var thrower = MethodHandles.throwException(type.returnType(), RuntimeException.class).bindTo(refusal);
        return MethodHandles.dropArguments(thrower, 0, type.parameterList());
    }

    static MemorySegment state(Arena arena) {
        return arena.allocate(STATE);
    }

    /// Turns the convention of C into ours: the result, or the negative error number.
    static long result(long result, MemorySegment state) {
        return result == -1 ? -state.get(JAVA_INT, ERRNO) : result;
    }

    /// Makes a system call; the result, or the negative error number.
    static long syscall(long number, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return result((long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f), state);
        } catch (Throwable failure) {
            throw rethrow(failure);
        }
    }

    /// Passes on what a method handle declares to throw; ours throw nothing checked.
    static RuntimeException rethrow(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException exception ? exception : new IllegalStateException(failure);
    }
}
