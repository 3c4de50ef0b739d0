package io.sluice.pool.process;

import java.io.Serializable;

/// What a process does: a lambda, a method reference, or a class of your own with fields. It travels to the new
/// process, which gets a copy, and so does what it captures; handles of shared objects open themselves again there.
@FunctionalInterface
public interface ProcessTask extends Serializable {
    /// Does the work, in the main thread of the new process.
    ///
    /// @throws Exception ends the process with exit code 1, its trace on standard error and an [Exit.Failed] for the
    ///     parent
    void run() throws Exception;
}
