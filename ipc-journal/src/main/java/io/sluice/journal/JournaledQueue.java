package io.sluice.journal;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.MismatchException;
import io.sluice.core.owner.Closing;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// A producer's handle of a queue that appends each element to a journal before it publishes it: what a consumer has
/// seen is in the journal, whatever died when. Consumers use the queue as ever.
///
/// - **Threads:** any; one puts at a time, and the others wait for it, as long as their time-outs allow.
/// - **Blocking:** an append may wait for a page of the kernel, and for a [#force()], so a slow disk slows the
///   producers here. A recorder that taps the queue does not, and may lose what it is too slow for. While a producer
///   waits for room in the queue, [#force()] and [#sequence()] do not wait for it, and [#close()] ends its wait.
/// - **Power cut:** the order of append and put is one for processes. What shall survive a power cut before a consumer
///   sees the next element needs [#force()] in between.
/// - **Death:** an element is in the journal alone if its producer died between the two steps. It is the last record of
///   its writer: at a restart the application decides whether to put it again.
/// - **Order:** that of the journal is that of the queue, among the elements of this handle. Each producing process has
///   a journal of its own.
/// - **Refusals:** an element that was appended and not put, as when there is no room in time or the queue was shut
///   down, is followed by a retraction, and a replay leaves both out. If that fails, the next put begins with it.
///
/// @param <E> type of the elements
public final class JournaledQueue<E> implements AutoCloseable {
    /*
     * An end may meet a put at any of its steps, and a retraction must be true. The end closes the handle of the queue
     * first, which ends a wait for room. The ring decides whether a put at the same time was in time: it returns, or it
     * throws and has delivered nothing. That holds as long as the process has the object open, so a second handle keeps
     * it open until the put has its retraction or needs none.
     */
    private final Codec<E> codec;
    private final SharedQueue<byte[]> queue;
    private final SharedQueue<byte[]> second;
    private final JournalWriter writer;
    private final ExpandableMemoryBuffer encoded = new ExpandableMemoryBuffer();
    /// Of the producer that appends and then puts, so that both have one order; held while it waits for room.
    private final ReentrantLock turn = new ReentrantLock();
    /// Of the thread that uses the writer; never held while it waits for room. Taken after the turn.
    private final ReentrantLock writing = new ReentrantLock();
    /// Whether the last record is of an element that was not put: no record may come behind it but its retraction.
    /// Guarded by the turn.
    private boolean unpublished;

    /// @param second handle of the same queue, which is used for nothing
    JournaledQueue(Codec<E> codec, SharedQueue<byte[]> queue, SharedQueue<byte[]> second, JournalWriter writer) {
        this.codec = codec;
        this.queue = queue;
        this.second = second;
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
    /// @throws MismatchException as `SharedSpace.queue` throws it, or if another process makes the queue again meanwhile
    /// @throws JournalException as `Journal.append` throws it
    public static <E> JournaledQueue<E> open(SharedSpace space, String name, Codec<E> codec, QueueOptions options,
            Path directory, JournalOptions journal) {
        RawCodec raw = new RawCodec(codec);
        SharedQueue<byte[]> queue = space.queue(name, raw, options);
        try {
            SharedQueue<byte[]> second = space.queue(name, raw, options);
            try {
                JournalSource source = source(space, queue, second, codec, options);
                return new JournaledQueue<>(codec, queue, second, Journal.append(directory, journal, source));
            } catch (RuntimeException | Error refused) {
                second.close();
                throw refused;
            }
        } catch (RuntimeException | Error refused) {
            queue.close();
            throw refused;
        }
    }

    private static JournalSource source(SharedSpace space, SharedQueue<?> queue, SharedQueue<?> second, Codec<?> codec,
            QueueOptions options) {
        UUID id = queue.reference().id();
        if (!id.equals(second.reference().id())) {
            throw new MismatchException("queue '%s' in space '%s' was unlinked and made again meanwhile; open it again"
                    .formatted(queue.name(), space.name()));
        }
        var ring = options.ring(codec);
        return new JournalSource(space.name(), queue.name(), "queue", codec.identity(), id, ring.capacity(),
                ring.slotBytes(), ring.producers().code(), ring.consumers().code());
    }

    /// The sequence of the last record in the journal.
    ///
    /// @return 0 if there is none
    public long sequence() {
        writing.lock();
        try {
            return writer.sequence();
        } finally {
            writing.unlock();
        }
    }

    /// Appends an element, and puts it; waits while the queue is full.
    ///
    /// @param element not null
    /// @throws InterruptedException if interrupted before or while waiting; the element was not put
    public void put(E element) throws InterruptedException {
        boolean _ = offer(element, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    /// Appends an element, and puts it if there is room in time.
    ///
    /// @param element not null
    /// @param timeout longest wait, for other producers of this handle and for room together; zero or less tries once
    /// @param unit of the time-out
    /// @return whether it was put; otherwise it was not appended, or is retracted
    /// @throws InterruptedException if interrupted before or while waiting; the element was not put
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(element, "element");
        long start = System.nanoTime();
        long nanos = Math.max(0, unit.toNanos(timeout));
        if (!turn.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            byte[] bytes = encode(element);
            if (!append(bytes, left(nanos, start))) {
                return false;
            }
            CrashPoint.JOURNAL_ELEMENT_APPENDED.reached();
            boolean put = queue.offer(bytes, left(nanos, start), TimeUnit.NANOSECONDS);
            unpublished = !put;
            return put;
        } finally {
            try {
                retractUnpublished();
            } finally {
                turn.unlock();
            }
        }
    }

    private static long left(long nanos, long start) {
        return Math.max(0, nanos - (System.nanoTime() - start));
    }

    /// An array of the element's own: what needs memory is done before the append.
    private byte[] encode(E element) {
        try {
            byte[] bytes = new byte[codec.encode(element, encoded, 0)];
            encoded.getBytes(0, bytes);
            return bytes;
        } finally {
            encoded.trim();
        }
    }

    private boolean append(byte[] bytes, long nanos) throws InterruptedException {
        if (!writing.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            retractUnpublished();        // if that has failed at the end of the put before
            long _ = writer.append(0, bytes);
            unpublished = true;
            return true;
        } finally {
            writing.unlock();
        }
    }

    private void retractUnpublished() {
        if (unpublished) {
            writing.lock();
            try {
                long _ = writer.retract();
                unpublished = false;
            } finally {
                writing.unlock();
            }
        }
    }

    /// Writes what was appended to the device.
    public void force() {
        writing.lock();
        try {
            writer.force();
        } finally {
            writing.unlock();
        }
    }

    /// Closes queue and journal; the queue and what is in it stay. A thread that waits for room gets a
    /// [io.sluice.core.error.ClosedException], and its element is retracted. A second call does nothing.
    @Override
    public void close() {
        new Closing()
                .then(queue)
                .then(this::closeWriter)         // once the producer that has the turn has come to its end
                .then(second)
                .end();
    }

    private void closeWriter() {
        turn.lock();
        try {
            writing.lock();
            try {
                writer.close();
            } finally {
                writing.unlock();
            }
        } finally {
            turn.unlock();
        }
    }
}
