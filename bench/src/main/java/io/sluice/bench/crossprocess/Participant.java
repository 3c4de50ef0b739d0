package io.sluice.bench.crossprocess;

import io.sluice.bench.link.Link;
import io.sluice.bench.link.Receiver;
import io.sluice.bench.link.Sender;

/// Whose part somebody plays.
///
/// @param page where all meet
/// @param participants who takes part
/// @param number which of them this is
record Participant(ControlPage page, Participants participants, int number) {
    boolean sends() {
        return participants.role(number) == Role.SENDER;
    }

    /// The writing end of a link, if this part has it.
    ///
    /// @return otherwise null
    Sender sender(Link link) {
        return sends() ? link.sender() : null;
    }

    /// The reading end of a link, if this part has it.
    ///
    /// @return otherwise null
    Receiver receiver(Link link) {
        return sends() ? null : link.receiver();
    }
}
