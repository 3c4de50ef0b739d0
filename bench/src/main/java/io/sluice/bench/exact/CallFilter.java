package io.sluice.bench.exact;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Makes the kernel report every system call of the calling thread to a [CallSupervisor], see `seccomp(2)`. A filter
/// cannot be removed, and threads that the filtered thread starts inherit it; so it needs a thread, and a process, with
/// no other purpose.
final class CallFilter {
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;
    private static final int SECCOMP_RET_USER_NOTIF = 0x7fc00000;
    private static final short BPF_RET_K = 0x06;

    private CallFilter() {}

    /// Installs the filter, and returns once the supervisor answers: from then on each call is counted.
    ///
    /// @throws RefusedException if the kernel refuses
    static void install() {
        try (Arena arena = Arena.ofConfined()) {
            // struct sock_filter { u16 code; u8 jt; u8 jf; u32 k }: one instruction: report every call.
            MemorySegment instruction = arena.allocate(8, 8);
            instruction.set(JAVA_SHORT, 0, BPF_RET_K);
            instruction.set(JAVA_INT, 4, SECCOMP_RET_USER_NOTIF);
            // struct sock_fprog { u16 length; sock_filter *filter }
            MemorySegment program = arena.allocate(16, 8);
            program.set(JAVA_SHORT, 0, (short) 1);
            program.set(ADDRESS, 8, instruction);

            LinuxCalls.check(LinuxCalls.call(LinuxCalls.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
                    "prctl(PR_SET_NO_NEW_PRIVS)", "Linux 3.5 or later has it");
            int listener = LinuxCalls.check(
                    LinuxCalls.call(LinuxCalls.SECCOMP, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                            program.address(), 0, 0),
                    "seccomp(SECCOMP_SET_MODE_FILTER)",
                    "needs Linux 5.9 or later, no other listener, and a container whose policy allows seccomp");
            // This is the first reported call: when the supervisor answers, it has its own copy of the descriptor.
            var _ = LinuxCalls.call(LinuxCalls.CLOSE, listener, 0, 0, 0, 0);
        }
    }
}
