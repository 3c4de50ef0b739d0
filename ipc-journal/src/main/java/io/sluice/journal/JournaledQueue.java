package io.sluice.journal;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// A producer's handle of a queue that appends each element to a journal before it publishes it: what a consumer has
/// seen is in the journal, whatever died when. Consumers use the queue as ever.
///
/// - **Threads:** any; one puts at a time, and the others wait for it.
/// - **Blocking:** an append may wait for a page of the kernel, so a slow disk slows the producers here. A recorder
///   that taps the queue does not, and may lose what it is too slow for.
/// - **Power cut:** the order of append and put is one for processes. What shall survive a power cut before a consumer
///   sees the next element needs [#force()] in between.
/// - **Death:** an element is in the journal alone if its producer died between the two steps. It is the last record of
///   its writer: at a restart the application decides whether to put it again.
/// - **Order:** that of the journal is that of the queue, among the elements of this handle. Each producing process has
///   a journal of its own.
/// - **Refusals:** an element that found no room in time, or a queue that was shut down, is followed by a retraction,
///   and a replay leaves both out.
///
/// @param <E> type of the elements
public final class JournaledQueue<E> implements AutoCloseable {
    private final Codec<E> codec;
    private final SharedQueue<byte[]> queue;
    private final JournalWriter writer;
    private final ExpandableMemoryBuffer encoded = new ExpandableMemoryBuffer();
    private final ReentrantLock lock = new ReentrantLock();

    private JournaledQueue(Codec<E> codec, SharedQueue<byte[]> queue, JournalWriter writer) {
        this.codec = codec;
        this.queue = queue;
        this.writer = writer;
    }

    /// Opens the queue, as `SharedSpace.queue` does, and the journal.
    ///
    /// @param space of the queue
    /// @param name of the queue
    /// @param codec of the elements
    /// @param options how the queue is made
    /// @param directory of the journal
    /// @param journal how the journal is written
    /// @param <E> type of the elements
    /// @return the handle, to be closed by the caller
    public static <E> JournaledQueue<E> open(SharedSpace space, String name, Codec<E> codec, QueueOptions options,
            Path directory, JournalOptions journal) {
        SharedQueue<byte[]> queue = space.queue(name, new RawCodec(codec), options);
        try {
            var ring = options.ring(codec);
            JournalSource source = new JournalSource(space.name(), name, "queue", codec.identity(),
                    queue.reference().id(), ring.capacity(), ring.slotBytes(), ring.producers().code(),
                    ring.consumers().code());
            return new JournaledQueue<>(codec, queue, Journal.append(directory, journal, source));
        } catch (RuntimeException | Error refused) {
            queue.close();
            throw refused;
        }
    }

    /// The sequence of the last record in the journal.
    ///
    /// @return 0 if there is none
    public long sequence() {
        lock.lock();
        try {
            return writer.sequence();
        } finally {
            lock.unlock();
        }
    }

    /// Appends an element, and puts it; waits while the queue is full.
    ///
    /// @param element not null
    /// @throws InterruptedException if interrupted before or while waiting; the element is retracted
    public void put(E element) throws InterruptedException {
        boolean _ = offer(element, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    /// Appends an element, and puts it if there is room in time.
    ///
    /// @param element not null
    /// @param timeout longest wait; zero or less tries once
    /// @param unit of the time-out
    /// @return whether it was put; otherwise it is retracted
    /// @throws InterruptedException if interrupted before or while waiting; the element is retracted
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(element, "element");
        lock.lockInterruptibly();
        try {
            int length = codec.encode(element, encoded, 0);
            long _ = writer.append(encoded, length);
            CrashPoint.JOURNAL_ELEMENT_APPENDED.reached();
            byte[] bytes = new byte[length];
            encoded.getBytes(0, bytes);
            encoded.trim();
            boolean put = false;
            try {
                put = queue.offer(bytes, timeout, unit);
            } finally {
                if (!put) {
                    long _ = writer.retract();
                }
            }
            return put;
        } finally {
            lock.unlock();
        }
    }

    /// Writes what was appended to the device.
    public void force() {
        lock.lock();
        try {
            writer.force();
        } finally {
            lock.unlock();
        }
    }

    /// Closes queue and journal; the queue and what is in it stay. A second call does nothing.
    @Override
    public void close() {
        lock.lock();
        try (writer) {
            queue.close();
        } finally {
            lock.unlock();
        }
    }
}
