package io.sluice.bench.crossprocess;

import io.sluice.bench.link.Link;
import io.sluice.bench.link.Receiver;
import io.sluice.bench.link.Sender;

/// One participant of a benchmark.
///
/// @param page shared by all participants
/// @param participants number of senders and receivers
/// @param number index of this participant; senders come first
record Participant(ControlPage page, Participants participants, int number) {
    boolean sends() {
        return participants.role(number) == Role.SENDER;
    }

    /// The writing end of a link.
    ///
    /// @return null if this participant is a receiver
    Sender sender(Link link) {
        return sends() ? link.sender() : null;
    }

    /// The reading end of a link.
    ///
    /// @return null if this participant is a sender
    Receiver receiver(Link link) {
        return sends() ? null : link.receiver();
    }
}
