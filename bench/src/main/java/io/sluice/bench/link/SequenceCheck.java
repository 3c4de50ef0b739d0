package io.sluice.bench.link;

/// Checks that messages arrive in order: those of each sender by ascending number, none twice, and, without
/// [Setting#GAPS], none missing. A sequence number has its sender in the upper bits.
final class SequenceCheck {
    /// Number of bits that count the messages of a sender.
    static final int SENDER_SHIFT = 48;
    private static final int MAX_SENDERS = 16;

    private final long[] next = new long[MAX_SENDERS];
    private long expected;      // of the sender of the last message; those of the others are in the array

    SequenceCheck() {
        for (int sender = 0; sender < MAX_SENDERS; sender++) {
            next[sender] = (long) sender << SENDER_SHIFT;
        }
    }

    void check(long sequence) {
        if (sequence == expected) {
            expected++;
        } else {
            checkOther(sequence);
        }
    }

    private void checkOther(long sequence) {
        next[(int) (expected >>> SENDER_SHIFT)] = expected;
        long sender = sequence >>> SENDER_SHIFT;
        long due = sender >= 0 && sender < MAX_SENDERS ? next[(int) sender] : Long.MAX_VALUE;
        if (sequence < due || (sequence > due && !Setting.GAPS)) {
            throw new IllegalStateException("expected message %,d of sender %d, found %,d".formatted(
                    due - (sender << SENDER_SHIFT), sender, sequence - (sender << SENDER_SHIFT)));
        }
        expected = sequence + 1;
    }
}
