package io.sluice.journal.chronicle;

import io.sluice.core.crash.CrashPoint;
import io.sluice.journal.JournalException;
import io.sluice.journal.spi.CycleAppender;
import io.sluice.journal.spi.CycleFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/// The appender of a Chronicle queue whose clock is ours.
final class ChronicleAppender implements CycleAppender {
    /*
     * Chronicle begins a file when its clock comes to the next minute. The clock that it is given stands still, and
     * jumps to the minute of a cycle when the journal rolls; so a file begins when a journal wants one: after a time,
     * at a size, or at each start of a writer. A start never writes into a file that is there. So what a killed writer
     * has left in one, a record that is not complete or a count of Chronicle's that is behind, is never continued.
     *
     * Chronicle works in a folder of its own, which is empty at each start, and a sealed file leaves it. So it never
     * opens a file that it has not made itself in this process: not the one that a power cut has torn, nor its table of
     * locks and cycles that a killed writer has left.
     *
     * The file of a cycle ends, and leaves, before the head of the next cycle is complete. So only the last cycle with
     * a head can be without an end.
     *
     * A minute has room for 2^11 * 2^11 * 16 records, of which each has 64 bytes or more: 4 GiB, the largest cycle.
     */
    private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
    /// The file is mapped in such blocks, and is sparse; a record has at most a quarter of one.
    private static final long BLOCK_BYTES = 64 << 20;

    private final Path directory;
    private final Path current;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private volatile long now;
    private Path file;               // of the last record; null before the first one
    private long end;                // of the last record, in that file
    private long number;             // of the cycle
    private boolean rolled;
    private boolean named;           // a file has got its name or place since the last force
    private long unforced = Long.MIN_VALUE;      // cycles before this one are on the device

    /// @param directory of the journal
    /// @param current the folder in it where Chronicle works
    ChronicleAppender(Path directory, Path current) {
        // Its monitors are threads, and its statistics of use are for its maker.
        for (String off : new String[] {"chronicle.analytics.disable", "chronicle.disk.monitor.disable",
                "chronicle.announcer.disable"}) {
            if (System.getProperty(off) == null) {
                System.setProperty(off, "true");
            }
        }
        this.directory = directory;
        this.current = current;
        try {
            this.queue = SingleChronicleQueueBuilder.binary(current)
                    .rollCycle(LegacyRollCycles.MINUTELY)
                    .timeProvider(() -> now)
                    .blockSize(BLOCK_BYTES)
                    .build();
            this.appender = queue.createAppender();
        } catch (RuntimeException | LinkageError failure) {
            throw new JournalException("journal '%s': Chronicle Queue cannot open it (%s)"
                    .formatted(directory, firstLine(failure)), failure);
        }
        appender.singleThreadedCheckDisabled(true);
        now = System.currentTimeMillis();
    }

    private static String firstLine(Throwable failure) {
        return failure.toString().lines().findFirst().orElse("");
    }

    @Override
    public void roll(long next) {
        number = next;
        now = next * MINUTE_MILLIS;
        rolled = true;
    }

    /// Chronicle does not expect an interrupted thread: it waits until the record is written.
    @Override
    public void append(byte[] bytes, int length) {
        boolean interrupted = Thread.interrupted();
        try (DocumentContext document = appender.writingDocument()) {
            document.wire().bytes().write(bytes, 0, length);
            long behind = document.wire().bytes().writePosition();
            if (rolled) {
                CrashPoint.JOURNAL_CYCLE_BEGUN.reached();
                trim();
                rolled = false;
                named = true;
                file = current.resolve(ChronicleEngine.fileName(number));
            }
            end = behind;
        } catch (RuntimeException | InternalError failure) {
            throw new JournalException(("journal '%s': Chronicle Queue cannot append (%s); what was appended before is"
                    + " there").formatted(directory, firstLine(failure)), failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long bytesInFile(int length) {
        return ChronicleCursor.aligned(ChronicleCursor.HEADER + (long) length);
    }

    /// Ends the file of the cycle before, which Chronicle has made longer than it is, and moves it to the sealed ones.
    private void trim() {
        if (file != null) {
            onFiles(() -> {
                try (ChronicleCursor cursor = new ChronicleCursor(file, ChronicleCursor.aligned(end))) {
                    boolean _ = cursor.next();           // over what Chronicle has written behind the record
                    ChronicleEngine.seal(file, cursor.end());
                }
                CrashPoint.JOURNAL_CYCLE_ENDED.reached();
                Files.move(file, directory.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
                named = true;
            });
        }
    }

    /// The first time it covers what a dead writer has left to the kernel.
    @Override
    public void force() {
        onFiles(() -> {
            if (named) {
                for (CycleFile cycle : ChronicleEngine.cyclesIn(directory)) {
                    if (cycle.number() >= unforced) {
                        FileWork.force(cycle.path());
                    }
                }
                FileWork.force(current);
                FileWork.force(directory);
                unforced = number;
                named = false;
            } else if (file != null) {
                FileWork.force(file);
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private void onFiles(Work work) {
        try {
            work.run();
        } catch (IOException failure) {
            throw new UncheckedIOException("journal '%s': %s".formatted(directory, failure), failure);
        }
    }

    @Override
    public void close() {
        appender.close();
        queue.close();
        trim();
        file = null;
        force();
        onFiles(() -> ChronicleEngine.removeTable(current));
    }
}
