package io.sluice.pool.process;

import java.util.Optional;

/// The identity of a process: this one, or the one that started it.
///
/// @param name the given one, or the default: `main` for a JVM that [JavaProcess] did not start, `Process-1` for its
///     first child, `Process-1:2` for the second child of that one
/// @param pid process id
/// @param daemon whether it leaves when its parent dies
public record ProcessInfo(String name, long pid, boolean daemon) {
    /// The handle of the JDK, if the process still lives.
    ///
    /// @return the handle
    public Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    }

    /// Whether the process lives.
    ///
    /// @return whether a process has that id
    public boolean isAlive() {
        return handle().isPresent();
    }
}
