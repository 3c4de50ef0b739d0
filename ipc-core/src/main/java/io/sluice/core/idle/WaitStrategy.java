package io.sluice.core.idle;

/// How long a waiter spins and yields before it sleeps in the kernel. A choice of each handle, not of the object: one
/// process may spin on a queue on which another one parks.
public enum WaitStrategy {
    /// Never sleeps. For threads that have a core of their own: the lowest latency and a whole core for it. A virtual
    /// thread has none: it spins for a millisecond, yields meanwhile, then sleeps, so that spinning threads do not
    /// occupy all carriers while the thread they wait for needs one.
    BUSY_SPIN(Integer.MAX_VALUE, 0),
    /// Spins some ten microseconds, yields a few times, then sleeps. The default: spinning bridges the wait for a busy
    /// partner, and an idle partner costs no CPU time.
    ADAPTIVE(400, 16),
    /// Sleeps almost at once. For rarely used objects, and for machines with fewer cores than waiters.
    PARK(1, 0);

    private final int spins;
    private final int yields;

    WaitStrategy(int spins, int yields) {
        this.spins = spins;
        this.yields = yields;
    }

    int spins() {
        return spins;
    }

    int yields() {
        return yields;
    }
}
