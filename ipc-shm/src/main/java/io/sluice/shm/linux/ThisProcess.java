package io.sluice.shm.linux;

import java.nio.charset.StandardCharsets;

/// This process, in its own eyes. `ProcessHandle` tells the same, but loads forty classes for it, a pool of threads
/// among them, and every process asks at its start.
public final class ThisProcess {
    /// Of `/proc`, on every machine.
    private static final long TICKS_PER_SECOND = 100;
    /// Place of the start among the fields behind the name in `/proc/self/stat`; `proc(5)` calls it the 22nd of all.
    private static final int START_FIELD = 19;
    private static final int STAT_BYTES = 1024;

    private ThisProcess() {}

    /// The process id.
    ///
    /// @return the id, in the namespace of this process
    public static long pid() {
        return Native.plainSyscall(Linux.SYS_GETPID, 0, 0, 0, 0, 0, 0);
    }

    /// When this process was started, for display.
    ///
    /// @return milliseconds since 1970, exact to a hundredth of a second; 0 if `/proc` does not tell
    public static long startMillis() {
        long ticks = startTicks();
        return ticks < 0 ? 0
                : System.currentTimeMillis() - Clock.sinceBootNanos() / 1_000_000 + ticks * 1_000 / TICKS_PER_SECOND;
    }

    /// From the boot of the machine to the start of this process; -1 if unknown.
    private static long startTicks() {
        int descriptor = FileCalls.open(FileCalls.WORKING_DIRECTORY, "/proc/self/stat", Linux.O_CLOEXEC, 0);
        if (descriptor < 0) {
            return -1;
        }
        byte[] bytes = new byte[STAT_BYTES];
        int count = FileCalls.read(descriptor, bytes, 0);
        FileCalls.close(descriptor);
        String stat = new String(bytes, 0, Math.max(0, count), StandardCharsets.ISO_8859_1);
        int at = stat.lastIndexOf(')') + 1;      // the name is in parentheses, and may have blanks and parentheses
        for (int field = 0; field < START_FIELD && at >= 0; field++) {
            at = stat.indexOf(' ', at + 1);
        }
        int end = at < 0 ? -1 : stat.indexOf(' ', at + 1);
        try {
            return end < 0 ? -1 : Long.parseLong(stat, at + 1, end, 10);
        } catch (NumberFormatException unknownFormat) {
            return -1;
        }
    }
}
