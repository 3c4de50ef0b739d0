package io.sluice.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The right to write a journal: one process at a time, and the kernel gives it back when the process ends.
final class JournalLock implements AutoCloseable {
    private static final String FILE = "journal.lock";
    /// A report looks whether there is a writer, and holds the lock for an instant.
    private static final int TRIES = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final FileChannel channel;

    private JournalLock(FileChannel channel) {
        this.channel = channel;
    }

    /// @throws JournalException if another writer has it
    static JournalLock take(Path directory) throws IOException {
        for (int tries = 0; tries < TRIES; tries++) {
            JournalLock lock = tryTake(directory);
            if (lock != null) {
                return lock;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new JournalException(("journal '%s': another process, or this one, writes it; end that writer, or record"
                + " to another directory").formatted(directory));
    }

    /// Whether a writer has the journal open; false also if that cannot be found out.
    static boolean isTaken(Path directory) {
        if (!Files.isWritable(directory.resolve(FILE))) {
            return false;
        }
        try (JournalLock lock = tryTake(directory)) {
            return lock == null;
        } catch (IOException refused) {
            return false;
        }
    }

    private static JournalLock tryTake(Path directory) throws IOException {
        FileChannel channel = FileChannel.open(
                directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            // Another writer of this process has it.
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? null : new JournalLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
