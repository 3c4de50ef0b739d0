package io.sluice.cli.demo;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// Reports of the demonstration's JVMs to the one that started them, through a `SharedQueue<Report>`.
sealed interface Report {
    /// The current rate.
    ///
    /// @param side the reporting JVM
    /// @param transport the measured transport
    /// @param paced whether orders are sent at a steady rate, or at full speed
    /// @param perSecond orders per second since the last report of this phase
    /// @param last whether the phase is over, and the rate its average
    record Rate(Side side, Transport transport, boolean paced, double perSecond, boolean last) implements Report {}

    /// The latencies of the steady phase, in nanoseconds.
    ///
    /// @param transport the measured transport
    /// @param p50 median
    /// @param p90 90th percentile
    /// @param p99 99th percentile
    /// @param p999 99.9th percentile
    /// @param max maximum
    record Latency(Transport transport, long p50, long p90, long p99, long p999, long max) implements Report {}

    /// The totals of a transport in both phases.
    ///
    /// @param side the reporting JVM
    /// @param transport the measured transport
    /// @param orders number of orders
    /// @param checksum over all their fields, in order
    record Totals(Side side, Transport transport, long orders, long checksum) implements Report {}

    /// The reporting JVM.
    enum Side {
        PRODUCER,
        CONSUMER
    }

    static SharedQueue<Report> queue(SharedSpace space) {
        return space.queue("reports", Codec.of(Report.class), 256);
    }
}
