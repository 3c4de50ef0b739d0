package io.sluice.pool.process;

import java.util.List;
import java.util.Map;

/// The signals of Linux, by number and by name.
final class Signals {
    static final int HUP = 1;
    static final int INT = 2;
    static final int TERM = 15;
    /// The reason of an end without a call: only daemon threads are left.
    static final int BY_RETURN = -1;
    /// The JDK reports the exit code of a process that a signal ended as this plus the signal's number.
    static final int EXIT_CODE_BASE = 128;
    static final int HIGHEST = 64;

    private static final List<String> NAMES = List.of("0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE",
            "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN",
            "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

    private static final String BEFORE = "SIG";
    private static final String BEHIND = " handler";

    private Signals() {}

    /// Why this JVM ends in order, called while its shutdown hooks run: the signal, or [#BY_RETURN], or 0 for
    /// `System.exit`. The stack traces tell: `System.exit` waits for the hooks, and the JVM calls it also in the thread
    /// of a signal handler.
    static int reasonOfTheEnd() {
        int reason = BY_RETURN;
        for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
            String name = each.getKey().getName();
            if (name.startsWith(BEFORE) && name.endsWith(BEHIND)) {
                return Math.max(0, NAMES.indexOf(name.substring(BEFORE.length(), name.length() - BEHIND.length())));
            }
            for (StackTraceElement frame : each.getValue()) {
                if (frame.getMethodName().equals("exit") && frame.getClassName().equals("java.lang.Runtime")) {
                    reason = 0;
                }
            }
        }
        return reason;
    }

    /// Whether a JVM ends in order on a signal.
    static boolean endsJvm(int signal) {
        return signal == HUP || signal == INT || signal == TERM;
    }

    static String name(int signal) {
        return signal > 0 && signal < NAMES.size() ? BEFORE + NAMES.get(signal) : "signal " + signal;
    }
}
