package io.sluice.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The right to write a journal: one writer at a time, and the kernel gives it back when the process ends.
final class JournalLock implements AutoCloseable {
    /*
     * The lock of a file belongs to a process, and the kernel drops it when that process closes the file, through any
     * of its descriptors. So a process that has the lock must not open the file again, neither for a second writer nor
     * to look whether there is one. The directories whose locks are held here are in one set; the file is opened and
     * closed only under its monitor, and only if the set does not have the directory. A copy of this class in another
     * class loader has a set of its own: there the JDK tells that the lock is held here.
     */
    private static final String FILE = "journal.lock";
    /// Directories by device and inode: one directory may have several paths.
    private static final Set<Object> HELD = new HashSet<>();
    /// A report looks whether there is a writer, and holds the lock for an instant.
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Object key;
    private final FileChannel channel;

    private JournalLock(Object key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /// @throws JournalException if another writer has it
    static JournalLock take(Path directory) throws IOException {
        long start = System.nanoTime();
        do {
            JournalLock lock = tryTake(directory);
            if (lock != null) {
                return lock;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        } while (System.nanoTime() - start < PATIENCE_NANOS);
        throw new JournalException(("journal '%s': another process, or this one, writes it; end that writer, or record"
                + " to another directory").formatted(directory));
    }

    private static JournalLock tryTake(Path directory) throws IOException {
        Object key = key(directory);
        synchronized (HELD) {
            if (HELD.contains(key)) {
                return null;
            }
            FileChannel channel = FileChannel.open(
                    directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean taken = false;
            try {
                FileLock lock = channel.tryLock();
                taken = lock != null;
            } catch (OverlappingFileLockException inAnotherLoader) {
                return null;
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
            if (!taken) {
                return null;
            }
            HELD.add(key);
            return new JournalLock(key, channel);
        }
    }

    /// Whether a writer has the journal open; false also if that cannot be found out.
    static boolean isTaken(Path directory) {
        try {
            Object key = key(directory);
            synchronized (HELD) {
                if (HELD.contains(key)) {
                    return true;
                }
                try (FileChannel channel = FileChannel.open(directory.resolve(FILE), StandardOpenOption.READ)) {
                    return channel.tryLock(0, Long.MAX_VALUE, true) == null;     // shared, as other reports do
                }
            }
        } catch (OverlappingFileLockException inAnotherLoader) {
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static Object key(Path directory) throws IOException {
        return Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (channel.isOpen()) {
                channel.close();
                HELD.remove(key);
            }
        }
    }
}
