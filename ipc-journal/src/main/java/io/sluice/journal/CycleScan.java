package io.sluice.journal;

import io.sluice.journal.JournalReport.Problem;
import io.sluice.journal.spi.CycleCursor;
import io.sluice.journal.spi.CycleCursor.Ending;
import io.sluice.journal.spi.CycleFile;
import io.sluice.journal.spi.JournalEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// One walk over a cycle that checks every record.
final class CycleScan {
    /*
     * A record is good if its header is one of ours and its chain is right for the chain of the record before. So each
     * is judged alone, and a damaged one is named, while those behind it are still good, also behind a damaged head.
     *
     * Bad records with a good one behind them are damage. Bad records up to the end are a torn end: what a power cut
     * leaves of pages that had not reached the disk. A writer that goes on cuts them off; nothing can be said of them,
     * not even that they were complete.
     */
    final CycleFile file;
    final List<Problem> problems = new ArrayList<>();
    CycleHead head;
    long first;
    long last;
    long position = -1;
    long messages;
    long gaps;
    long lost;
    long retractions;
    long fromNanos;
    long untilNanos;
    byte[] chain = new byte[RecordFormat.CHAIN_BYTES];
    long end;
    Ending ending = Ending.OPEN;
    private final List<Problem> bad = new ArrayList<>();

    private CycleScan(CycleFile file) {
        this.file = file;
    }

    static CycleScan of(JournalEngine engine, CycleFile file) throws IOException {
        CycleScan scan = new CycleScan(file);
        try (CycleCursor cursor = engine.cursor(file.path())) {
            scan.walk(cursor);
        }
        return scan;
    }

    boolean isForeign() {
        return problems.stream().anyMatch(problem -> problem.kind().equals("foreign"));
    }

    boolean isTorn() {
        return ending == Ending.TORN;
    }

    boolean isSealed() {
        return ending == Ending.SEALED;
    }

    /// Whether it has neither a head nor a record that is good.
    boolean isEmpty() {
        return head == null && records() == 0;
    }

    /// Whether good records stand behind a head that is not good.
    boolean isHeadless() {
        return head == null && records() > 0;
    }

    long records() {
        return messages + gaps + retractions;
    }

    /// A writer has the cycle open: a record that is not complete is being written.
    void isBeingWritten() {
        if (isTorn() && bad.isEmpty()) {
            ending = Ending.OPEN;
            problems.removeIf(problem -> problem.kind().equals("torn"));
        }
    }

    private void walk(CycleCursor cursor) throws IOException {
        if (!cursor.next()) {
            end = cursor.end();
            ending = cursor.ending();
            if (ending == Ending.FOREIGN) {
                addForeign();
            }
            return;
        }
        RecordFormat.Chain expected = new RecordFormat.Chain();
        boolean zeros = readHead(cursor, expected);
        boolean ours = head != null || RecordFormat.isRecord(cursor.array(), cursor.offset(), cursor.length());
        while (cursor.next()) {
            byte[] array = cursor.array();
            int at = cursor.offset();
            ours |= RecordFormat.isRecord(array, at, cursor.length());
            if (!expected.accepts(array, at, cursor.length()) || RecordFormat.kind(array, at) == RecordFormat.HEAD) {
                bad.add(new Problem("chain", last + bad.size() + 1, cursor.start(),
                        "the record is not the one that was appended"));
                continue;
            }
            long sequence = RecordFormat.sequence(array, at);
            if (isEmpty()) {
                first = sequence - bad.size();
                last = first - 1;
                problems.add(new Problem("chain", last, 0, "the head of the cycle is damaged"));
            }
            problems.addAll(bad);            // a good record is behind them
            long next = last + bad.size() + 1;
            if (sequence != next) {
                problems.add(new Problem("missing", next, cursor.start(),
                        "sequence %s comes where %s is expected".formatted(sequence, next)));
            }
            bad.clear();
            count(array, at, cursor);
            last = sequence;
            chain = expected.last();
            end = cursor.end();
        }
        finish(cursor.ending(), ours || (zeros && bad.isEmpty()));
    }

    /// @return whether there are only zeros, as a power cut leaves them
    private boolean readHead(CycleCursor cursor, RecordFormat.Chain expected) {
        byte[] array = cursor.array();
        int at = cursor.offset();
        int length = cursor.length();
        if (expected.accepts(array, at, length) && RecordFormat.kind(array, at) == RecordFormat.HEAD) {
            head = CycleHead.decode(RecordFormat.payload(array, at, length));
        }
        if (head == null) {
            end = cursor.start();
            return Arrays.equals(array, at, at + length, new byte[length], 0, length);
        }
        last = RecordFormat.sequence(array, at);
        first = last + 1;
        position = head.position();
        fromNanos = RecordFormat.committed(array, at);
        untilNanos = fromNanos;
        chain = expected.last();
        end = cursor.end();
        return false;
    }

    private void finish(Ending found, boolean ours) {
        ending = found;
        if (!ours) {
            addForeign();
        } else if (isEmpty()) {
            ending = Ending.TORN;
            problems.add(new Problem("torn", 0, end, "the head of the cycle is not whole"));
        } else if (!bad.isEmpty()) {
            ending = Ending.TORN;
            problems.add(new Problem("torn", last + 1, end,
                    "the end is torn: %s records behind sequence %s are not whole".formatted(bad.size(), last)));
        } else if (ending == Ending.TORN) {
            problems.add(new Problem("torn", last + 1, end,
                    "the end is torn: bytes behind sequence %s are no complete record".formatted(last)));
        }
    }

    private void addForeign() {
        problems.add(new Problem("foreign", 0, end, "the file does not begin as one of a journal does; another program,"
                + " or another release, has written it"));
    }

    private void count(byte[] array, int at, CycleCursor cursor) {
        switch (RecordFormat.kind(array, at)) {
            case RecordFormat.GAP -> {
                gaps++;
                lost += RecordFormat.lost(RecordFormat.payload(array, at, cursor.length()));
            }
            case RecordFormat.RETRACTION -> retractions++;
            default -> messages++;
        }
        position = RecordFormat.position(array, at);
        untilNanos = RecordFormat.committed(array, at);
    }

    JournalReport.Cycle report(Path directory) {
        return new JournalReport.Cycle(file.number(), directory.relativize(file.path()).toString(),
                ending == Ending.OPEN ? end : file.bytes(), first, last,
                messages, gaps, lost, retractions, fromNanos, untilNanos, head == null ? null : head.source(),
                switch (ending) {
                    case OPEN -> "open";
                    case SEALED -> "sealed";
                    case TORN, FOREIGN -> "torn";
                }, end, HexFormat.of().formatHex(chain), List.copyOf(problems));
    }
}
