package io.sluice.journal;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.journal.spi.CycleAppender;
import io.sluice.journal.spi.CycleFile;
import io.sluice.journal.spi.JournalEngine;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/// Appends records to a journal.
///
/// - **Threads:** one at a time.
/// - **Blocking:** an append waits for no other process, and not for the device; a page that the kernel has to write
///   first may delay it. [#force()] and [#close()] wait for the device.
/// - **Death:** what was appended is there; the next writer goes on behind it. After a power cut, what was forced is.
/// - **Interrupts:** end nothing here; the status of the thread stays.
/// - **Allocation:** none for records up to the longest one so far; a new cycle allocates.
/// - **Errors:** [JournalFullException] before the disk is full; [JournalException] for a payload beyond 8 MiB, and if
///   the engine refuses an append or a [#force()], from then on; [ClosedException] after [#close()].
public final class JournalWriter implements AutoCloseable {
    /*
     * A start writes nothing into a cycle that is there: it scans the last one, cuts off what is torn, and begins the
     * next one with its first record. So a cycle has one writer, and what a death leaves is always at an end.
     *
     *   killed before the head      a file without records; the next writer removes it
     *   killed in a record          a record that is not complete; cut off
     *   power cut                   pages are missing: a torn end, cut off; or whole records at the end, and nothing
     *                               tells, but the source, from which the next record is read again
     *
     * An append that begins a cycle ends the one before, and does not wait until that is on the device: a gibibyte may
     * take seconds, and until then a JournaledQueue would publish nothing, and a ring would overtake its recorder.
     * "Appended before published" is a promise about deaths of processes, and pages of the kernel outlive those. The
     * promise about power cuts is force(), which therefore writes every cycle that has grown since the last force.
     *
     * The sequence and the position in the source are in each record. So the journal itself is the cursor of a
     * recorder, and the two cannot disagree.
     */
    private static final long MOST_LOOK_BYTES = 4 << 20;
    private static final long MOST_RECORDS = 60_000_000;
    private static final int FIRST_CAPACITY = 4096;

    private final JournalEngine engine;
    private final Path directory;
    private final JournalOptions options;
    private final JournalSource source;
    private final JournalLock lock;
    private final CycleAppender appender;
    private final FileStore store;
    private final long lookBytes;
    private final EpochClock clock = new EpochClock();
    private final RecordFormat.Chain chain = new RecordFormat.Chain();
    private final JournalSource previousSource;
    private byte[] record = new byte[FIRST_CAPACITY];
    private long cycle;
    private byte[] chainBefore;
    private boolean begun;
    private long cycleBytes;
    private long cycleRecords;
    private long rollAtNanos;
    private long unlookedBytes;
    private long sequence;
    private long position;
    private boolean failed;
    private boolean closed;

    static JournalWriter open(JournalEngine engine, Path directory, JournalOptions options, JournalSource source)
            throws IOException {
        JournalLock lock = JournalLock.take(directory);
        try {
            return new JournalWriter(engine, directory, options, source, lock);
        } catch (RuntimeException | IOException | Error refused) {
            lock.close();
            throw refused;
        }
    }

    private JournalWriter(JournalEngine engine, Path directory, JournalOptions options, JournalSource source,
            JournalLock lock) throws IOException {
        this.engine = engine;
        this.directory = directory;
        this.options = options;
        this.source = source;
        this.lock = lock;
        this.store = Files.getFileStore(directory);
        this.lookBytes = Math.min(MOST_LOOK_BYTES, options.rollBytes() / 4);
        checkFree(0);
        CycleScan last = lastCycle();
        this.cycle = last == null ? -1 : last.file.number();
        this.chainBefore = last == null ? new byte[RecordFormat.CHAIN_BYTES] : last.chain;
        this.sequence = last == null ? 0 : last.last;
        this.previousSource = last == null ? null : last.head.source();
        this.position = last != null && source.id().equals(previousSource.id()) ? last.position : -1;
        this.appender = engine.appender(directory);
    }

    /// The last cycle with a head, which ends behind its last good record; those behind it have none, and are removed.
    private CycleScan lastCycle() throws IOException {
        List<CycleFile> files = engine.cycles(directory);
        if (!files.isEmpty() && files.getFirst().number() < 0) {
            throw Journal.foreign(directory, files.getFirst());
        }
        List<CycleFile> empty = new ArrayList<>();
        CycleScan last = null;
        for (int i = files.size() - 1; i >= 0 && last == null; i--) {
            CycleScan scan = Journal.scan(engine, directory, files.get(i));
            if (scan.isEmpty()) {
                empty.add(files.get(i));
            } else {
                last = scan;
            }
        }
        for (CycleFile file : empty) {
            Files.delete(file.path());       // once it is known that the journal is one
        }
        if (last != null && !last.isSealed()) {
            engine.cut(last.file.path(), last.end);
        }
        return last;
    }

    /// The last sequence.
    ///
    /// @return 0 if nothing was ever appended
    public long sequence() {
        return sequence;
    }

    /// The position in the source of the last record.
    ///
    /// @return -1 if the journal has no record of this source, with its id
    public long position() {
        return position;
    }

    /// The source of the last record that was there when this writer was opened.
    ///
    /// @return empty if there was none
    public Optional<JournalSource> previousSource() {
        return Optional.ofNullable(previousSource);
    }

    /// The clock that records are stamped with.
    ///
    /// @return nanoseconds since 1970
    public long nanos() {
        return clock.nanos();
    }

    /// Appends a message that comes from no position.
    ///
    /// @param type any value
    /// @param payload its bytes, 8 MiB at most
    /// @return its sequence
    public long append(int type, byte[] payload) {
        ensure(payload.length);
        System.arraycopy(payload, 0, record, RecordFormat.HEADER, payload.length);
        long now = clock.nanos();
        return write(RecordFormat.MESSAGE, type, now, now, -1, payload.length);
    }

    /// Appends a message.
    ///
    /// @param type any value
    /// @param position in the source
    /// @param receivedNanos when it was received, by [#nanos()]
    /// @param payload holds its bytes
    /// @param index of the first one
    /// @param length in bytes, 8 MiB at most
    /// @return its sequence
    public long append(int type, long position, long receivedNanos, DirectBuffer payload, int index, int length) {
        long now = clock.nanos();
        ensure(length);
        payload.getBytes(index, record, RecordFormat.HEADER, length);
        return write(RecordFormat.MESSAGE, type, now, receivedNanos, position, length);
    }

    /// Appends that messages were lost.
    ///
    /// @param from position of the first slot in the source that was lost
    /// @param to position behind the last one
    /// @return its sequence
    public long gap(long from, long to) {
        byte[] payload = RecordFormat.gap(from, to);
        System.arraycopy(payload, 0, record, RecordFormat.HEADER, payload.length);
        long now = clock.nanos();
        return write(RecordFormat.GAP, 0, now, now, to - 1, payload.length);
    }

    /// Appends that the record before was not published after all. It stands in the cycle of that record, whatever its
    /// time and size, and takes from what shall stay free of the disk.
    ///
    /// @return its sequence
    public long retract() {
        long now = clock.nanos();
        return write(RecordFormat.RETRACTION, 0, now, now, position, 0);
    }

    private void ensure(int length) {
        if (length > RecordFormat.MOST_PAYLOAD) {
            throw new JournalException("journal '%s': a message of %,d bytes; a record holds %,d at most; split it"
                    .formatted(directory, length, RecordFormat.MOST_PAYLOAD));
        }
        if (record.length < RecordFormat.HEADER + length) {
            record = Arrays.copyOf(record, Math.max(2 * record.length, RecordFormat.HEADER + length));
        }
    }

    private long write(int kind, int type, long now, long received, long from, int length) {
        checkOpen();
        int bytes = RecordFormat.HEADER + length;
        long inFile = appender.bytesInFile(bytes);
        boolean retracts = kind == RecordFormat.RETRACTION;      // which no roll and no look may refuse
        if (!begun || (!retracts && isCycleOver(now, inFile))) {
            roll(now, inFile);
        }
        unlookedBytes += inFile;
        if (!retracts && unlookedBytes >= lookBytes) {
            look(inFile);
        }
        RecordFormat.write(record, kind, type, sequence + 1, now, received, from, length);
        put(record, bytes, inFile);
        cycleRecords++;
        sequence++;
        position = from;
        return sequence;
    }

    private boolean isCycleOver(long now, long inFile) {
        return cycleRecords > 0 && (cycleBytes + inFile > options.rollBytes() || now >= rollAtNanos
                || cycleRecords >= MOST_RECORDS);
    }

    private void put(byte[] bytes, int length, long inFile) {
        chain.append(bytes, length);
        failed = true;                   // unless the engine takes it: the chain has gone on
        appender.append(bytes, length);
        failed = false;
        cycleBytes += inFile;
    }

    private void look(long inFile) {
        Journal.guarded(directory, () -> {
            checkFree(inFile);
            return null;
        });
        unlookedBytes = 0;
    }

    private void checkFree(long more) throws IOException {
        long free = store.getUsableSpace();
        long needed = options.minFreeBytes() + more;
        if (free < needed) {
            throw new JournalFullException(("journal '%s': %,d bytes of its disk are free, and %,d are needed, of which"
                    + " %,d shall stay free; make room on that disk, or let less of it stay free; what was appended"
                    + " is there").formatted(directory, free, needed, options.minFreeBytes()));
        }
    }

    /// Begins the next cycle with its head.
    private void roll(long now, long inFile) {
        look(inFile);
        if (begun) {
            chainBefore = chain.last();
        }
        byte[] head = new CycleHead(cycle, chainBefore, position, source).encode();
        cycle = Math.max(cycle + 1, TimeUnit.NANOSECONDS.toMinutes(now));
        appender.roll(cycle);
        chain.reset();
        cycleBytes = 0;
        cycleRecords = 0;
        rollAtNanos = now + options.rollEvery().toNanos();
        RecordFormat.write(head, RecordFormat.HEAD, 0, sequence, now, now, position, head.length - RecordFormat.HEADER);
        put(head, head.length, appender.bytesInFile(head.length));
        begun = true;
        Journal.guarded(directory, () -> {
            removeOld();
            return null;
        });
    }

    /// The oldest first, so that a death in between leaves no hole; and only files that begin as ours do.
    private void removeOld() throws IOException {
        if (options.keepBytes() == 0 && options.keepFor().isZero()) {
            return;
        }
        List<CycleFile> old = new ArrayList<>(engine.cycles(directory));
        old.removeIf(file -> file.number() == cycle);
        long kept = 0;
        int first = old.size();              // of those that stay
        while (first > 0 && !isOver(kept + old.get(first - 1).bytes()) && !isOld(old.get(first - 1))) {
            first--;
            kept += old.get(first).bytes();
        }
        for (CycleFile file : old.subList(0, first)) {
            if (file.number() >= 0 && Journal.hasHead(engine, file)) {
                Files.deleteIfExists(file.path());
                CrashPoint.JOURNAL_CYCLE_REMOVED.reached();
            }
        }
    }

    private boolean isOver(long bytes) {
        return options.keepBytes() > 0 && bytes > options.keepBytes();
    }

    private boolean isOld(CycleFile file) throws IOException {
        long age = System.currentTimeMillis() - Files.getLastModifiedTime(file.path()).toMillis();
        return options.keepFor().isPositive() && age > options.keepFor().toMillis();
    }

    /// Writes what was appended to the device, in all cycles: it survives a power cut from then on. Waits for the
    /// device. If that fails, what was appended since the last one may be lost in a power cut, and this writer ends.
    public void force() {
        checkOpen();
        failed = true;                   // unless the device takes it: the kernel tells of a lost page only once
        appender.force();
        failed = false;
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("journal '%s': this writer was closed".formatted(directory));
        }
        if (failed) {
            throw new JournalException(("journal '%s': an earlier append or force failed; close this writer, and open a"
                    + " new one, which goes on behind sequence %,d").formatted(directory, sequence));
        }
    }

    /// Ends the writer, and writes what was appended to the device, if no [#force()] has failed; the next one begins a
    /// new cycle. A second call does nothing.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Journal.guarded(directory, () -> {
                try (lock) {
                    appender.close();
                }
                return null;
            });
        }
    }
}
