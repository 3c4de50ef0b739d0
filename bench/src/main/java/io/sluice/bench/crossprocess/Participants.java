package io.sluice.bench.crossprocess;

/// How many take part: the senders come first, and the receivers after them.
///
/// @param senders how many send
/// @param receivers how many receive
record Participants(int senders, int receivers) {
    static final Participants PAIR = new Participants(1, 1);

    int size() {
        return senders + receivers;
    }

    Role role(int number) {
        return number < senders ? Role.SENDER : Role.RECEIVER;
    }

    /// Whether it is the first of its role: these two play the probes.
    boolean isFirst(int number) {
        return number == 0 || number == senders;
    }
}
