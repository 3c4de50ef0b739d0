package io.sluice.pool;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What happens to a pool that is open when its JVM shuts down: after `System.exit`, SIGTERM or Ctrl-C, or when the
/// last thread that is not a daemon has ended. Unfinished tasks keep the JVM from the last of these.
///
/// Hooks of a JVM run at the same time, the pool's beside the users'. So a hook can get results of tasks submitted
/// before, while the pool drains; the pool refuses new tasks then. Stages that depend on these results synchronously,
/// as by `thenAccept`, are awaited within the same time; stages that run in another executor are not.
///
/// Workers ignore SIGTERM and Ctrl-C: a service manager that signals all processes of a service (systemd, unless
/// `KillMode=mixed`) does not end the tasks that the pool drains. To end one worker, use SIGKILL.
public final class OnShutdown {
    /// Kills the workers at once; futures that are not done are cancelled.
    public static final OnShutdown TERMINATE = new OnShutdown(0);

    /// The default: shorter than the time that containers are given to stop.
    static final OnShutdown USUAL = drain(Duration.ofSeconds(5));

    private final long nanos;

    private OnShutdown(long nanos) {
        this.nanos = nanos;
    }

    /// Refuses new tasks, and completes submitted ones. The pool is terminated if they are not done in time.
    ///
    /// @param within longest wait; give service managers longer than that (`docker stop` gives ten seconds)
    /// @return an argument of [ProcessPoolBuilder#onShutdown]
    /// @throws IllegalArgumentException if it is negative
    public static OnShutdown drain(Duration within) {
        if (within.isNegative()) {
            throw new IllegalArgumentException("pool: the time to drain, %s, is negative".formatted(within));
        }
        return new OnShutdown(TimeUnit.NANOSECONDS.convert(within));
    }

    /// Longest time to drain in nanoseconds; 0 for none.
    long nanos() {
        return nanos;
    }

    /// As in `drain(PT5S)`.
    @Override
    public String toString() {
        return nanos == 0 ? "terminate" : "drain(%s)".formatted(Duration.ofNanos(nanos));
    }
}
