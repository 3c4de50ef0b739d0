package io.sluice.bench.crossprocess;

/// What is sent, and the size of the rings.
///
/// @param payloadBytes size of each message, a multiple of 8
/// @param ringBytes size of each ring, a power of two
/// @param rate messages due each second, for measures at a fixed rate
/// @param park whether receivers sleep while there is no message
record Load(int payloadBytes, int ringBytes, int rate, boolean park) {
    private static final int USUAL_RING = 1 << 20;

    static Load of(int payloadBytes) {
        return new Load(payloadBytes, USUAL_RING, 1, false);
    }

    Load through(int bytes) {
        return new Load(payloadBytes, bytes, rate, park);
    }

    Load at(int messagesPerSecond) {
        return new Load(payloadBytes, ringBytes, messagesPerSecond, park);
    }

    Load parked() {
        return new Load(payloadBytes, ringBytes, rate, true);
    }
}
