package io.sluice.bench.crossprocess;

/// The participants of a benchmark, by number: the senders come first, then the receivers.
///
/// @param senders number of senders
/// @param receivers number of receivers
record Participants(int senders, int receivers) {
    static final Participants PAIR = new Participants(1, 1);

    int size() {
        return senders + receivers;
    }

    Role role(int number) {
        return number < senders ? Role.SENDER : Role.RECEIVER;
    }

    /// Whether a participant is the first of its role: these two run the probes.
    boolean isFirst(int number) {
        return number == 0 || number == senders;
    }
}
