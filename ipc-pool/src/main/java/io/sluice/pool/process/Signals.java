package io.sluice.pool.process;

import java.util.List;

/// The signals of Linux, by number and by name.
final class Signals {
    static final int INT = 2;
    static final int TERM = 15;
    /// What the exit code of a process is, as the JDK tells it, if a signal ended it: this and the signal's number.
    static final int EXIT_CODE_BASE = 128;
    static final int HIGHEST = 64;

    private static final List<String> NAMES = List.of("0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE",
            "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN",
            "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

    private static final String BEFORE = "SIG";
    private static final String BEHIND = " handler";

    private Signals() {}

    /// The signal that has made this JVM end in order, or none above 0: to be asked while it ends. The JVM runs `System.exit` in a
    /// thread that it calls after the signal, and that waits for the shutdown hooks.
    static int reasonOfTheEnd() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            String name = thread.getName();
            if (name.startsWith(BEFORE) && name.endsWith(BEHIND)) {
                return NAMES.indexOf(name.substring(BEFORE.length(), name.length() - BEHIND.length()));
            }
        }
        return 0;
    }

    static String name(int signal) {
        return signal > 0 && signal < NAMES.size() ? BEFORE + NAMES.get(signal) : "signal " + signal;
    }
}
