package io.sluice.cluster;

import io.sluice.pool.ProcessPool;
import io.sluice.pool.ProcessPoolBuilder;
import java.util.List;
import java.util.Objects;

/// How a member takes part in a [ClusterPool].
///
/// @param name of the pool, the same in all members; 1 to 64 letters, digits, dashes, underscores and dots
/// @param workers settings of the local pool of this member, to be used once; null for a member that only submits
/// @param allowed further classes of the JDK in tasks and results, as in [ProcessPoolBuilder#allow]
public record ClusterOptions(String name, ProcessPoolBuilder workers, List<String> allowed) {
    /// Checks the name.
    ///
    /// @throws IllegalArgumentException if it is no such name
    public ClusterOptions {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(("cluster pool: the name '%s' is not 1 to 64 letters, digits, dashes,"
                    + " underscores and dots").formatted(name));
        }
        allowed = List.copyOf(allowed);
    }

    /// A member with a worker for each core.
    ///
    /// @param name of the pool
    /// @return the options
    public static ClusterOptions of(String name) {
        return new ClusterOptions(name, ProcessPool.builder(), List.of());
    }

    /// The same with other settings of the local pool.
    ///
    /// @param builder as `ProcessPool.builder().workers(4)`; to be used once
    /// @return new options
    public ClusterOptions withWorkers(ProcessPoolBuilder builder) {
        return new ClusterOptions(name, Objects.requireNonNull(builder, "builder"), allowed);
    }

    /// The same for a member that only submits.
    ///
    /// @return new options
    public ClusterOptions withoutWorkers() {
        return new ClusterOptions(name, null, allowed);
    }

    /// The same with further classes of the JDK in the tasks that run here, and in the results that arrive here.
    ///
    /// @param patterns classes `java.util.PriorityQueue`, or packages `javax.swing.*`
    /// @return new options
    public ClusterOptions withAllowed(String... patterns) {
        return new ClusterOptions(name, workers, List.of(patterns));
    }
}
