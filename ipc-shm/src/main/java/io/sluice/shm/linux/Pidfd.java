package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// A handle of a process that never comes to mean another one, `pidfd_open(2)`. It tells early that a process ended;
/// that a process is dead, the locks of its slot decide.
public final class Pidfd implements AutoCloseable {
    private static final short POLLIN = 1;
    private static final MethodHandle POLL =
            Native.capturing("poll", Native.NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

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
    /// @param millis longest wait in milliseconds; 0 looks once
    /// @return whether it has ended
    public synchronized boolean awaitExit(int millis) {
        if (descriptor < 0) {
            throw new IllegalStateException("process %d: handle closed".formatted(pid));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(JAVA_INT, 0, descriptor);
            pollfd.set(JAVA_SHORT, 4, POLLIN);
            long ready = Native.result((int) POLL.invokeExact(state, pollfd, 1L, millis), state);
            if (ready == -Errno.EINTR) {
                return false;
            }
            return Errno.check(ready, "poll", "process " + pid) > 0;
        } catch (Throwable failure) {
            throw Native.rethrow(failure);
        }
    }

    @Override
    public synchronized void close() {
        if (descriptor >= 0) {
            FileCalls.close(descriptor);
            descriptor = -1;
        }
    }
}
