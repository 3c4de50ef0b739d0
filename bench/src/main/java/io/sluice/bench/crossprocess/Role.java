package io.sluice.bench.crossprocess;

/// What a participant does.
enum Role {
    /// Begins: produces, pings, wakes.
    SENDER,
    /// Answers: consumes, echoes, sleeps.
    RECEIVER
}
