package io.sluice.pool.process;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Who this process is, and how its children are numbered.
final class Current {
    private static final AtomicInteger CHILDREN = new AtomicInteger();

    private static volatile ProcessInfo process = new ProcessInfo("main", ProcessHandle.current().pid(), false);
    private static volatile Optional<ProcessInfo> parent = Optional.empty();

    private Current() {}

    static void set(ProcessInfo itself, Optional<ProcessInfo> starter) {
        process = itself;
        parent = starter;
    }

    static ProcessInfo process() {
        return process;
    }

    static Optional<ProcessInfo> parent() {
        return parent;
    }

    /// The usual name of the next child.
    static String nextName() {
        int number = CHILDREN.incrementAndGet();
        return parent.isEmpty() ? "Process-" + number : process.name() + ":" + number;
    }
}
