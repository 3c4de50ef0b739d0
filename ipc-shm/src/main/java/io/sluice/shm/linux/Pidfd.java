package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A handle of a process that never refers to another one, `pidfd_open(2)`. It is only an early notice that the process
/// ended; the lock of its slot decides whether it is dead.
public final class Pidfd implements AutoCloseable {
    /// What [#waitStatus()] answers where the kernel does not tell.
    public static final int UNKNOWN = -1;

    private static final short POLLIN = 1;

    // struct pidfd_info of Linux 6.15: a mask of what is asked for and was answered, ..., the wait status, 64 bytes.
    private static final long PIDFD_GET_INFO = 0xC040_FF0BL;
    private static final long PIDFD_INFO_EXIT = 1 << 3;
    private static final int INFO_BYTES = 64;
    private static final int INFO_STATUS = 60;

    private final long pid;
    private int descriptor;

    private Pidfd(long pid, int descriptor) {
        this.pid = pid;
        this.descriptor = descriptor;
    }

    /// Opens a handle.
    ///
    /// @param pid of a process that the caller knows to be the one it means, such as its parent or child
    /// @return the handle
    /// @throws io.sluice.shm.error.SystemCallException if there is no such process
    public static Pidfd of(long pid) {
        long descriptor = Native.syscall(Linux.SYS_PIDFD_OPEN, pid, 0, 0, 0, 0, 0);
        return new Pidfd(pid, (int) Errno.check(descriptor, "pidfd_open", "process " + pid));
    }

    /// Waits until the process has ended.
    ///
    /// - **Blocking:** at most `millis`; holds its platform thread and does not react to an interrupt.
    ///
    /// @param millis longest wait in milliseconds; 0 checks once, a negative one has no limit
    /// @return whether it has ended
    public synchronized boolean awaitExit(int millis) {
        if (descriptor < 0) {
            throw new IllegalStateException("process %d: handle closed".formatted(pid));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(JAVA_INT, 0, descriptor);
            pollfd.set(JAVA_SHORT, 4, POLLIN);
            long ready = Native.syscall(
                    Linux.SYS_PPOLL, pollfd.address(), 1, timeout(arena, millis), 0, 0, 0);
            if (ready == -Errno.EINTR) {
                return false;
            }
            return Errno.check(ready, "ppoll", "process " + pid) > 0;
        }
    }

    /// A `struct timespec`, or a null pointer for no limit.
    private static long timeout(Arena arena, int millis) {
        if (millis < 0) {
            return 0;
        }
        MemorySegment timespec = arena.allocate(16, 8);
        timespec.set(JAVA_LONG, 0, millis / 1000);
        timespec.set(JAVA_LONG, 8, millis % 1000 * 1_000_000L);
        return timespec.address();
    }

    /// How the process ended, in the encoding of `wait(2)`: also after its parent has waited for it, which is why this
    /// can tell an exit with code 137 from a death by SIGKILL where `Process.exitValue` cannot.
    ///
    /// @return bits 0 to 6 the signal that killed it, or 0 and bits 8 to 15 its exit code; [#UNKNOWN] if it lives, or
    ///     the kernel is older than 6.15
    public synchronized int waitStatus() {
        if (descriptor < 0) {
            return UNKNOWN;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
            info.set(JAVA_LONG, 0, PIDFD_INFO_EXIT);
            long answer = Native.syscall(Linux.SYS_IOCTL, descriptor, PIDFD_GET_INFO, info.address(), 0, 0, 0);
            boolean told = answer >= 0 && (info.get(JAVA_LONG, 0) & PIDFD_INFO_EXIT) != 0;
            return told ? info.get(JAVA_INT, INFO_STATUS) : UNKNOWN;
        }
    }

    /// Sends a signal, to this process and to no other.
    ///
    /// @param signal its number; 0 sends nothing
    /// @return whether the process was still there
    /// @throws io.sluice.shm.error.SystemCallException if there is no such signal
    public synchronized boolean signal(int signal) {
        if (descriptor < 0) {
            return false;
        }
        long answer = Native.syscall(Linux.SYS_PIDFD_SEND_SIGNAL, descriptor, signal, 0, 0, 0, 0);
        if (answer == -Errno.ESRCH) {
            return false;
        }
        Errno.check(answer, "pidfd_send_signal", "signal %s to process %s".formatted(signal, pid));
        return true;
    }

    @Override
    public synchronized void close() {
        if (descriptor >= 0) {
            FileCalls.close(descriptor);
            descriptor = -1;
        }
    }
}
