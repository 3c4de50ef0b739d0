package io.sluice.bench.benchmark;

import java.io.PrintStream;
import java.util.List;

/// The conditions of a run.
///
/// @param forks starts of each subject, at least; the compiled code differs from start to start
/// @param blocks measured blocks of each start
/// @param warmup blocks before those, not measured
/// @param millis length of a block, in milliseconds
/// @param nearNanos round trips of a bare cache line below this, in nanoseconds, are near, the others far
/// @param cores usable cores, in the order of their use
/// @param jvmOptions options of every JVM that measures
/// @param notes receives warnings and progress
/// @param details receives the processes of each subject
public record Plan(
        int forks,
        int blocks,
        int warmup,
        long millis,
        long nearNanos,
        List<Integer> cores,
        List<String> jvmOptions,
        PrintStream notes,
        PrintStream details) {

    /// Checks that there is at least one block of one millisecond.
    public Plan {
        if (forks < 1 || blocks < 1 || warmup < 0 || millis < 1) {
            throw new IllegalArgumentException(
                    "%d starts with %d blocks of %d ms, %d before: at least one block of a millisecond is needed"
                            .formatted(forks, blocks, millis, warmup));
        }
    }

    /// Time of all blocks of a subject.
    ///
    /// @return milliseconds
    public long millisOfAll() {
        return (long) forks * (blocks + warmup) * millis;
    }
}
