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
     * A record is good if its header is one of ours and its chain is right for the chain that the record before says.
     * So each is judged alone, and a damaged one is named, while those behind it are still good.
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

    /// Whether its writer died before it had appended anything.
    boolean isEmpty() {
        return head == null && !isForeign();
    }

    boolean isTorn() {
        return ending == Ending.TORN;
    }

    private void walk(CycleCursor cursor) throws IOException {
        if (!cursor.next()) {
            end = cursor.end();
            ending = cursor.ending();
            if (ending == Ending.TORN && end == 0) {
                problems.add(new Problem("foreign", 0, 0, "the file does not begin as one of a journal does"));
            }
            return;
        }
        RecordFormat.Chain expected = new RecordFormat.Chain();
        if (!readHead(cursor, expected)) {
            return;
        }
        while (cursor.next()) {
            byte[] array = cursor.array();
            int at = cursor.offset();
            boolean ours = RecordFormat.isRecord(array, at, cursor.length());
            long sequence = ours ? RecordFormat.sequence(array, at) : last + bad.size() + 1;
            if (!ours || !expected.check(array, at, cursor.length()) || RecordFormat.kind(array, at) == 0) {
                bad.add(new Problem("chain", sequence, cursor.start(), ours
                        ? "the record is not the one that was appended: its chain is wrong"
                        : "these bytes are no record"));
                continue;
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
        ending = cursor.ending();
        if (!bad.isEmpty()) {
            ending = Ending.TORN;
        }
        if (ending == Ending.TORN) {
            problems.add(new Problem("torn", last + 1, end, (bad.isEmpty()
                    ? "the end is torn: bytes behind sequence %s are no complete record"
                    : "the end is torn: %2$s records behind sequence %1$s are not whole").formatted(last, bad.size())));
        }
    }

    private boolean readHead(CycleCursor cursor, RecordFormat.Chain expected) throws IOException {
        byte[] array = cursor.array();
        int at = cursor.offset();
        boolean ours = RecordFormat.isRecord(array, at, cursor.length());
        if (ours && expected.check(array, at, cursor.length()) && RecordFormat.kind(array, at) == RecordFormat.HEAD) {
            head = CycleHead.decode(RecordFormat.payload(array, at, cursor.length()));
            last = RecordFormat.sequence(array, at);
            first = last + 1;
            position = head.position();
            fromNanos = RecordFormat.committed(array, at);
            untilNanos = fromNanos;
            chain = expected.last();
            end = cursor.end();
            return true;
        }
        boolean nothingElse = !cursor.next();
        boolean zeros = nothingElse && isZero(array, at, cursor.length());
        if (ours || zeros) {
            end = cursor.start();
            ending = Ending.TORN;
            problems.add(new Problem("torn", 0, end, "the head of the cycle is not whole"));
        } else {
            problems.add(new Problem("foreign", 0, cursor.start(),
                    "the first record is none of a journal; another program has written this file"));
        }
        return false;
    }

    private static boolean isZero(byte[] array, int at, int length) {
        return Arrays.equals(array, at, at + length, new byte[length], 0, length);
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
                    case TORN -> "torn";
                }, end, HexFormat.of().formatHex(chain), List.copyOf(problems));
    }
}
