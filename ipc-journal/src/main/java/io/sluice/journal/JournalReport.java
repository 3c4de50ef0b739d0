package io.sluice.journal;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What is in a journal, as its records tell.
///
/// @param directory of the journal
/// @param cycles by number
/// @param written whether a writer has it open
public record JournalReport(Path directory, List<Cycle> cycles, boolean written) {
    /// One cycle.
    ///
    /// @param number of the cycle
    /// @param file its path in the directory
    /// @param bytes how much disk it takes
    /// @param first the first sequence; one more than `last` if there is no record
    /// @param last the last sequence
    /// @param messages how many
    /// @param gaps how many records say that something was lost
    /// @param lost how many slots of the source they cover
    /// @param retractions how many messages were not published after all
    /// @param fromNanos when the cycle began, in nanoseconds since 1970
    /// @param untilNanos when its last record was appended, likewise
    /// @param source of its records; null if it has no head
    /// @param ending `sealed`, `open`, or `torn`
    /// @param end where the last good record ends, in bytes from the start of the file
    /// @param chain of the last good record, in hexadecimal digits
    /// @param problems what is wrong with it
    public record Cycle(
            long number,
            String file,
            long bytes,
            long first,
            long last,
            long messages,
            long gaps,
            long lost,
            long retractions,
            long fromNanos,
            long untilNanos,
            JournalSource source,
            String ending,
            long end,
            String chain,
            List<Problem> problems) {
        /// How many records there are.
        ///
        /// @return of all kinds
        public long records() {
            return messages + gaps + retractions;
        }
    }

    /// What is wrong.
    ///
    /// @param kind `chain`: a record is not the one that was appended; `missing`: sequences are not there; `torn`: the
    ///     end of the cycle is not whole; `foreign`: the file holds what no journal has written
    /// @param sequence of the record, or of the first one that is missing
    /// @param offset in the file, in bytes
    /// @param text one sentence
    public record Problem(String kind, long sequence, long offset, String text) {}

    /// All problems of all cycles.
    ///
    /// @return in the order of the records
    public List<Problem> problems() {
        return cycles.stream().flatMap(cycle -> cycle.problems().stream()).toList();
    }

    /// Whether everything that was appended is there, as far as records can tell.
    ///
    /// @return false if there is a problem
    public boolean isSound() {
        return problems().isEmpty();
    }

    /// The sequence of the first record.
    ///
    /// @return 0 if there is none
    public long first() {
        return withRecords().findFirst().map(Cycle::first).orElse(0L);
    }

    /// The sequence of the last record.
    ///
    /// @return 0 if there is none
    public long last() {
        return withRecords().reduce((_, later) -> later).map(Cycle::last).orElse(0L);
    }

    private Stream<Cycle> withRecords() {
        return cycles.stream().filter(cycle -> cycle.records() > 0);
    }
}
