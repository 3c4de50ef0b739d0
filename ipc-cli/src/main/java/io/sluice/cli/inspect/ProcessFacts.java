package io.sluice.cli.inspect;

import io.sluice.cli.ProcFiles;
import io.sluice.shm.space.SpaceInfo;
import java.nio.file.Path;

/// What `/proc` tells about the process in a slot. The kernel's lock says whether it lives; this says whether it is
/// stopped, if it is a process of this pid namespace.
///
/// @param visible whether it is here, under its own process id
/// @param stopped whether a signal or a debugger has stopped it
record ProcessFacts(boolean visible, boolean stopped) {
    private static final ProcFiles FILES = new ProcFiles(Path.of("/"));
    private static final ProcessFacts ELSEWHERE = new ProcessFacts(false, false);
    /// Place of the start among the fields behind the name in `/proc/PID/stat`; `proc(5)` calls it the 22nd of all.
    private static final int START_FIELD = 19;
    private static final long MILLIS_PER_TICK = 10;
    /// A clock that is set meanwhile moves the start that a process has written down.
    private static final long TOLERANCE_MILLIS = 5_000;

    /// Looks at the process in a slot.
    ///
    /// @param owner what the registry says of it
    /// @return what `/proc` says; of a dead one, or one of another pid namespace, nothing
    static ProcessFacts of(SpaceInfo.Owner owner) {
        if (!owner.alive()) {
            return ELSEWHERE;
        }
        String stat = FILES.text("/proc/" + owner.pid() + "/stat");
        int end = stat.lastIndexOf(')');         // the name is in parentheses, and may have blanks and parentheses
        if (end < 0 || end + 2 >= stat.length()) {
            return ELSEWHERE;
        }
        String[] fields = stat.substring(end + 2).split(" ", -1);
        long boot = bootMillis();
        if (fields.length <= START_FIELD || boot == 0) {
            return ELSEWHERE;
        }
        try {
            long start = boot + Long.parseLong(fields[START_FIELD]) * MILLIS_PER_TICK;
            boolean same = Math.abs(start - owner.started().toEpochMilli()) <= TOLERANCE_MILLIS;
            return new ProcessFacts(same, same && (fields[0].equals("T") || fields[0].equals("t")));
        } catch (NumberFormatException unknownFormat) {
            return ELSEWHERE;
        }
    }

    private static long bootMillis() {
        String uptime = FILES.text("/proc/uptime");
        int end = uptime.indexOf(' ');
        try {
            return end < 0 ? 0 : System.currentTimeMillis()
                    - (long) (Double.parseDouble(uptime.substring(0, end)) * 1000);
        } catch (NumberFormatException unknownFormat) {
            return 0;
        }
    }

    /// The state of a process of a space.
    enum State {
        /// It lives.
        ALIVE("alive"),
        /// A signal or a debugger has stopped it: it keeps what it holds.
        STOPPED("stopped"),
        /// It died, and another process cleans up after it now.
        BEING_CLEANED("dead, being cleaned up"),
        /// It died, and what it held is cleaned up at the next use.
        DEAD("dead, cleaned up at next use");

        private final String words;

        State(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /// The state of the process in a slot.
    ///
    /// @param owner what the registry says of it
    /// @param cleaned whether another process has its place in an object
    static State state(SpaceInfo.Owner owner, boolean cleaned) {
        if (!owner.alive()) {
            return cleaned ? State.BEING_CLEANED : State.DEAD;
        }
        return of(owner).stopped() ? State.STOPPED : State.ALIVE;
    }
}
