package io.sluice.bench.crossprocess;

/// The role of a participant.
enum Role {
    /// Produces, pings, wakes.
    SENDER,
    /// Consumes, echoes, sleeps.
    RECEIVER
}
