package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A thread whose system calls fail at will: the kernel reports each of them to a second thread, which lets it go on or
/// answers it with an error number, `seccomp_unotify(2)`. The code under test and its path into the kernel are those
/// of production.
///
/// - **Which calls:** those that the library makes through `syscall(2)` of libc, by the address of that function. The
///   JVM's own calls stay as they are, so the second thread can be one of the same JVM: a thread that waits for its
///   answer is in native code, and delays no safepoint.
/// - **Close:** Linux closes the descriptor also when `close(2)` answers with an error. So the second thread closes it.
/// - **Lifetime:** threads that the first one starts inherit the filter. The second thread is a daemon and answers for
///   as long as one of them lives.
public final class CallFaults implements AutoCloseable {
    /*
     * struct seccomp_data  { int number; u32 machine; u64 instruction; u64 arguments[6] }
     * struct seccomp_notif { u64 id; u32 thread; u32 flags; struct seccomp_data data }
     * struct seccomp_notif_resp { u64 id; s64 value; s32 error; u32 flags }
     */
    private static final boolean ARM = Linux.SYS_CLOSE == 57;
    private static final long SYS_PRCTL = ARM ? 167 : 157;
    private static final long SYS_SECCOMP = ARM ? 277 : 317;
    private static final int SYS_GETTID = ARM ? 178 : 186;
    private static final int SYS_GETCPU = ARM ? 168 : 309;

    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SET_MODE_FILTER = 1;
    private static final int NEW_LISTENER = 8;
    private static final int USER_NOTIF = 0x7fc0_0000;
    private static final int ALLOW = 0x7fff_0000;
    private static final long RECEIVE = 0xC050_2100L;
    private static final long SEND = 0xC018_2101L;
    private static final int GO_ON = 1;
    private static final short POLLIN = 1;
    /// The function is shorter, and the next one is not called by the library.
    private static final int FUNCTION_BYTES = 40;

    private static final int F_OFD_GETLK = 36;
    private static final int F_UNLCK = 2;
    private static final int ENOLCK = 37;
    private static final int MAP_ANONYMOUS = 0x20;

    private static final int LOAD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_AT_LEAST = 0x35;
    private static final int RETURN = 0x06;

    /// A system call of the library.
    ///
    /// @param number of the call
    /// @param second its second argument: the command of `fcntl`, the operation of `futex`
    /// @param third its third argument, such as the flags of `openat`
    /// @param flags its fourth argument: the flags of `mmap`
    /// @param lockType for `fcntl`, the type of the lock
    public record Call(int number, long second, long third, long flags, int lockType) {}

    /// What may throw anything.
    @FunctionalInterface
    public interface Operation {
        /// Runs it.
        ///
        /// @throws Exception of any type
        void run() throws Exception;
    }

    private final ExecutorService worker = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private volatile long thread;
    private volatile boolean counts;
    private volatile int failAt;
    private volatile int errno;
    private volatile boolean hit;
    private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());

    /// Starts both threads.
    ///
    /// @throws UnsupportedOperationException if the kernel, or a container, does not allow it
    public CallFaults() throws Exception {
        var listener = new CompletableFuture<Integer>();
        Thread.ofPlatform().daemon().name("call-faults").start(() -> answer(listener.join()));
        worker.submit(() -> {
            try {
                thread = Native.syscall(SYS_GETTID, 0, 0, 0, 0, 0, 0);
                listener.complete(install());
            } catch (RuntimeException | Error refused) {
                listener.complete(-1);
                throw refused;
            }
        }).get(10, TimeUnit.SECONDS);
        if (listener.join() < 0) {
            throw new UnsupportedOperationException("seccomp: error " + -listener.join());
        }
    }

    private static int install() {
        long start = Native.addressOf("syscall");
        int[][] program = {
            {LOAD, 0, 0, 0},
            {JUMP_IF_EQUAL, 7, 0, SYS_GETTID},           // calls that the JVM makes in the same way
            {JUMP_IF_EQUAL, 6, 0, SYS_GETCPU},
            {LOAD, 0, 0, 12},
            {JUMP_IF_EQUAL, 0, 4, (int) (start >>> 32)},
            {LOAD, 0, 0, 8},
            {JUMP_IF_AT_LEAST, 0, 2, (int) start},
            {JUMP_IF_AT_LEAST, 1, 0, (int) start + FUNCTION_BYTES},
            {RETURN, 0, 0, USER_NOTIF},
            {RETURN, 0, 0, ALLOW},
        };
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = arena.allocate(8L * program.length, 8);
            for (int i = 0; i < program.length; i++) {
                filter.set(JAVA_SHORT, 8L * i, (short) program[i][0]);
                filter.set(JAVA_BYTE, 8L * i + 2, (byte) program[i][1]);
                filter.set(JAVA_BYTE, 8L * i + 3, (byte) program[i][2]);
                filter.set(JAVA_INT, 8L * i + 4, program[i][3]);
            }
            MemorySegment header = arena.allocate(16, 8);
            header.set(JAVA_SHORT, 0, (short) program.length);
            header.set(JAVA_LONG, 8, filter.address());
            long allowed = Native.syscall(SYS_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0);
            return (int) (allowed < 0 ? allowed
                    : Native.syscall(SYS_SECCOMP, SET_MODE_FILTER, NEW_LISTENER, header.address(), 0, 0, 0));
        }
    }

    private void answer(int listener) {
        if (listener < 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 8);
            poll.set(JAVA_INT, 0, listener);
            poll.set(JAVA_SHORT, 4, POLLIN);
            MemorySegment report = arena.allocate(80, 8);
            MemorySegment answer = arena.allocate(24, 8);
            for (;;) {
                long ready = Native.syscall(Linux.SYS_PPOLL, poll.address(), 1, 0, 0, 0, 0);
                if (ready > 0 && (poll.get(JAVA_SHORT, 6) & POLLIN) == 0) {
                    break;                           // the last thread with the filter has ended
                }
                report.fill((byte) 0);
                if (ready <= 0 || Native.syscall(Linux.SYS_IOCTL, listener, RECEIVE, report.address(), 0, 0, 0) < 0) {
                    continue;                        // a signal
                }
                int error = errorFor(report);
                answer.set(JAVA_LONG, 0, report.get(JAVA_LONG, 0));
                answer.set(JAVA_LONG, 8, 0);
                answer.set(JAVA_INT, 16, -error);
                answer.set(JAVA_INT, 20, error == 0 ? GO_ON : 0);
                Native.syscall(Linux.SYS_IOCTL, listener, SEND, answer.address(), 0, 0, 0);
            }
        }
        FileCalls.close(listener);
    }

    @SuppressWarnings("restricted")  // reads the lock that a call is made for
    private int errorFor(MemorySegment report) {
        int number = report.get(JAVA_INT, 16);
        if (!counts || report.get(JAVA_INT, 8) != thread) {
            return 0;
        }
        long third = report.get(JAVA_LONG, 48);
        int lockType = number != Linux.SYS_FCNTL ? 0
                : MemorySegment.ofAddress(third).reinterpret(2).get(JAVA_SHORT, 0);
        calls.add(new Call(number, report.get(JAVA_LONG, 40), third, report.get(JAVA_LONG, 56), lockType));
        if (calls.size() != failAt) {
            return 0;
        }
        hit = true;
        if (number == Linux.SYS_CLOSE) {
            FileCalls.close((int) report.get(JAVA_LONG, 32));
        }
        return errno;
    }

    /// Runs an operation in the first thread, and notes its calls.
    ///
    /// @param operation what to run
    /// @return the calls
    /// @throws Exception what the operation throws
    public List<Call> calls(Operation operation) throws Exception {
        Throwable thrown = fails(0, 0, operation);
        if (thrown != null) {
            throw new AssertionError("without a fault", thrown);
        }
        return List.copyOf(calls);
    }

    /// Runs an operation in the first thread; one of its calls fails.
    ///
    /// @param nth which call, from 1
    /// @param error its error number
    /// @param operation what to run
    /// @return what the operation threw, or null
    /// @throws Exception if it did not end
    public Throwable fails(int nth, int error, Operation operation) throws Exception {
        return worker.submit(() -> {
            calls.clear();
            hit = false;
            errno = error;
            failAt = nth;
            counts = true;
            try {
                operation.run();
                return null;
            } catch (Throwable thrown) {
                return thrown;
            } finally {
                counts = false;
            }
        }).get(60, TimeUnit.SECONDS);
    }

    /// Whether the call of the last [#fails] was made, and failed.
    ///
    /// @return whether
    public boolean hit() {
        return hit;
    }

    /// The error numbers that a call can answer with when resources are short, the medium fails, or a signal comes.
    ///
    /// @param call the call
    /// @return the numbers; none if the call cannot fail so
    public static int[] errors(Call call) {
        long number = call.number();
        int eintr = Errno.EINTR;
        int eio = 5;
        int enomem = 12;
        int enfile = 23;
        int emfile = 24;
        int enospc = Errno.ENOSPC;
        if (number == Linux.SYS_OPENAT) {
            return (call.third() & (Linux.O_CREAT | 0x400000)) != 0
                    ? new int[] {emfile, enfile, enomem, enospc, eio} : new int[] {emfile, enfile, enomem, eio};
        }
        if (number == Linux.SYS_MKDIRAT || number == Linux.SYS_LINKAT || number == Linux.SYS_RENAMEAT2) {
            return new int[] {enomem, enospc, eio};
        }
        if (number == Linux.SYS_FALLOCATE || number == Linux.SYS_PWRITE64) {
            return new int[] {enospc, enomem, eio, eintr};
        }
        if (number == Linux.SYS_PREAD64) {
            return new int[] {enomem, eio, eintr};
        }
        if (number == Linux.SYS_STATX || number == Linux.SYS_GETDENTS64
                || number == Linux.SYS_FSTATFS || number == Linux.SYS_UNLINKAT) {
            return new int[] {enomem, eio};
        }
        if (number == Linux.SYS_MMAP) {
            boolean anonymous = (call.flags() & MAP_ANONYMOUS) != 0;      // a seal, which tries again without memory
            return anonymous ? new int[] {enomem} : new int[] {enomem, enfile};
        }
        if (number == Linux.SYS_MEMFD_CREATE || number == Linux.SYS_PIDFD_OPEN) {
            return new int[] {emfile, enfile, enomem};
        }
        if (number == Linux.SYS_FCNTL) {
            // Linux needs memory to set a lock. It needs none to look at one, or to drop one that was set by itself.
            return call.second() == F_OFD_GETLK || call.lockType() == F_UNLCK ? new int[0] : new int[] {ENOLCK};
        }
        if (number == Linux.SYS_CLOSE) {
            return new int[] {eio, eintr};
        }
        if (number == Linux.SYS_FUTEX && call.second() == 0) {
            return new int[] {eintr};
        }
        if (number == Linux.SYS_MADVISE || number == Linux.SYS_MEMBARRIER) {
            return new int[] {enomem};
        }
        if (number == Linux.SYS_GETRANDOM) {
            return new int[] {eintr};
        }
        return new int[0];       // lseek, getpid, geteuid, clock_gettime, munmap of a whole mapping: they do not fail
    }

    @Override
    public void close() {
        worker.shutdown();
    }
}
