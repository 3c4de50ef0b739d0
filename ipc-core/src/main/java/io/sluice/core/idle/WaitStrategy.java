package io.sluice.core.idle;

/// How long a waiter spins and yields before it sleeps in the kernel. A choice of each handle, not of the object: one
/// process may spin on a queue on which another one parks.
public enum WaitStrategy {
    /// Never sleeps. For threads that have a core of their own: the lowest latency and a whole core for it. A virtual
    /// thread has none: it spins for a millisecond, yields meanwhile, then sleeps, so that spinning threads do not take
    /// all carriers from the one they wait for.
    BUSY_SPIN,
    /// Spins some ten microseconds, yields a few times, then sleeps. After a sleep that was over at once it yields for
    /// 200 microseconds the next time. The default: a busy partner is met while spinning or yielding, an idle one costs
    /// nothing.
    ADAPTIVE,
    /// Sleeps almost at once. For objects on which little happens, and for machines with fewer cores than waiters.
    PARK
}
