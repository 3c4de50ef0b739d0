package io.sluice.pool.process;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The identity of this process, and the numbering of its children. Its pid is looked up only on demand, since that
/// costs a child much of its start.
final class CurrentProcess {
    private static final AtomicInteger CHILDREN = new AtomicInteger();

    private static volatile String name = "main";
    private static volatile boolean daemon;
    private static volatile Optional<ProcessInfo> parent = Optional.empty();

    private CurrentProcess() {}

    static void set(String itsName, boolean isDaemon, ProcessInfo starter) {
        name = itsName;
        daemon = isDaemon;
        parent = Optional.of(starter);
    }

    static ProcessInfo process() {
        return new ProcessInfo(name, ProcessHandle.current().pid(), daemon);
    }

    static boolean isDaemon() {
        return daemon;
    }

    static Optional<ProcessInfo> parent() {
        return parent;
    }

    /// The default name of the next child.
    static String nextName() {
        int number = CHILDREN.incrementAndGet();
        return parent.isEmpty() ? "Process-" + number : name + ":" + number;
    }
}
