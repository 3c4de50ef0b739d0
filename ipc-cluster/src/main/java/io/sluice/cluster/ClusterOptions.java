package io.sluice.cluster;

import io.sluice.pool.ProcessPool;
import io.sluice.pool.ProcessPoolBuilder;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/// How a member takes part in a [ClusterPool].
///
/// @param name of the pool, the same in all members; 1 to 64 letters, digits, dashes, underscores and dots
/// @param workers settings of the local pool of this member, to be used once; null for a member that only submits
/// @param allowed further classes of the JDK in tasks and results, as in [ProcessPoolBuilder#allow]
/// @param taskContext makes the context of a task that this member submits; null for none
public record ClusterOptions(
        String name, ProcessPoolBuilder workers, List<String> allowed, Supplier<String> taskContext) {
    /// The method that allows one more class, for messages.
    static final String ALLOW = "ClusterOptions.withAllowed";

    /// Checks the name.
    ///
    /// @throws IllegalArgumentException if it is no such name
    public ClusterOptions {
        checkName("cluster pool", name);
        allowed = List.copyOf(allowed);
    }

    /// @param what has the name, for the message
    static void checkName(String what, String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(("%s: the name '%s' is not 1 to 64 letters, digits, dashes, underscores"
                    + " and dots").formatted(what, name));
        }
    }

    /// A member with a worker for each core.
    ///
    /// @param name of the pool
    /// @return the options
    public static ClusterOptions of(String name) {
        return new ClusterOptions(name, ProcessPool.builder(), List.of(), null);
    }

    /// The same with other settings of the local pool. Of these, [ProcessPoolBuilder#taskContext] is for the tasks of
    /// all members that run here without a context, and is called in a thread of this member;
    /// [ProcessPoolBuilder#backlog] has no effect, as members limit the calls that they send.
    ///
    /// @param builder as `ProcessPool.builder().workers(4)`; to be used once
    /// @return new options
    public ClusterOptions withWorkers(ProcessPoolBuilder builder) {
        return new ClusterOptions(name, Objects.requireNonNull(builder, "builder"), allowed, taskContext);
    }

    /// The same for a member that only submits.
    ///
    /// @return new options
    public ClusterOptions withoutWorkers() {
        return new ClusterOptions(name, null, allowed, taskContext);
    }

    /// The same with further classes of the JDK in the tasks that run here, and in the results that arrive here.
    ///
    /// @param patterns classes `java.util.PriorityQueue`, or packages `javax.swing.*`
    /// @return new options
    public ClusterOptions withAllowed(String... patterns) {
        return new ClusterOptions(name, workers, List.of(patterns), taskContext);
    }

    /// The same with a context for each task that this member submits, such as the `traceparent` of the current span,
    /// unless its options have one. The task reads it by [ProcessPool#taskContext()], on any member.
    ///
    /// @param current called by each call of the pool, in the caller's thread, once for all elements of a map or
    ///     stream; returns at most 1,024 bytes in UTF-8, or null for no context. What it throws, the call throws
    /// @return new options
    public ClusterOptions withTaskContext(Supplier<String> current) {
        return new ClusterOptions(name, workers, allowed, Objects.requireNonNull(current, "taskContext"));
    }
}
