package io.sluice.core.sync;

/// The 64 bits of an event. Changed by compare-and-set.
///
/// ```
///    63                                   1   0
///    +--------------------------------------+----+
///    | sets: how often the flag has gone up | up |
///    +--------------------------------------+----+
/// ```
final class SignalWord {
    private static final long UP = 1;

    private SignalWord() {}

    /// The word after a set of a flag that is down.
    static long raised(long word) {
        return (word + (UP << 1)) | UP;
    }

    static long lowered(long word) {
        return word & ~UP;
    }

    static boolean isUp(long word) {
        return (word & UP) != 0;
    }

    static long sets(long word) {
        return word >>> 1;
    }
}
