package io.sluice.jmh;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The peer of our lock: a `pthread_mutex_t` that is robust and shared between processes, called through the JDK's
/// foreign functions. The calls may block, so they are not linked as critical.
@SuppressWarnings("restricted")
public final class PthreadMutex {
    /// Size of a mutex in bytes; glibc needs 40.
    public static final int BYTES = 64;

    private static final int PROCESS_SHARED = 1;
    private static final int ROBUST = 1;

    private static final MethodHandle INIT_ATTRIBUTES = handle("pthread_mutexattr_init", 1);
    private static final MethodHandle SET_SHARED = handle("pthread_mutexattr_setpshared", 0);
    private static final MethodHandle SET_ROBUST = handle("pthread_mutexattr_setrobust", 0);
    private static final MethodHandle INIT = handle("pthread_mutex_init", 2);
    private static final MethodHandle LOCK = handle("pthread_mutex_lock", 1);
    private static final MethodHandle UNLOCK = handle("pthread_mutex_unlock", 1);

    private final MemorySegment mutex;

    /// A mutex at an address.
    ///
    /// @param address absolute; [#BYTES] bytes
    public PthreadMutex(long address) {
        this.mutex = MemorySegment.ofAddress(address);
    }

    /// @param pointers number of pointer arguments; 0 for a pointer and an int
    private static MethodHandle handle(String name, int pointers) {
        FunctionDescriptor type = switch (pointers) {
            case 0 -> FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
            case 1 -> FunctionDescriptor.of(JAVA_INT, ADDRESS);
            default -> FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
        };
        return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow(name), type);
    }

    /// Initialises the mutex; one process calls it once.
    public void init() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(BYTES, 8);
            check((int) INIT_ATTRIBUTES.invokeExact(attributes));
            check((int) SET_SHARED.invokeExact(attributes, PROCESS_SHARED));
            check((int) SET_ROBUST.invokeExact(attributes, ROBUST));
            check((int) INIT.invokeExact(mutex, attributes));
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// Locks the mutex; blocks while it is held.
    public void lock() {
        try {
            check((int) LOCK.invokeExact(mutex));
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// Unlocks the mutex.
    public void unlock() {
        try {
            check((int) UNLOCK.invokeExact(mutex));
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void check(int result) {
        if (result != 0) {
            throw new IllegalStateException("pthread call failed with error " + result);
        }
    }
}
