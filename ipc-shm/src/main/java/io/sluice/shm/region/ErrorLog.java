package io.sluice.shm.region;

import static io.sluice.shm.linux.Linux.O_CREAT;
import static io.sluice.shm.linux.Linux.O_RDONLY;
import static io.sluice.shm.linux.Linux.O_RDWR;

import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.OfdLocks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/// The error log of a space: what went wrong in it, each distinct text once, with count, first and last time. It explains
/// after the fact what the processes that saw it have told no user: deaths, recoveries that failed, cleanups that failed.
/// The idea of a log of distinct errors is that of Agrona's `DistinctErrorLog`.
///
/// - **Threads:** any. **Blocking:** some file accesses, and 20 ms more if another process writes and is stopped.
public final class ErrorLog {
    /*
     * A file in the directory of the space, made by the first report, never mapped. It has up to ENTRIES records:
     *
     *   0   long  count
     *   8   long  first time, milliseconds since 1970
     *   16  long  last time
     *   24  long  process id that the last report is about; 0 if about none
     *   32  int   length of the text in bytes
     *   36  int   CRC-32C of the record without this field, bytes behind the text not included
     *   40        the text in UTF-8
     *
     * A writer holds the kernel's lock on byte 0, through a descriptor of its own, so it excludes threads as well, and
     * its death frees the lock. It writes one record in one call. A record whose check fails is one that a writer died
     * over, or writes now, or that is damaged: readers pass over it, and the next new text takes its place. Without any,
     * a new text takes the place of the record that was last met longest ago.
     */
    /// Name of the file.
    public static final String FILE = ".errors";

    private static final int ENTRIES = 64;
    private static final int BYTES = 512;
    private static final int COUNT = 0;
    private static final int FIRST = 8;
    private static final int LAST = 16;
    private static final int PID = 24;
    private static final int LENGTH = 32;
    private static final int CHECK = 36;
    private static final int TEXT = 40;
    private static final int TRIES = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private ErrorLog() {}

    /// A distinct error.
    ///
    /// @param text what went wrong; up to 472 bytes of UTF-8 are kept
    /// @param count how often it was reported
    /// @param firstMillis when it was reported first, in milliseconds since 1970
    /// @param lastMillis when it was reported last
    /// @param pid process id that the last report is about; 0 if about none
    public record Entry(String text, long count, long firstMillis, long lastMillis, long pid) {}

    /// Writes a report, see [Directory#report].
    static void write(Directory directory, long pid, String text) {
        int descriptor = directory.openFile(FILE, O_RDWR | O_CREAT);
        if (descriptor >= 0) {
            try (OfdLocks lock = new OfdLocks(descriptor, FILE)) {
                directory.checkPrivate(FILE, FileCalls.status(descriptor));
                if (isLocked(lock)) {
                    write(descriptor, pid, text);
                }
            }
        }
    }

    private static boolean isLocked(OfdLocks lock) {
        for (int i = 0; i < TRIES; i++) {
            if (lock.tryExclusive(0, 1)) {
                return true;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return false;
    }

    private static void write(int descriptor, long pid, String text) {
        long now = System.currentTimeMillis();
        byte[] bytes = fit(text);
        Entry[] entries = entries(descriptor);
        String kept = new String(bytes, StandardCharsets.UTF_8);
        int place = 0;
        long oldest = Long.MAX_VALUE;
        long count = 1;
        long first = now;
        for (int i = 0; i < ENTRIES; i++) {
            Entry entry = entries[i];
            if (entry != null && entry.text().equals(kept)) {
                place = i;
                count = entry.count() + 1;
                first = entry.firstMillis();
                break;
            }
            long last = entry == null ? Long.MIN_VALUE : entry.lastMillis();
            if (last < oldest) {
                oldest = last;
                place = i;
            }
        }
        ByteBuffer record = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(COUNT, count).putLong(FIRST, first).putLong(LAST, now).putLong(PID, pid)
                .putInt(LENGTH, bytes.length).put(TEXT, bytes);
        record.putInt(CHECK, check(record.array(), 0, bytes.length));
        int _ = FileCalls.write(descriptor, record.array(), (long) place * BYTES);   // if refused, it is lost
    }

    /// As many bytes as a record holds, without a part of a character.
    private static byte[] fit(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, BYTES - TEXT);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static int check(byte[] file, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(file, at, CHECK);
        crc.update(file, at + TEXT, length);
        return (int) crc.getValue();
    }

    private static Entry[] entries(int descriptor) {
        byte[] file = new byte[ENTRIES * BYTES];
        int read = FileCalls.read(descriptor, file, 0);
        ByteBuffer all = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        Entry[] entries = new Entry[ENTRIES];
        for (int i = 0; i < ENTRIES && (i + 1) * BYTES <= read; i++) {
            int at = i * BYTES;
            int length = all.getInt(at + LENGTH);
            long count = all.getLong(at + COUNT);
            if (count > 0 && length >= 0 && length <= BYTES - TEXT
                    && check(file, at, length) == all.getInt(at + CHECK)) {
                entries[i] = new Entry(new String(file, at + TEXT, length, StandardCharsets.UTF_8), count,
                        all.getLong(at + FIRST), all.getLong(at + LAST), all.getLong(at + PID));
            }
        }
        return entries;
    }

    /// What was reported.
    ///
    /// @param directory of the space
    /// @return the last one first; empty if nothing was
    /// @throws io.sluice.shm.error.UnsafeLocationException if the file is not private to this user
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public static List<Entry> read(Directory directory) {
        if (directory.statusOf(FILE) == null) {
            return List.of();
        }
        int descriptor = directory.openFile(FILE, O_RDONLY);
        if (descriptor < 0) {
            throw directory.cannotOpen(FILE, -descriptor);
        }
        try {
            directory.checkPrivate(FILE, FileCalls.status(descriptor));
            List<Entry> all = new ArrayList<>();
            for (Entry entry : entries(descriptor)) {
                if (entry != null) {
                    all.add(entry);
                }
            }
            all.sort(Comparator.comparingLong(Entry::lastMillis).reversed());
            return all;
        } finally {
            FileCalls.close(descriptor);
        }
    }
}
