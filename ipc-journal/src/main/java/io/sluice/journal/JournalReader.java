package io.sluice.journal;

import io.sluice.core.error.ClosedException;
import io.sluice.journal.spi.CycleCursor;
import io.sluice.journal.spi.CycleFile;
import io.sluice.journal.spi.JournalEngine;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/// Reads the records of a journal in order, and checks each.
///
/// - **Threads:** one at a time.
/// - **Blocking:** never waits for a writer; [#next()] returns null at the end, and finds later what comes then.
/// - **Errors:** [JournalException] at a record that is damaged, or where sequences are missing, unless [#skipDamage()]
///   was called; the next call goes on behind what is damaged or missing. At a file whose head is damaged each call
///   throws, unless damage is skipped; at one of another program each call throws. A torn end is an end.
public final class JournalReader implements AutoCloseable {
    /*
     * Nothing that a record says of itself is believed before its chain is right. A seek by sequence counts the records
     * behind a head that is right, and steps over them unjudged up to the second one before the sought one. The one
     * before it is judged, since it may have to tell what its own chain should be. A record that claims to be one of
     * these two, or behind them, is judged too, in case a damaged length has hidden some from the count. A seek by time
     * has no count: it judges each record of the cycle that it begins with.
     *
     * While a reader seeks, it steps over what is damaged. At the first sought record it is known what lies between
     * that one and the last good one before it, and only that may have been sought: it is told as missing.
     */
    private final JournalEngine engine;
    private final Path directory;
    private final Deque<CycleFile> later = new ArrayDeque<>();     // not opened yet
    private long number = Long.MIN_VALUE;        // of the last cycle that is not among them any more
    private CycleFile file;
    private CycleCursor cursor;
    private boolean held;            // the cursor stands on a record that was not read
    private Predicate<CycleCursor> sought;       // records before the first one of which this is true are left out
    private long soughtSequence;     // no record before it is sought
    private JournalRecord kept;      // behind missing sequences that were told; the next call returns it
    private final RecordFormat.Chain chain = new RecordFormat.Chain();
    private JournalSource source;
    private long last = -1;
    private long goodEnd;            // good records are known in this cycle up to here
    private boolean skips;
    private long skipped;
    private boolean closed;

    JournalReader(JournalEngine engine, Path directory, List<CycleFile> files) {
        this.engine = engine;
        this.directory = directory;
        later.addAll(files);
    }

    /// Steps over damaged records and missing sequences from now on; [#skipped()] counts them. A damaged head of a file
    /// is one of them: the good records behind it are returned without a source.
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
        if (kept != null) {
            JournalRecord record = kept;
            kept = null;
            return record;
        }
        for (;;) {
            if (cursor == null && !openNext()) {
                return null;
            }
            if (held || cursor.next()) {
                held = false;
                JournalRecord record = isFarBeforeSought() ? null : read();
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
        if (later.isEmpty()) {
            refresh();
        }
        return !later.isEmpty();
    }

    private void refresh() throws IOException {
        later.clear();
        for (CycleFile found : engine.cycles(directory)) {
            if (found.number() > number) {
                later.add(found);
            }
        }
    }

    /// Opens the next cycle that has a head, or only good records if damage is skipped.
    private boolean openNext() throws IOException {
        if (later.size() < 2) {
            refresh();
        }
        while (!later.isEmpty()) {
            file = later.getFirst();
            if (!open(file)) {
                if (later.size() == 1) {
                    return false;            // it may get its head later
                }
                number = later.removeFirst().number();
                continue;
            }
            number = later.removeFirst().number();
            goodEnd = 0;
            if (source != null) {
                goOnBehindHead();
            }
            return true;
        }
        return false;
    }

    private void goOnBehindHead() {
        long before = last;
        last = RecordFormat.sequence(cursor.array(), cursor.offset());
        if (before >= 0 && last > before && (sought == null || sought.test(cursor))) {
            missing(before + 1, last);
        }
    }

    /// @return false if it has neither a head nor good records, or is not there any more
    private boolean open(CycleFile next) throws IOException {
        try {
            CycleCursor opened = engine.cursor(next.path());
            boolean begun = false;
            try {
                begun = (opened.next() && readHead(opened)) || isReadWithoutHead(next);
            } finally {
                if (!begun) {
                    opened.close();
                }
            }
            if (begun) {
                cursor = opened;
            }
            return begun;
        } catch (NoSuchFileException removedMeanwhile) {
            return false;                    // by a writer that keeps less
        }
    }

    /// Whether good records stand behind a damaged head, and damage is skipped. The first one tells what is missing.
    private boolean isReadWithoutHead(CycleFile next) throws IOException {
        CycleScan scan = CycleScan.of(engine, next);
        if (scan.isForeign()) {
            throw Journal.foreign(directory, next);
        }
        if (!scan.isHeadless()) {
            return false;
        }
        if (!skips) {
            throw Journal.damagedHead(directory, next);
        }
        skipped++;                           // the head
        last = last < 0 ? scan.first - 1 : last;
        return true;
    }

    private boolean readHead(CycleCursor opened) {
        byte[] array = opened.array();
        int at = opened.offset();
        int length = opened.length();
        chain.reset();
        CycleHead head = chain.accepts(array, at, length) && RecordFormat.isHead(array, at, length)
                ? CycleHead.decode(RecordFormat.payload(array, at, length)) : null;
        source = head == null ? null : head.source();
        return head != null;
    }

    private void missing(long from, long to) {
        long first = Math.max(from, soughtSequence);
        if (first > to) {
            return;
        }
        if (!skips) {
            throw new JournalException(("journal '%s': sequences %,d to %,d are missing, or damaged; 'sluice journal"
                    + " verify' tells more, and a reader that skips damage goes on").formatted(directory, first, to));
        }
        skipped += to - first + 1;
    }

    /// Whether a record is so far before the sought one that it need not be judged; then it is counted.
    private boolean isFarBeforeSought() {
        byte[] array = cursor.array();
        int at = cursor.offset();
        boolean far = sought != null && isFar() && !(RecordFormat.isRecord(array, at, cursor.length())
                && RecordFormat.sequence(array, at) + 1 >= soughtSequence);
        if (far) {
            chain.skip(array, at, cursor.length());
            last++;
        }
        return far;
    }

    /// Whether the next record is neither the sought one nor the one before it, by the count.
    private boolean isFar() {
        return last + 2 < soughtSequence;
    }

    /// @return null if it is damaged, and stepped over, or before what is sought
    private JournalRecord read() throws IOException {
        byte[] array = cursor.array();
        int at = cursor.offset();
        int length = cursor.length();
        if (!chain.accepts(array, at, length)) {
            if (sought == null) {
                damaged();
            } else if (isFar()) {
                last++;                      // what it says of itself is not true
            }
            return null;
        }
        long sequence = RecordFormat.sequence(array, at);
        long before = last;
        last = sequence;
        if (sought != null && !sought.test(cursor)) {
            return null;
        }
        sought = null;
        JournalRecord record = record(array, at, length);
        if (sequence > before + 1) {
            kept = record;
            missing(before + 1, sequence - 1);
            kept = null;
        }
        return record;
    }

    private JournalRecord record(byte[] array, int at, int length) {
        JournalRecord.Kind kind = switch (RecordFormat.kind(array, at)) {
            case RecordFormat.GAP -> JournalRecord.Kind.GAP;
            case RecordFormat.RETRACTION -> JournalRecord.Kind.RETRACTION;
            default -> JournalRecord.Kind.MESSAGE;
        };
        return new JournalRecord(RecordFormat.sequence(array, at), kind, RecordFormat.committed(array, at),
                RecordFormat.received(array, at), RecordFormat.type(array, at), source,
                RecordFormat.position(array, at), RecordFormat.payload(array, at, length));
    }

    /// A record that is not good: the rest is a torn end, or it is damage.
    private void damaged() throws IOException {
        if (goodEnd <= cursor.start()) {
            goodEnd = CycleScan.of(engine, file).end;
        }
        if (goodEnd <= cursor.start()) {
            while (cursor.next()) {
                // Nothing good is behind it.
            }
            return;
        }
        last++;
        if (!skips) {
            throw new JournalException(("journal '%s': the record behind sequence %,d is damaged, at byte %,d of '%s';"
                    + " 'sluice journal verify' tells more, and a reader that skips damage goes on").formatted(
                    directory, last - 1, cursor.start(), file.path().getFileName()));
        }
        skipped++;
    }

    /// Goes on with a sequence, or with the first one behind it that is there, now or later.
    ///
    /// @param sequence of the record that [#next()] returns
    /// @return this
    public JournalReader seek(long sequence) {
        soughtSequence = sequence;
        return seek(head -> RecordFormat.sequence(head.array(), head.offset()) < sequence,
                record -> RecordFormat.sequence(record.array(), record.offset()) >= sequence);
    }

    /// Goes on with the first record that was received at a time or later. [#next()] then checks each record of one cycle
    /// up to there, seconds for a gibibyte; a seek by sequence only steps over them.
    ///
    /// @param nanos the time, since 1970
    /// @return this
    public JournalReader seekTime(long nanos) {
        soughtSequence = 0;
        return seek(head -> RecordFormat.committed(head.array(), head.offset()) <= nanos,
                record -> RecordFormat.received(record.array(), record.offset()) >= nanos);
    }

    /// Begins with the last cycle whose head is before what is sought.
    private JournalReader seek(Predicate<CycleCursor> before, Predicate<CycleCursor> found) {
        return Journal.guarded(directory, () -> {
            closeCursor();
            List<CycleFile> files = Journal.cycles(engine, directory);
            int first = lastBefore(files, before);
            later.clear();
            later.addAll(files.subList(first, files.size()));
            number = first == 0 ? Long.MIN_VALUE : files.get(first - 1).number();
            held = false;
            kept = null;
            last = -1;
            sought = found;
            return this;
        });
    }

    /// Looks into some of the heads, which are in order.
    ///
    /// @return an index; 0 if there is none
    private int lastBefore(List<CycleFile> files, Predicate<CycleCursor> before) throws IOException {
        int found = 0;
        int low = 0;
        int high = files.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            int known = middle;
            Boolean is = isBefore(files.get(known), before);
            while (is == null && known > low) {
                known--;
                is = isBefore(files.get(known), before);
            }
            if (is == null || is) {
                found = is == null ? found : known;
                low = middle + 1;
            } else {
                high = known;
            }
        }
        return found;
    }

    /// @return null if it has no head that is right
    private Boolean isBefore(CycleFile one, Predicate<CycleCursor> before) throws IOException {
        try (CycleCursor head = engine.cursor(one.path())) {
            boolean found = head.next() && readHead(head);
            return found ? before.test(head) : null;
        } catch (NoSuchFileException removedMeanwhile) {
            return null;                     // by a writer that keeps less
        }
    }

    private void closeCursor() throws IOException {
        if (cursor != null) {
            CycleCursor open = cursor;
            cursor = null;
            open.close();
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
