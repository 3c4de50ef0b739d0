package io.sluice.core.crash;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// What happens at a crash point in tests: this class stands before the empty one of the same name on the class path.
///
/// - System properties `sluice.crash.at=NAME` and `sluice.crash.nth=N` (1 by default) kill the process with SIGKILL at
///   the N-th hit of a point. Not `Runtime.halt`, during which other threads would go on.
/// - [#script] calls a test at every hit, in the thread that hit it.
public final class CrashHook {
    private static final String AT = System.getProperty("sluice.crash.at", "");
    private static final int NTH = Integer.getInteger("sluice.crash.nth", 1);
    private static final AtomicInteger HITS = new AtomicInteger();
    private static volatile Consumer<CrashPoint> script = point -> {};

    private CrashHook() {}

    /// Lets a test follow the points of this process, and throw or wait at any of them.
    ///
    /// @param each called at every hit; null ends it
    public static void script(Consumer<CrashPoint> each) {
        script = each == null ? point -> {} : each;
    }

    /// Calls the script, then dies if this is the hit to die at.
    static void reached(CrashPoint point) {
        script.accept(point);
        if (AT.equals(point.name()) && HITS.incrementAndGet() == NTH) {
            killSelf();
        }
    }

    @SuppressWarnings("restricted") // tests run with native access
    private static void killSelf() {
        try {
            Linker linker = Linker.nativeLinker();
            var ofTwo = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            MethodHandle kill = linker.downcallHandle(linker.defaultLookup().findOrThrow("kill"), ofTwo);
            int ignored = (int) kill.invokeExact((int) ProcessHandle.current().pid(), 9);
        } catch (Throwable failure) {
            throw new AssertionError("kill(2) failed", failure);
        }
    }
}
