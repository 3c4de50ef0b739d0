package io.sluice.bench.exact;

import io.sluice.bench.exact.ElementOperations.Quote;
import io.sluice.core.ring.SlowConsumer;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.semaphore.SharedSemaphore;
import java.util.List;
import java.util.concurrent.locks.Lock;

/// The operations that programs repeat, while no thread has to wait, and the promise of each: the bytes that it
/// allocates. None makes a system call.
public enum HotPath implements Operation {
    /// A message of 32 B claimed, written, committed and read; one producer, one consumer.
    RING_ONE_TO_ONE(0, RingOperations::oneToOne),
    /// The same; many producers, many consumers.
    RING_MANY_TO_MANY(0, RingOperations::manyToMany),
    /// The same in a broadcast ring; the producer waits for the consumer.
    RING_BROADCAST_BLOCK(0, (space, name) -> RingOperations.broadcast(space, name, SlowConsumer.BLOCK)),
    /// The same in a broadcast ring; a consumer that is too slow loses messages.
    RING_BROADCAST_DROP(0, (space, name) -> RingOperations.broadcast(space, name, SlowConsumer.DROP)),
    /// A record offered and polled; allocates the polled record.
    QUEUE_OF_RECORDS(Quote.BYTES, ElementOperations::queueOfRecords),
    /// A long offered and polled; allocates the polled box.
    QUEUE_OF_LONGS(ElementOperations.BOXED_BYTES, ElementOperations::queueOfLongs),
    /// A record sent and received; allocates the received record.
    PIPE_OF_RECORDS(Quote.BYTES, ElementOperations::pipeOfRecords),
    /// Locked and unlocked.
    LOCK(0, (space, name) -> lockAndUnlock(space.lock(name))),
    /// Locked twice and unlocked twice.
    REENTRANT_LOCK(0, (space, name) -> lockTwice(space.reentrantLock(name))),
    /// Locked and unlocked by a reader.
    READ_LOCK(0, (space, name) -> lockAndUnlock(space.readWriteLock(name).readLock())),
    /// Locked and unlocked by a writer.
    WRITE_LOCK(0, (space, name) -> lockAndUnlock(space.readWriteLock(name).writeLock())),
    /// A permit acquired and released.
    SEMAPHORE(0, (space, name) -> acquireAndRelease(space.semaphore(name, 1))),
    /// An event set, tested and cleared.
    EVENT(0, (space, name) -> setAndClear(space.event(name))),
    /// An addition to a number.
    LONG_GET_AND_ADD(0, ValueOperations::number),
    /// A value of four words read into a buffer and written back.
    VALUE_READ_WRITE(0, ValueOperations::value),
    /// The same with an element of an array.
    RECORD_ARRAY_READ_WRITE(0, ValueOperations::recordArray),
    /// An element of an array of longs read and written.
    LONG_ARRAY_GET_SET(0, ValueOperations::longArray);

    private interface Opening {
        Runnable open(SharedSpace space, String name);
    }

    private final int promisedBytes;
    @SuppressWarnings("ImmutableEnumChecker")   // a method reference without state
    private final Opening opening;

    HotPath(int promisedBytes, Opening opening) {
        this.promisedBytes = promisedBytes;
        this.opening = opening;
    }

    /// The exact allocation that the operation promises.
    ///
    /// @return bytes
    public int promisedBytes() {
        return promisedBytes;
    }

    /// Measures all operations; see [Measurement#of].
    ///
    /// @return a figure for each, in the order of the constants
    /// @throws InterruptedException if the thread is interrupted while it waits
    public static List<Figure> measure() throws InterruptedException {
        return Measurement.of(List.of(values()), Measurement.OPERATIONS);
    }

    @Override
    public Runnable open(SharedSpace space) {
        return opening.open(space, name());
    }

    @SuppressWarnings("LockNotBeforeTry")   // no code in between can throw
    private static Runnable lockAndUnlock(Lock lock) {
        return () -> {
            lock.lock();
            lock.unlock();
        };
    }

    @SuppressWarnings("LockNotBeforeTry")   // no code in between can throw
    private static Runnable lockTwice(SharedReentrantLock lock) {
        return () -> {
            lock.lock();
            lock.lock();
            lock.unlock();
            lock.unlock();
        };
    }

    private static Runnable acquireAndRelease(SharedSemaphore semaphore) {
        return () -> {
            if (!semaphore.tryAcquire()) {
                throw new IllegalStateException("there is no permit");
            }
            semaphore.release();
        };
    }

    private static Runnable setAndClear(SharedEvent event) {
        return () -> {
            event.set();
            if (!event.isSet()) {
                throw new IllegalStateException("the event is not set");
            }
            event.clear();
        };
    }
}
