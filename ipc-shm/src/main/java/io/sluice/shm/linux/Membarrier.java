package io.sluice.shm.linux;

import java.lang.invoke.VarHandle;

/// A fence for all participants at once, by `membarrier(2)`, so that the hot side of a handshake needs none.
///
/// `MEMBARRIER_CMD_GLOBAL_EXPEDITED` puts a full fence into every running thread of every process that registered for
/// it; this process registers when the class is loaded. Limits:
///
/// - A process that could not register (old kernel, a seccomp filter) is not reached by the fences of others, and so
///   uses real ones itself: [#light] is then a full fence, a constant that the compiler sees.
/// - A waiter whose own [#heavy] fails has only fenced itself, and may miss a wake-up from a registered process. From
///   then on [#reachesOthers] is false, and no sleep of this process is long.
final class Membarrier {
    /// System property that makes tests behave as a process that may not register.
    static final String NO_MEMBARRIER = "sluice.test.no-membarrier";

    private static final long GLOBAL_EXPEDITED = 1 << 1;
    private static final long REGISTER_GLOBAL_EXPEDITED = 1 << 2;

    private static final boolean REGISTERED = Linux.isUsable()
            && !Boolean.getBoolean(NO_MEMBARRIER)
            && Native.syscall(Linux.SYS_MEMBARRIER, REGISTER_GLOBAL_EXPEDITED, 0, 0, 0, 0, 0) == 0;

    private static volatile boolean reachesOthers = REGISTERED;

    private Membarrier() {}

    /// The rare side, before it reads what the hot side writes.
    static void heavy() {
        VarHandle.fullFence();
        if (REGISTERED) {
            long result = Native.plainSyscall(Linux.SYS_MEMBARRIER, GLOBAL_EXPEDITED, 0, 0, 0, 0, 0);
            if (result != 0) {
                reachesOthers = false;
            }
        }
    }

    /// Whether each heavy fence of this process so far was one for the others too.
    static boolean reachesOthers() {
        return reachesOthers;
    }

    /// The hot side, between its store and its load. An acquire fence costs no instruction on x86-64, and is a barrier
    /// to the compiler in both directions, which is all that the heavy side cannot provide.
    static void light() {
        if (REGISTERED) {
            VarHandle.acquireFence();
        } else {
            VarHandle.fullFence();
        }
    }
}
