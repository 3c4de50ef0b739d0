package io.sluice.bench.benchmark;

import java.io.PrintStream;
import java.util.List;

/// The conditions of a run.
///
/// @param forks how often each subject starts anew, at least: what its compiler makes of it differs from start to
///     start
/// @param blocks how many blocks it plays each time
/// @param warmup how many blocks are played before, and not counted
/// @param millis how long a block takes
/// @param nearNanos round trips of a bare cache line below this are near, the others far
/// @param cores those that may be used, in the order in which they are
/// @param jvmOptions of every JVM that measures
/// @param notes where to say what is not as it should be
/// @param details where to say who takes part
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

    /// Checks that something can be measured.
    public Plan {
        if (forks < 1 || blocks < 1 || warmup < 0 || millis < 1) {
            throw new IllegalArgumentException(
                    "%d starts with %d blocks of %d ms, %d before: at least one block of a millisecond is needed"
                            .formatted(forks, blocks, millis, warmup));
        }
    }

    /// How long the blocks of a subject take together.
    ///
    /// @return milliseconds
    public long millisOfAll() {
        return (long) forks * (blocks + warmup) * millis;
    }
}
