package io.sluice.journal.command;

import io.sluice.journal.Journal;
import io.sluice.journal.JournalReader;
import io.sluice.journal.JournalRecord;
import java.nio.file.Path;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/// The options for a part of a journal.
final class Range {
    @Option(names = "--from", paramLabel = "WHERE",
            description = "First record: a sequence, or a time such as 2026-11-30T14:30:00 (default: the first).")
    private String from;

    @Option(names = "--until", paramLabel = "WHERE",
            description = "Last record: a sequence, or a time (default: the last).")
    private String until;

    @Option(names = "--damaged", description = "Step over records that are damaged or missing, and count them.")
    private boolean damaged;

    private Range() {}

    /// A reader of a journal, at its first record.
    JournalReader read(Path directory) {
        JournalReader reader = Journal.read(directory);
        return damaged ? reader.skipDamage() : reader;
    }

    /// Moves a reader to the beginning of the part.
    JournalReader apply(JournalReader reader) {
        if (from == null) {
            return reader;
        }
        return Amounts.isSequence(from)
                ? reader.seek(Long.parseLong(from)) : reader.seekTime(Amounts.instant("--from", from));
    }

    Predicate<JournalRecord> within() {
        if (until == null) {
            return record -> true;
        }
        if (Amounts.isSequence(until)) {
            long last = Long.parseLong(until);
            return record -> record.sequence() <= last;
        }
        long last = Amounts.instant("--until", until);
        return record -> record.receivedNanos() <= last;
    }

    /// Whether no record behind this one is in the part, whatever comes.
    boolean isLast(JournalRecord record) {
        return until != null && Amounts.isSequence(until) && record.sequence() >= Long.parseLong(until);
    }
}
