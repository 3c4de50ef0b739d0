package io.sluice.shm.start;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/// What the JDK alone needs for one system call with its error number: no program that calls Linux loads fewer classes.
final class LinkerMain {
    private LinkerMain() {}

    @SuppressWarnings("restricted") // tests run with native access
    public static void main(String[] arguments) throws Throwable {
        StructLayout layout = Linker.Option.captureStateLayout();
        Linker linker = Linker.nativeLinker();
        MethodHandle syscall = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(1));
        MemorySegment state = Arena.global().allocate(layout);
        long result = (long) syscall.invokeExact(state, -1L, 0L, 0L, 0L, 0L, 0L, 0L);
        if (result != -1 || state.get(JAVA_INT, 0) == 0) {
            throw new AssertionError("system call -1 is not refused");
        }
    }
}
