package io.sluice.cli.demo;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// What the JVMs of the demonstration tell the one that started them, through a `SharedQueue<Report>`.
sealed interface Report {
    /// How fast it goes at this moment.
    ///
    /// @param side who tells
    /// @param transport what goes
    /// @param paced whether orders are sent at a steady rate, or else as fast as possible
    /// @param perSecond orders a second since the last report of this phase
    /// @param last whether the phase is over, and the number its average
    record Rate(Side side, Transport transport, boolean paced, double perSecond, boolean last) implements Report {}

    /// What the latencies of the paced phase were, in nanoseconds.
    ///
    /// @param transport what was measured
    /// @param p50 half of the orders were not slower
    /// @param p90 nine of ten
    /// @param p99 99 of 100
    /// @param p999 999 of 1000
    /// @param max of all
    record Latency(Transport transport, long p50, long p90, long p99, long p999, long max) implements Report {}

    /// What went through a transport in both phases.
    ///
    /// @param side who counted
    /// @param transport what was counted
    /// @param orders how many
    /// @param checksum over all their fields, in order
    record Totals(Side side, Transport transport, long orders, long checksum) implements Report {}

    /// Who tells.
    enum Side {
        PRODUCER,
        CONSUMER
    }

    static SharedQueue<Report> queue(SharedSpace space) {
        return space.queue("reports", Codec.of(Report.class), 256);
    }
}
