package io.sluice.journal.chronicle;

import io.sluice.core.crash.CrashPoint;
import io.sluice.journal.spi.CycleAppender;
import io.sluice.journal.spi.CycleCursor;
import io.sluice.journal.spi.CycleFile;
import io.sluice.journal.spi.JournalEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Cycles as files of a Chronicle queue, one for each: `20261130-0225.cq4`. Chronicle's own tools read them. The one
/// that is being written is in the folder `current`, see `ChronicleAppender`.
public final class ChronicleEngine implements JournalEngine {
    static final String CURRENT = "current";
    private static final String SUFFIX = ".cq4";
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyyMMdd-HHmm", Locale.ROOT);
    private static final String TABLE = "metadata.cq4t";
    private static final long MINUTE_SECONDS = 60;

    /// For the service loader.
    public ChronicleEngine() {}

    static String fileName(long number) {
        return MINUTE.format(LocalDateTime.ofEpochSecond(number * MINUTE_SECONDS, 0, ZoneOffset.UTC)) + SUFFIX;
    }

    @Override
    public List<CycleFile> cycles(Path directory) throws IOException {
        return cyclesIn(directory);
    }

    static List<CycleFile> cyclesIn(Path directory) throws IOException {
        List<CycleFile> cycles = new ArrayList<>();
        if (Files.isDirectory(directory.resolve(CURRENT))) {
            addAll(directory.resolve(CURRENT), cycles);      // first: a file that is moved meanwhile is in one of both
        }
        addAll(directory, cycles);
        cycles.sort(Comparator.comparingLong(CycleFile::number));
        return cycles;
    }

    private static void addAll(Path directory, List<CycleFile> cycles) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                add(file, cycles);
            }
        }
    }

    private static void add(Path file, List<CycleFile> cycles) throws IOException {
        String name = file.getFileName().toString();
        if (cycles.stream().anyMatch(known -> known.path().endsWith(name))) {
            return;                          // sealed and moved meanwhile
        }
        try {
            LocalDateTime minute = LocalDateTime.parse(name.substring(0, name.length() - SUFFIX.length()), MINUTE);
            cycles.add(new CycleFile(minute.toEpochSecond(ZoneOffset.UTC) / MINUTE_SECONDS, file, Files.size(file)));
        } catch (DateTimeParseException foreign) {
            cycles.add(new CycleFile(-1, file, Files.size(file)));    // its first record tells that it is none of ours
        } catch (NoSuchFileException removedMeanwhile) {
            // By a writer that keeps less.
        }
    }

    @Override
    public CycleAppender appender(Path directory) {
        ChronicleFlags.check();
        try {
            return new ChronicleAppender(directory, emptied(directory));
        } catch (IOException refused) {
            throw new UncheckedIOException("journal '%s': %s".formatted(directory, refused), refused);
        }
    }

    /// The folder for the next cycles, without what a dead writer has left: its cycle joins the sealed ones.
    private Path emptied(Path directory) throws IOException {
        Path current = Files.createDirectories(directory.resolve(CURRENT));
        for (CycleFile cycle : cycles(directory)) {
            if (cycle.path().startsWith(current)) {
                Files.move(cycle.path(), directory.resolve(cycle.path().getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        removeTable(current);
        return current;
    }

    static void removeTable(Path current) throws IOException {
        Files.deleteIfExists(current.resolve(TABLE));
    }

    @Override
    public CycleCursor cursor(Path file) throws IOException {
        try {
            return new ChronicleCursor(file);
        } catch (NoSuchFileException gone) {
            Path folder = file.getParent();
            if (folder == null || folder.getParent() == null || !folder.endsWith(CURRENT)) {
                throw gone;
            }
            return new ChronicleCursor(folder.getParent().resolve(file.getFileName()));     // sealed meanwhile
        }
    }

    @Override
    public void cut(Path file, long offset) throws IOException {
        seal(file, offset);
        FileWork.force(file);
    }

    /// Ends a file at an offset: what is behind it goes, and the mark of the end takes its place.
    static void seal(Path file, long offset) throws IOException {
        FileWork.on(file, StandardOpenOption.WRITE, channel -> {
            channel.truncate(offset);
            CrashPoint.JOURNAL_CYCLE_CUT.reached();
            channel.write(ChronicleCursor.endMark(), offset);
        });
    }
}
