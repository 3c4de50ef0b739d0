package io.sluice.bench.exact;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Answers every system call of a filtered thread of another process with "go on", and counts it:
/// `seccomp_unotify(2)`.
///
/// It is another process, not just another thread: the filtered thread may make a call inside the JVM, where it holds
/// up a safepoint, and a supervisor in the same JVM could then be held up by that safepoint, with the answer in its
/// hands.
final class CallSupervisor {
    /*
     * The descriptor of the reports is made by the call that installs the filter, and the thread behind it can tell
     * nobody without perhaps making a call that nobody answers yet. So nothing is told: we look through the process's
     * descriptors until it is there, and take a copy, pidfd_getfd(2), as a parent may do with its child. The child
     * closes its own; if we die, its calls fail instead of waiting for ever.
     */
    private static final String LISTENER = "anon_inode:seccomp notify";
    private static final long LOOK_NANOS = 1_000_000;

    private static final long RECEIVE = 0xC050_2100L;   // SECCOMP_IOCTL_NOTIF_RECV
    private static final long SEND = 0xC018_2101L;      // SECCOMP_IOCTL_NOTIF_SEND
    private static final int CONTINUE = 1;
    private static final short POLLIN = 1;

    // struct seccomp_notif { u64 id; u32 pid; u32 flags; struct seccomp_data { int number; ... } }
    private static final int REPORT_BYTES = 80;
    private static final int REPORT_NUMBER = 16;
    // struct seccomp_notif_resp { u64 id; s64 val; s32 error; u32 flags }
    private static final int ANSWER_BYTES = 24;
    private static final int ANSWER_FLAGS = 20;

    private final ProcessHandle process;
    private final CallCounts counts;

    CallSupervisor(ProcessHandle process, CallCounts counts) {
        this.process = process;
        this.counts = counts;
    }

    /// Waits for the filter and answers until its thread has ended, or the process.
    ///
    /// @throws RefusedException if the kernel refuses
    void run() {
        int theirs = awaitListener();
        if (theirs < 0) {
            return;
        }
        int pidfd = LinuxCalls.check(
                LinuxCalls.call(LinuxCalls.PIDFD_OPEN, process.pid(), 0, 0, 0, 0), "pidfd_open", "needs Linux 5.3");
        long listener = LinuxCalls.call(LinuxCalls.PIDFD_GETFD, pidfd, theirs, 0, 0, 0);
        close(pidfd);
        LinuxCalls.check(listener, "pidfd_getfd",
                "needs Linux 5.6 or later, kernel.yama.ptrace_scope 0 or 1, and a container whose policy allows it");
        try {
            answer((int) listener);
        } finally {
            close((int) listener);
        }
    }

    /// @return the number of the descriptor in the process; -1 if the process ended without one
    private int awaitListener() {
        Path descriptors = Path.of("/proc", Long.toString(process.pid()), "fd");
        while (process.isAlive()) {
            try (var entries = Files.newDirectoryStream(descriptors)) {
                for (Path entry : entries) {
                    if (isListener(entry)) {
                        return Integer.parseInt(entry.getFileName().toString());
                    }
                }
            } catch (IOException | DirectoryIteratorException ending) {
                // Then it is not alive any more.
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return -1;
    }

    private static boolean isListener(Path entry) {
        try {
            return Files.readSymbolicLink(entry).toString().equals(LISTENER);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private void answer(int listener) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 8);   // struct pollfd { int fd; short events; short revents }
            poll.set(JAVA_INT, 0, listener);
            poll.set(JAVA_SHORT, 4, POLLIN);
            MemorySegment report = arena.allocate(REPORT_BYTES, 8);
            MemorySegment answer = arena.allocate(ANSWER_BYTES, 8);
            answer.set(JAVA_INT, ANSWER_FLAGS, CONTINUE);
            while (isThere(poll)) {
                report.fill((byte) 0);               // the kernel insists
                if (ioctl(listener, RECEIVE, report, "ioctl(SECCOMP_IOCTL_NOTIF_RECV)")) {
                    int number = report.get(JAVA_INT, REPORT_NUMBER);
                    answer.set(JAVA_LONG, 0, report.get(JAVA_LONG, 0));
                    counts.add(number, 1);           // before the answer: who has made the call finds it counted
                    if (!ioctl(listener, SEND, answer, "ioctl(SECCOMP_IOCTL_NOTIF_SEND)")) {
                        counts.add(number, -1);      // it begins again, and is reported again
                    }
                }
            }
        }
    }

    /// Waits. @return false when the last thread with the filter is gone
    private static boolean isThere(MemorySegment poll) {
        long ready = LinuxCalls.call(LinuxCalls.PPOLL, poll.address(), 1, 0, 0, 0);
        if (ready == -LinuxCalls.EINTR) {
            return true;
        }
        LinuxCalls.check(ready, "ppoll", "descriptors are no longer what they were");
        return (poll.get(JAVA_SHORT, 6) & POLLIN) != 0;
    }

    /// @return false if the call that it is about was interrupted by a signal, or its thread is gone
    private static boolean ioctl(int listener, long request, MemorySegment argument, String call) {
        long result;
        do {
            result = LinuxCalls.call(LinuxCalls.IOCTL, listener, request, argument.address(), 0, 0);
        } while (result == -LinuxCalls.EINTR);
        return result != -LinuxCalls.ENOENT
                && LinuxCalls.check(result, call, "needs Linux 5.9 or later") >= 0;
    }

    private static void close(int descriptor) {
        var _ = LinuxCalls.call(LinuxCalls.CLOSE, descriptor, 0, 0, 0, 0);
    }
}
