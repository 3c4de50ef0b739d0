package io.sluice.shm.linux;

/// How much processor time a thread leaves to others, `setpriority(2)`.
public final class Niceness {
    private static final int OF_A_THREAD = 0;
    private static final int CALLING_THREAD = 0;
    private static final int LOW = 5;

    private Niceness() {}

    /// Gives the calling thread, and the threads and processes that it starts from then on, a low priority: a third of
    /// the processor time of another thread that wants it too. No effect where the kernel refuses.
    public static void low() {
        var _ = Native.syscall(Linux.SYS_SETPRIORITY, OF_A_THREAD, CALLING_THREAD, LOW, 0, 0, 0);
    }
}
