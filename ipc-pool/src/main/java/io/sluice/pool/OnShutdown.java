package io.sluice.pool;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What becomes of a pool that is open when its JVM shuts down: after `System.exit`, SIGTERM or Ctrl-C, or when the
/// last thread that is no daemon has ended. That work is on its way keeps the JVM from the last of these.
///
/// Hooks of a JVM run at the same time, the pool's beside the users'. So a hook can get results of what was submitted
/// before, as long as the pool drains; the pool takes no new tasks then. What depends on these results synchronously,
/// as by `thenAccept`, has its part of the time; what is handed to another executor has not.
///
/// Workers do nothing on SIGTERM and Ctrl-C: a manager of services that tells all processes of a service (systemd,
/// unless `KillMode=mixed`) does not end what the pool drains. To end one worker, use SIGKILL.
public final class OnShutdown {
    /// Kills the workers at once; futures that are not done are cancelled.
    public static final OnShutdown TERMINATE = new OnShutdown(0);

    /// What pools do if nothing else is said: shorter than containers are given to stop.
    static final OnShutdown USUAL = drain(Duration.ofSeconds(5));

    private final long nanos;

    private OnShutdown(long nanos) {
        this.nanos = nanos;
    }

    /// Takes no more tasks, and lets those be done that were submitted. What is not done in time is terminated.
    ///
    /// @param within longest wait; give service managers longer than that (`docker stop` gives ten seconds)
    /// @return to be given to [ProcessPool.Builder#onShutdown]
    /// @throws IllegalArgumentException if it is negative
    public static OnShutdown drain(Duration within) {
        if (within.isNegative()) {
            throw new IllegalArgumentException("pool: the time to drain, %s, is negative".formatted(within));
        }
        return new OnShutdown(TimeUnit.NANOSECONDS.convert(within));
    }

    /// How long to drain, in nanoseconds; 0 for not at all.
    long nanos() {
        return nanos;
    }

    /// As in `drain(PT5S)`.
    @Override
    public String toString() {
        return nanos == 0 ? "terminate" : "drain(%s)".formatted(Duration.ofNanos(nanos));
    }
}
