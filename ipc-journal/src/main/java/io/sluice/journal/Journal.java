package io.sluice.journal;

import io.sluice.journal.spi.CycleCursor;
import io.sluice.journal.spi.CycleFile;
import io.sluice.journal.spi.JournalEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.IntConsumer;

/// The door to journals: opens one to append or to read, tells what is in it, and cuts it.
///
/// ```java
/// try (JournalWriter writer = Journal.append(directory, JournalOptions.defaults(), JournalSource.program("trades"))) {
///     writer.append(7, "100 VOD.L at 71.25".getBytes(UTF_8));
/// }
/// try (JournalReader reader = Journal.read(directory)) {
///     for (JournalRecord record = reader.next(); record != null; record = reader.next()) {
///         System.out.println(record.sequence());
///     }
/// }
/// ```
///
/// - **Threads:** any; what it opens says its own.
/// - **Errors:** a [JournalException] for a directory that is no journal, or is in use; an `UncheckedIOException` if
///   the system refuses.
public final class Journal {
    /// Messages are for this user, as in a space.
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private Journal() {}

    /// Opens a journal to append, and makes the directory, for this user alone, if it is not there. Goes on behind the
    /// last good record; what a dead writer or a power cut has left behind it is cut off. Reads the last cycle for
    /// that.
    ///
    /// @param directory of the journal
    /// @param options when a cycle ends, what is kept, what stays free
    /// @param source where the records come from
    /// @return the writer, to be closed by the caller
    /// @throws JournalException if another writer has it open, the directory holds other files of the engine, or the
    ///     JVM lacks flags that the engine needs
    /// @throws JournalFullException if less of the disk is free than the options demand
    public static JournalWriter append(Path directory, JournalOptions options, JournalSource source) {
        JournalEngine engine = engine();
        return guarded(directory, () -> {
            try {
                Files.createDirectories(directory, PRIVATE);
            } catch (FileAlreadyExistsException file) {
                throw new JournalException("journal '%s': that is a file; name a directory".formatted(directory), file);
            }
            return JournalWriter.open(engine, directory, options, source);
        });
    }

    /// Opens a journal to read, from its first record on; also while it is being written.
    ///
    /// @param directory of the journal
    /// @return the reader, to be closed by the caller
    public static JournalReader read(Path directory) {
        JournalEngine engine = engine();
        return guarded(directory, () -> new JournalReader(engine, directory, cycles(engine, directory)));
    }

    /// Reads every record of a journal, and tells what is there and what is wrong. Changes nothing.
    ///
    /// @param directory of the journal
    /// @param progress gets the percentage that was read, after each cycle
    /// @return the report
    public static JournalReport verify(Path directory, IntConsumer progress) {
        JournalEngine engine = engine();
        return guarded(directory, () -> {
            boolean written = JournalLock.isTaken(directory);
            List<CycleFile> files = cycles(engine, directory);
            List<JournalReport.Cycle> cycles = new ArrayList<>();
            CycleScan before = null;
            for (int i = 0; i < files.size(); i++) {
                CycleScan scan;
                try {
                    scan = CycleScan.of(engine, files.get(i));
                } catch (NoSuchFileException removedMeanwhile) {
                    continue;                // by a writer that keeps less
                }
                if (i == files.size() - 1) {
                    written = written || JournalLock.isTaken(directory);
                    if (written) {
                        scan.isBeingWritten();
                    }
                }
                if (before != null && !scan.isEmpty()) {
                    checkTie(before, scan);
                }
                cycles.add(scan.report(directory));
                before = scan.isEmpty() ? before : scan;
                progress.accept((i + 1) * 100 / files.size());
            }
            return new JournalReport(directory, List.copyOf(cycles), written);
        });
    }

    /// Whether a cycle goes on where the one before ends.
    private static void checkTie(CycleScan before, CycleScan scan) {
        if (scan.first > before.last + 1) {
            scan.problems.addFirst(new JournalReport.Problem("missing", before.last + 1, 0,
                    "sequences %s to %s are missing between '%s' and '%s'".formatted(before.last + 1, scan.first - 1,
                            before.file.path().getFileName(), scan.file.path().getFileName())));
        } else if (scan.head != null && (scan.head.previous() != before.file.number()
                || !Arrays.equals(scan.head.previousChain(), before.chain))) {
            scan.problems.addFirst(new JournalReport.Problem("chain", scan.first, 0,
                    "the cycle does not go on from '%s': the last chain there is another one".formatted(
                            before.file.path().getFileName())));
        }
    }

    /// Removes the records behind a sequence, and torn ends. No writer may have the journal open.
    ///
    /// @param directory of the journal
    /// @param last the sequence to keep; `Long.MAX_VALUE` removes only what is torn
    /// @return how many records were removed; torn ones are not counted
    public static long truncate(Path directory, long last) {
        JournalEngine engine = engine();
        return guarded(directory, () -> {
            List<CycleFile> _ = cycles(engine, directory);       // a directory without a journal gets no lock
            try (JournalLock _ = JournalLock.take(directory)) {
                List<CycleFile> files = cycles(engine, directory);
                long removed = 0;
                for (CycleFile file : files.reversed()) {
                    CycleScan scan = scan(engine, directory, file);
                    if (scan.isEmpty() || (scan.first > last && !file.equals(files.getFirst()))) {
                        removed += scan.records();
                        Files.delete(file.path());
                    } else if (scan.last > last) {
                        removed += scan.last - Math.max(last, scan.first - 1);
                        engine.cut(file.path(), endOf(engine, file, last));
                    } else if (scan.isTorn()) {
                        engine.cut(file.path(), scan.end);
                    }
                }
                return removed;
            }
        });
    }

    /// Where the last record of a cycle ends that is not behind a sequence.
    private static long endOf(JournalEngine engine, CycleFile file, long last) throws IOException {
        try (CycleCursor cursor = engine.cursor(file.path())) {
            RecordFormat.Chain chain = new RecordFormat.Chain();
            long end = 0;
            while (cursor.next()) {
                boolean good = chain.accepts(cursor.array(), cursor.offset(), cursor.length());
                if (good && RecordFormat.sequence(cursor.array(), cursor.offset()) > last) {
                    break;
                }
                end = cursor.end();
            }
            return end == 0 ? cursor.end() : end;
        }
    }

    static List<CycleFile> cycles(JournalEngine engine, Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new JournalException(Files.exists(directory)
                    ? "journal '%s': that is a file; a journal is a directory".formatted(directory)
                    : "journal '%s': there is no such directory".formatted(directory));
        }
        List<CycleFile> files = engine.cycles(directory);
        if (files.isEmpty()) {
            throw new JournalException("journal '%s': the directory holds no journal".formatted(directory));
        }
        if (files.getFirst().number() < 0) {
            throw foreign(directory, files.getFirst());
        }
        return files;
    }

    /// A scan of a cycle that may be cut or removed.
    ///
    /// @throws JournalException if it is none of ours, or its head is damaged while good records are behind it
    static CycleScan scan(JournalEngine engine, Path directory, CycleFile file) throws IOException {
        CycleScan scan = file.number() < 0 ? null : CycleScan.of(engine, file);
        if (scan == null || scan.isForeign()) {
            throw foreign(directory, file);
        }
        if (scan.isHeadless()) {
            throw damagedHead(directory, file);
        }
        return scan;
    }

    /// Whether a cycle begins with a head, as far as the header tells.
    static boolean hasHead(JournalEngine engine, CycleFile file) throws IOException {
        try (CycleCursor cursor = engine.cursor(file.path())) {
            return cursor.next() && RecordFormat.isHead(cursor.array(), cursor.offset(), cursor.length());
        }
    }

    static JournalException damagedHead(Path directory, CycleFile file) {
        return new JournalException(("journal '%s': the head of '%s' is damaged, and good records stand behind it;"
                + " 'sluice journal verify' tells more; to go on without them, move that file elsewhere").formatted(
                directory, file.path().getFileName()));
    }

    static JournalException foreign(Path directory, CycleFile file) {
        return new JournalException(("journal '%s': '%s' is a file of another program, or of another"
                + " release; name a directory of its own, or move that file elsewhere").formatted(
                directory, file.path().getFileName()));
    }

    /// What is done with the files of a journal.
    interface Work<T> {
        T run() throws IOException;
    }

    static <T> T guarded(Path directory, Work<T> work) {
        try {
            return work.run();
        } catch (IOException refused) {
            throw new UncheckedIOException("journal '%s': %s".formatted(directory, refused), refused);
        }
    }

    private static JournalEngine engine() {
        return ServiceLoader.load(JournalEngine.class, Journal.class.getClassLoader()).findFirst().orElseThrow(() ->
                new JournalException("no engine of journals is on the class path; sluice-journal.jar brings one"));
    }
}
