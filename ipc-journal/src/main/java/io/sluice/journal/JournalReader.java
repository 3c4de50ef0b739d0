package io.sluice.journal;

import io.sluice.core.error.ClosedException;
import io.sluice.journal.spi.CycleCursor;
import io.sluice.journal.spi.CycleFile;
import io.sluice.journal.spi.JournalEngine;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Reads the records of a journal in order, and checks each.
///
/// - **Threads:** one at a time.
/// - **Blocking:** never waits for a writer; [#next()] returns null at the end, and finds later what comes then.
/// - **Errors:** [JournalException] at a record that is damaged, or where sequences are missing, unless [#skipDamage()]
///   was called. A torn end is an end.
public final class JournalReader implements AutoCloseable {
    private final JournalEngine engine;
    private final Path directory;
    private List<CycleFile> files;
    private int index = -1;
    private CycleCursor cursor;
    private boolean held;            // the cursor stands on a record that was not read
    private final RecordFormat.Chain chain = new RecordFormat.Chain();
    private JournalSource source;
    private long last = -1;
    private boolean skips;
    private long skipped;
    private boolean closed;

    JournalReader(JournalEngine engine, Path directory, List<CycleFile> files) {
        this.engine = engine;
        this.directory = directory;
        this.files = files;
    }

    /// Steps over damaged records and missing sequences from now on; [#skipped()] counts them.
    ///
    /// @return this
    public JournalReader skipDamage() {
        skips = true;
        return this;
    }

    /// How many records were damaged or missing.
    ///
    /// @return 0 unless [#skipDamage()] was called
    public long skipped() {
        return skipped;
    }

    /// The next record.
    ///
    /// @return null if there is none now
    public JournalRecord next() {
        if (closed) {
            throw new ClosedException("journal '%s': this reader was closed".formatted(directory));
        }
        return Journal.guarded(directory, this::nextNow);
    }

    private JournalRecord nextNow() throws IOException {
        for (;;) {
            if (cursor == null && !openNext()) {
                return null;
            }
            if (held || cursor.next()) {
                held = false;
                JournalRecord record = read();
                if (record != null) {
                    return record;
                }
            } else if (!isFollowed()) {
                return null;                 // the next call finds what comes meanwhile
            } else if (cursor.next()) {
                held = true;                 // it came before the writer went on
            } else {
                closeCursor();
            }
        }
    }

    /// Whether the writer has gone on to another cycle.
    private boolean isFollowed() throws IOException {
        if (index == files.size() - 1) {
            long number = files.get(index).number();
            files = new ArrayList<>(engine.cycles(directory));
            files.removeIf(file -> file.number() < number);
            index = files.isEmpty() || files.getFirst().number() != number ? -1 : 0;
        }
        return index < files.size() - 1;
    }

    /// Opens the next cycle that has a head.
    private boolean openNext() throws IOException {
        while (index + 1 < files.size()) {
            index++;
            CycleFile file = files.get(index);
            try {
                cursor = engine.cursor(file.path());
            } catch (NoSuchFileException removedMeanwhile) {
                continue;                    // by a writer that keeps less
            }
            if (cursor.next() && readHead()) {
                return true;
            }
            boolean foreign = CycleScan.of(engine, file).isForeign();
            closeCursor();
            if (foreign) {
                throw Journal.foreign(directory, file);
            }
            if (index == files.size() - 1) {
                index--;                     // it may get its head later
                return false;
            }
        }
        return false;
    }

    private boolean readHead() throws IOException {
        byte[] array = cursor.array();
        int at = cursor.offset();
        chain.reset();
        if (!RecordFormat.isRecord(array, at, cursor.length()) || !chain.check(array, at, cursor.length())
                || RecordFormat.kind(array, at) != RecordFormat.HEAD) {
            return false;
        }
        source = CycleHead.decode(RecordFormat.payload(array, at, cursor.length())).source();
        long before = RecordFormat.sequence(array, at);
        if (last >= 0 && before > last) {
            missing(last + 1, before);
        }
        last = before;
        return true;
    }

    private void missing(long from, long to) {
        if (!skips) {
            throw new JournalException(("journal '%s': sequences %,d to %,d are missing; 'sluice journal verify' tells"
                    + " more, and a reader that skips damage goes on").formatted(directory, from, to));
        }
        skipped += to - from + 1;
    }

    /// @return null if it is damaged, and stepped over
    private JournalRecord read() throws IOException {
        byte[] array = cursor.array();
        int at = cursor.offset();
        int length = cursor.length();
        if (!RecordFormat.isRecord(array, at, length) || !chain.check(array, at, length)) {
            damaged();
            return null;
        }
        long sequence = RecordFormat.sequence(array, at);
        if (sequence > last + 1 && !skips) {
            missing(last + 1, sequence - 1);
        }
        last = sequence;
        JournalRecord.Kind kind = switch (RecordFormat.kind(array, at)) {
            case RecordFormat.GAP -> JournalRecord.Kind.GAP;
            case RecordFormat.RETRACTION -> JournalRecord.Kind.RETRACTION;
            default -> JournalRecord.Kind.MESSAGE;
        };
        return new JournalRecord(sequence, kind, RecordFormat.committed(array, at), RecordFormat.received(array, at),
                RecordFormat.type(array, at), source, RecordFormat.position(array, at),
                RecordFormat.payload(array, at, length));
    }

    /// A record that is not good: the rest is a torn end, or it is damage.
    private void damaged() throws IOException {
        CycleFile file = files.get(index);
        if (CycleScan.of(engine, file).end <= cursor.start()) {
            while (cursor.next()) {
                // Nothing good is behind it.
            }
            return;
        }
        if (!skips) {
            throw new JournalException(("journal '%s': the record behind sequence %,d is damaged, at byte %,d of '%s';"
                    + " 'sluice journal verify' tells more, and a reader that skips damage goes on").formatted(
                    directory, last, cursor.start(), file.path().getFileName()));
        }
        skipped++;
    }

    /// Goes on with a sequence, or with the first one behind it that is there.
    ///
    /// @param sequence of the record that [#next()] returns
    /// @return this
    public JournalReader seek(long sequence) {
        return seek(head -> RecordFormat.sequence(head.array(), head.offset()) < sequence,
                record -> RecordFormat.sequence(record.array(), record.offset()) >= sequence);
    }

    /// Goes on with the first record that was received at a time or later.
    ///
    /// @param nanos the time, since 1970
    /// @return this
    public JournalReader seekTime(long nanos) {
        return seek(head -> RecordFormat.committed(head.array(), head.offset()) <= nanos,
                record -> RecordFormat.received(record.array(), record.offset()) >= nanos);
    }

    /// Opens the last cycle whose head is before what is sought, and walks there.
    private JournalReader seek(Predicate<CycleCursor> before, Predicate<CycleCursor> found) {
        return Journal.guarded(directory, () -> {
            closeCursor();
            held = false;
            files = Journal.cycles(engine, directory);
            index = -1;
            for (int i = 0; i < files.size(); i++) {
                try (CycleCursor head = engine.cursor(files.get(i).path())) {
                    if (head.next() && RecordFormat.isRecord(head.array(), head.offset(), head.length())
                            && before.test(head)) {
                        index = i - 1;
                    }
                } catch (NoSuchFileException removedMeanwhile) {
                    // By a writer that keeps less.
                }
            }
            index = Math.max(-1, index);
            last = -1;
            walk(found);
            return this;
        });
    }

    private void walk(Predicate<CycleCursor> found) throws IOException {
        while (cursor != null || openNext()) {
            while (cursor.next()) {
                byte[] array = cursor.array();
                int at = cursor.offset();
                if (!RecordFormat.isRecord(array, at, cursor.length())) {
                    break;
                }
                if (found.test(cursor)) {
                    held = true;
                    return;
                }
                boolean _ = chain.check(array, at, cursor.length());     // what comes next is judged by it
                last = RecordFormat.sequence(array, at);
            }
            if (!isFollowed()) {
                return;
            }
            closeCursor();
        }
    }

    private void closeCursor() throws IOException {
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }

    /// Ends the reader. A second call does nothing.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Journal.guarded(directory, () -> {
                closeCursor();
                return null;
            });
        }
    }
}
