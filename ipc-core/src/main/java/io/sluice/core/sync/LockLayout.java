package io.sluice.core.sync;

/// Where each field of a lock lives. Native byte order; offsets in bytes from the start of the lock.
///
/// ```
///         0           8        12       16          24              32        40
///      0  +-----------+--------+--------+-----------+---------------+---------+-------- - - -+
///         | LockWord  | deaths | extra  | heir      | acquisitions  | victim  | arrivals     |
///         | holder,   | reco-  | holder | waiters,  | holder        | reco-   | holder       |
///         | recovery  | very   |        | recovery  |               | very    |              |
///    128  +-----------+--------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | sleepers  | entries: how many of the list were ever used               holder    |
///    256  +-----------+--------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
///         | entry 0 of the waiters for conditions | entry 1 | ... to the end of the area     |
///         +----------------------------------------------------------------------------------+
///
///  entry  0               8          12        16
///         +---------------+----------+---------+
///         | WaitEntry     | sleeper  |         |     the waiter, signallers, recovery
///         +---------------+----------+---------+
/// ```
///
/// What the holder writes stands on the line of the word, which it has anyway; the sleepers' word is read by every
/// unlock and written only when somebody sleeps, so it has a line pair of its own, which stays shared.
final class LockLayout {
    static final int WORD = 0;
    static final int DEATHS = 8;
    static final int EXTRA_HOLDS = 12;
    static final int HEIR = 16;
    static final int ACQUISITIONS = 24;
    static final int VICTIM = 32;
    static final int ARRIVALS = 40;
    static final int SLEEPERS = 128;
    static final int ENTRIES_USED = 132;
    static final int FIRST_ENTRY = 256;
    static final int ENTRY_BYTES = 16;

    static final int ENTRY_WORD = 0;
    static final int ENTRY_SLEEPER = 8;

    private LockLayout() {}
}
