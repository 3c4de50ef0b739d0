package io.sluice.journal;

import java.time.Instant;

/// One record of a journal.
///
/// @param sequence 1 and up, without a hole
/// @param kind what it is
/// @param committedNanos when it was appended, in nanoseconds since 1970, by the clock of the writer
/// @param receivedNanos when its writer got it, likewise
/// @param type what the producer gave it
/// @param source where it comes from; null if the head of its file is damaged, which only a reader that skips damage
///     steps over
/// @param position in the source; -1 if that has none. Of a gap, the last one that was lost
/// @param payload raw bytes, not copied
@SuppressWarnings("ArrayRecordComponent") // one array for each record, made by the reader; equality has no use
public record JournalRecord(
        long sequence,
        Kind kind,
        long committedNanos,
        long receivedNanos,
        int type,
        JournalSource source,
        long position,
        byte[] payload) {
    private static final long SECOND = 1_000_000_000L;

    /// The kinds of records.
    public enum Kind {
        /// A message, or what a program has appended.
        MESSAGE,
        /// Messages that were lost before they could be recorded; see [JournalRecord#lost()].
        GAP,
        /// The record before was not published after all; see `JournaledQueue`.
        RETRACTION
    }

    /// When it was appended.
    ///
    /// @return the time
    public Instant committed() {
        return instant(committedNanos);
    }

    /// When its writer got it.
    ///
    /// @return the time
    public Instant received() {
        return instant(receivedNanos);
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }

    /// How many slots of the source a gap covers: with messages of one slot, the number of messages.
    ///
    /// @return 0 if it is no gap
    public long lost() {
        return kind == Kind.GAP ? RecordFormat.lost(payload) : 0;
    }
}
