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
/// It runs in another process, not just on another thread: the filtered thread may make a call inside the JVM, where it
/// delays a safepoint. A supervisor in the same JVM could then wait for that safepoint before it answers: a deadlock.
final class CallSupervisor {
    /*
     * The call that installs the filter makes the descriptor of the reports. The filtered thread cannot pass it on:
     * that may need a system call, which has no supervisor yet. So the supervisor polls the descriptors of the process
     * until it is there, and takes a copy with pidfd_getfd(2), as a parent may do with its child. The child closes its
     * own; if the supervisor dies, the child's calls fail instead of blocking without end.
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

    /// Waits for the filter, and answers until the filtered thread or its process has ended.
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
                // The process has ended or is ending: the loop checks that.
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
                report.fill((byte) 0);               // the kernel requires zeros
                if (ioctl(listener, RECEIVE, report, "ioctl(SECCOMP_IOCTL_NOTIF_RECV)")) {
                    int number = report.get(JAVA_INT, REPORT_NUMBER);
                    answer.set(JAVA_LONG, 0, report.get(JAVA_LONG, 0));
                    counts.add(number, 1);           // before the answer, so that the caller sees it counted
                    if (!ioctl(listener, SEND, answer, "ioctl(SECCOMP_IOCTL_NOTIF_SEND)")) {
                        counts.add(number, -1);      // the call restarts, and is reported again
                    }
                }
            }
        }
    }

    /// Waits for a report.
    ///
    /// @return false when the last filtered thread has ended
    private static boolean isThere(MemorySegment poll) {
        long ready = LinuxCalls.call(LinuxCalls.PPOLL, poll.address(), 1, 0, 0, 0);
        if (ready == -LinuxCalls.EINTR) {
            return true;
        }
        LinuxCalls.check(ready, "ppoll", "a descriptor was closed during the call");
        return (poll.get(JAVA_SHORT, 6) & POLLIN) != 0;
    }

    /// @return false if a signal interrupted the reported call, or its thread has ended
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
