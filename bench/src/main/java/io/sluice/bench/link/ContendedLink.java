package io.sluice.bench.link;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.jmh.PthreadMutex;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.StandardOpenOption;

/// An object that two processes contend for; both have the sender's end, and a send is one operation.
///
/// With a lock the operation increments two words that the lock guards, one after the other, so that two holders at
/// once would be detected.
@SuppressWarnings("LockNotBeforeTry")   // an exception in between ends the benchmark
record ContendedLink(Sender worker) implements Link {
    private static final int PAGE = 4096;
    private static final int MADE = 2;

    static ContendedLink lock(Place place, WaitStrategy strategy) {
        SharedLock lock = place.space().with(strategy).lock(place.name());
        long guarded = place.map(PAGE);
        return new ContendedLink(sequence -> {
            lock.lock();
            increment(guarded);
            lock.unlock();
            return true;
        });
    }

    static ContendedLink pthread(Place place) {
        long page = place.map(PAGE);
        PthreadMutex mutex = new PthreadMutex(page + 128);
        if (Memory.compareAndSetInt(page + 64, 0, 1)) {
            mutex.init();
            Memory.putIntVolatile(page + 64, MADE);
        }
        while (Memory.getIntVolatile(page + 64) != MADE) {
            Thread.onSpinWait();
        }
        return new ContendedLink(sequence -> {
            mutex.lock();
            increment(page);
            mutex.unlock();
            return true;
        });
    }

    /// A lock of the kernel on a whole file.
    static ContendedLink fileLock(Place place) {
        long guarded = place.map(PAGE);
        try {
            FileChannel channel = FileChannel.open(
                    place.directory().resolve("locked"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            return new ContendedLink(sequence -> {
                try (FileLock _ = channel.lock()) {
                    increment(guarded);
                    return true;
                } catch (IOException refused) {
                    throw new UncheckedIOException(refused);
                }
            });
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Increments two words, which differ only while a holder is between them.
    private static void increment(long guarded) {
        long first = Memory.getLong(guarded) + 1;
        Memory.putLong(guarded, first);
        long second = Memory.getLong(guarded + Long.BYTES) + 1;
        Memory.putLong(guarded + Long.BYTES, second);
        if (first != second) {
            throw new IllegalStateException("two processes held the lock at once");
        }
    }

    static ContendedLink number(Place place) {
        SharedLong number = place.space().longValue(place.name(), 0);
        return new ContendedLink(sequence -> {
            number.getAndAdd(1);
            return true;
        });
    }

    static ContendedLink bareNumber(Place place) {
        long word = place.map(PAGE);
        return new ContendedLink(sequence -> {
            Memory.getAndAddLong(word, 1);
            return true;
        });
    }

    @Override
    public Sender sender() {
        return worker;
    }

    @Override
    public Receiver receiver() {
        throw new UnsupportedOperationException("both processes are senders");
    }
}
