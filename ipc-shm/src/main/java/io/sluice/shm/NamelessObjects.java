package io.sluice.shm;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.array.SharedByteArray;
import io.sluice.shm.array.SharedCharArray;
import io.sluice.shm.array.SharedDoubleArray;
import io.sluice.shm.array.SharedFloatArray;
import io.sluice.shm.array.SharedIntArray;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.array.SharedShortArray;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.linux.RandomId;
import io.sluice.shm.lock.GuardedHandle;
import io.sluice.shm.lock.LockOptions;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReadWriteLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.pipe.PipeOptions;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.service.ServiceOptions;
import io.sluice.shm.service.SharedService;
import io.sluice.shm.space.HandleAction;
import io.sluice.shm.value.SharedBoolean;
import io.sluice.shm.value.SharedDouble;
import io.sluice.shm.value.SharedInt;
import io.sluice.shm.value.SharedLong;
import io.sluice.shm.value.SharedRecordArray;
import io.sluice.shm.value.SharedValue;
import java.util.HexFormat;

/// The factory methods of a [SharedSpace] without a name: the same objects under random names.
///
/// Such an object is temporary, also in a space that is not: it is removed when no live process has it open. Only
/// handles lead to it: captured by the task of a child, or sent in a message.
abstract sealed class NamelessObjects permits SharedSpace {
    /// A queue of objects, with slots as large as the codec suggests.
    ///
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param capacity how many elements fit, 1 to 2^30; a power of two is fastest
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedQueue<E> queue(Codec<E> codec, int capacity) {
        return nameless().queue(randomName("queue"), codec, capacity);
    }

    /// A queue of objects.
    ///
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param options how it is made
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedQueue<E> queue(Codec<E> codec, QueueOptions options) {
        return nameless().queue(randomName("queue"), codec, options);
    }

    /// A queue whose consumers acknowledge what they took, with slots as large as the codec suggests.
    ///
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param capacity how many elements fit, those being worked on included; a power of two is fastest
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedTaskQueue<E> taskQueue(Codec<E> codec, int capacity) {
        return nameless().taskQueue(randomName("task-queue"), codec, capacity);
    }

    /// A queue whose consumers acknowledge what they took.
    ///
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param options how it is made; elements that are being worked on count for its capacity
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedTaskQueue<E> taskQueue(Codec<E> codec, QueueOptions options) {
        return nameless().taskQueue(randomName("task-queue"), codec, options);
    }

    /// A ring whose messages are written and read in place.
    ///
    /// @param options its shape
    /// @return a handle, to be closed by the caller
    public SharedRing ring(RingOptions options) {
        return nameless().ring(randomName("ring"), options);
    }

    /// A pipe of bytes, both ways.
    ///
    /// @return a handle, to be closed by the caller
    public SharedPipe<byte[]> pipe() {
        return nameless().pipe(randomName("pipe"));
    }

    /// A pipe of objects, both ways.
    ///
    /// @param codec of the objects; its identity must be that of the other process
    /// @param <E> type of the objects
    /// @return a handle, to be closed by the caller
    public <E> SharedPipe<E> pipe(Codec<E> codec) {
        return nameless().pipe(randomName("pipe"), codec);
    }

    /// A pipe of objects.
    ///
    /// @param codec of the objects; its identity must be that of the other process
    /// @param options how it is made: [PipeOptions#simplex] for one way, from its first end to its second
    /// @param <E> type of the objects
    /// @return a handle, to be closed by the caller
    public <E> SharedPipe<E> pipe(Codec<E> codec, PipeOptions options) {
        return nameless().pipe(randomName("pipe"), codec, options);
    }

    /// A service, with 256 open calls at most and room as the codecs suggest.
    ///
    /// @param requests codec of the requests; its identity must be that of the other processes
    /// @param answers codec of the answers, likewise
    /// @param <Q> type of the requests
    /// @param <A> type of the answers
    /// @return a handle, to be closed by the caller
    public <Q, A> SharedService<Q, A> service(Codec<Q> requests, Codec<A> answers) {
        return nameless().service(randomName("service"), requests, answers);
    }

    /// A service.
    ///
    /// @param requests codec of the requests; its identity must be that of the other processes
    /// @param answers codec of the answers, likewise
    /// @param options how it is made
    /// @param <Q> type of the requests
    /// @param <A> type of the answers
    /// @return a handle, to be closed by the caller
    public <Q, A> SharedService<Q, A> service(Codec<Q> requests, Codec<A> answers, ServiceOptions options) {
        return nameless().service(randomName("service"), requests, answers, options);
    }

    /// A lock that is poisoned when its holder dies.
    ///
    /// @return a handle, to be closed by the caller
    public SharedLock lock() {
        return nameless().lock(randomName("lock"));
    }

    /// A lock.
    ///
    /// @param options what the death of its holder does
    /// @return a handle, to be closed by the caller
    public SharedLock lock(LockOptions options) {
        return nameless().lock(randomName("lock"), options);
    }

    /// A lock that its holder may take again, and that is poisoned when its holder dies.
    ///
    /// @return a handle, to be closed by the caller
    public SharedReentrantLock reentrantLock() {
        return nameless().reentrantLock(randomName("reentrant-lock"));
    }

    /// A lock that its holder may take again.
    ///
    /// @param options what the death of its holder does
    /// @return a handle, to be closed by the caller
    public SharedReentrantLock reentrantLock(LockOptions options) {
        return nameless().reentrantLock(randomName("reentrant-lock"), options);
    }

    /// A read-write lock that is poisoned when a writer dies.
    ///
    /// @return a handle, to be closed by the caller
    public SharedReadWriteLock readWriteLock() {
        return nameless().readWriteLock(randomName("read-write-lock"));
    }

    /// A read-write lock.
    ///
    /// @param options what the death of a writer does
    /// @return a handle, to be closed by the caller
    public SharedReadWriteLock readWriteLock(LockOptions options) {
        return nameless().readWriteLock(randomName("read-write-lock"), options);
    }

    /// A semaphore whose permits belong to the process that acquired them, without a bound.
    ///
    /// @param permits how many there are at first, not negative
    /// @return a handle, to be closed by the caller
    public SharedSemaphore semaphore(int permits) {
        return nameless().semaphore(randomName("semaphore"), permits);
    }

    /// A semaphore.
    ///
    /// @param options how many permits, up to which bound, and whose they are
    /// @return a handle, to be closed by the caller
    public SharedSemaphore semaphore(SemaphoreOptions options) {
        return nameless().semaphore(randomName("semaphore"), options);
    }

    /// An event; its flag is down at first.
    ///
    /// @return a handle, to be closed by the caller
    public SharedEvent event() {
        return nameless().event(randomName("event"));
    }

    /// A latch.
    ///
    /// @param count how often it is to be counted down, not negative
    /// @return a handle, to be closed by the caller
    public SharedCountDownLatch countDownLatch(long count) {
        return nameless().countDownLatch(randomName("count-down-latch"), count);
    }

    /// A barrier without an action.
    ///
    /// @param parties how many meet, 1 to 65,535
    /// @return a handle, to be closed by the caller
    public SharedBarrier barrier(int parties) {
        return nameless().barrier(randomName("barrier"), parties);
    }

    /// A barrier.
    ///
    /// @param parties how many meet, 1 to 65,535
    /// @param action run by the last to arrive if it comes through this handle or one that it became where it was sent;
    ///     or null
    /// @return a handle, to be closed by the caller
    public SharedBarrier barrier(int parties, HandleAction action) {
        return nameless().barrier(randomName("barrier"), parties, action);
    }

    /// A `long`.
    ///
    /// @param initial the first value
    /// @return a handle, to be closed by the caller
    public SharedLong longValue(long initial) {
        return nameless().longValue(randomName("long-value"), initial);
    }

    /// An `int`.
    ///
    /// @param initial the first value
    /// @return a handle, to be closed by the caller
    public SharedInt intValue(int initial) {
        return nameless().intValue(randomName("int-value"), initial);
    }

    /// A `double`.
    ///
    /// @param initial the first value
    /// @return a handle, to be closed by the caller
    public SharedDouble doubleValue(double initial) {
        return nameless().doubleValue(randomName("double-value"), initial);
    }

    /// A `boolean`.
    ///
    /// @param initial the first value
    /// @return a handle, to be closed by the caller
    public SharedBoolean booleanValue(boolean initial) {
        return nameless().booleanValue(randomName("boolean-value"), initial);
    }

    /// A value of several words, written and read as a whole, whose codec knows its longest encoding.
    ///
    /// @param codec of the value; its identity must be that of the other processes
    /// @param initial the first value
    /// @param <T> type of the value
    /// @return a handle, to be closed by the caller
    public <T> SharedValue<T> value(Codec<T> codec, T initial) {
        return nameless().value(randomName("value"), codec, initial);
    }

    /// A value of several words, written and read as a whole.
    ///
    /// @param codec of the value; its identity must be that of the other processes
    /// @param valueBytes longest encoding
    /// @param initial the first value
    /// @param <T> type of the value
    /// @return a handle, to be closed by the caller
    public <T> SharedValue<T> value(Codec<T> codec, int valueBytes, T initial) {
        return nameless().value(randomName("value"), codec, valueBytes, initial);
    }

    /// An array of values of several words, each written and read as a whole.
    ///
    /// @param codec of the elements; its identity must be that of the other processes, and it must know
    ///     the longest encoding
    /// @param length how many elements
    /// @param initial the first value of every element
    /// @param <T> type of the elements
    /// @return a handle, to be closed by the caller
    public <T> SharedRecordArray<T> recordArray(Codec<T> codec, long length, T initial) {
        return nameless().recordArray(randomName("record-array"), codec, length, initial);
    }

    /// An array of `byte`, zeros at first.
    ///
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedByteArray byteArray(long length) {
        return nameless().byteArray(randomName("byte-array"), length);
    }

    /// An array of `short`, zeros at first.
    ///
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedShortArray shortArray(long length) {
        return nameless().shortArray(randomName("short-array"), length);
    }

    /// An array of `char`, zeros at first.
    ///
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedCharArray charArray(long length) {
        return nameless().charArray(randomName("char-array"), length);
    }

    /// An array of `int`, zeros at first.
    ///
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedIntArray intArray(long length) {
        return nameless().intArray(randomName("int-array"), length);
    }

    /// An array of `long`, zeros at first.
    ///
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedLongArray longArray(long length) {
        return nameless().longArray(randomName("long-array"), length);
    }

    /// An array of `float`, zeros at first.
    ///
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedFloatArray floatArray(long length) {
        return nameless().floatArray(randomName("float-array"), length);
    }

    /// An array of `double`, zeros at first.
    ///
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedDoubleArray doubleArray(long length) {
        return nameless().doubleArray(randomName("double-array"), length);
    }

    /// Copies a value or an array: a new object with its contents.
    ///
    /// @param source what to copy; a write meanwhile to an array is copied in part, so take its lock against that
    /// @param <T> type of the handle
    /// @return a handle for the copy, to be closed by the caller
    public <T extends GuardedHandle> T copy(T source) {
        return nameless().copy(source, randomName("copy"));
    }

    /// The space, with factory methods that create temporary objects.
    abstract SharedSpace nameless();

    /// A name that no other object has.
    static String randomName(String kind) {
        return kind + "-" + HexFormat.of().toHexDigits(RandomId.next().getLeastSignificantBits());
    }
}
