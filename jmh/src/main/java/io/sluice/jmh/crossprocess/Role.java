package io.sluice.jmh.crossprocess;

/// Which of the two processes of a contestant this is.
enum Role {
    /// Begins: produces, pings, wakes.
    SENDER,
    /// Answers: consumes, echoes, sleeps.
    RECEIVER;

    Role other() {
        return this == SENDER ? RECEIVER : SENDER;
    }
}
