package io.sluice.shm;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Closing;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.sync.Rendezvous;
import io.sluice.shm.array.SharedByteArray;
import io.sluice.shm.array.SharedCharArray;
import io.sluice.shm.array.SharedDoubleArray;
import io.sluice.shm.array.SharedFloatArray;
import io.sluice.shm.array.SharedIntArray;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.array.SharedShortArray;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.body.ArrayBody;
import io.sluice.shm.body.BarrierBody;
import io.sluice.shm.body.Body;
import io.sluice.shm.body.EventBody;
import io.sluice.shm.body.Guard;
import io.sluice.shm.body.LatchBody;
import io.sluice.shm.body.NumberBody;
import io.sluice.shm.body.PipeBody;
import io.sluice.shm.body.RingBody;
import io.sluice.shm.body.SemaphoreBody;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.GuardedHandle;
import io.sluice.shm.lock.LockOptions;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReadWriteLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.Space;
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
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.OpenMode;
import io.sluice.shm.space.SpaceOptions;
import io.sluice.shm.value.SharedBoolean;
import io.sluice.shm.value.SharedDouble;
import io.sluice.shm.value.SharedInt;
import io.sluice.shm.value.SharedLong;
import io.sluice.shm.value.SharedRecordArray;
import io.sluice.shm.value.SharedValue;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// A named directory of shared objects, and the factory of all of them: one method per kind.
///
/// ```java
/// try (var space = SharedSpace.open("market");
///      var orders = space.queue("orders", Codec.ofRecord(Order.class), 4096)) {
///     orders.put(new Order("VOD.L", 100, 71.25));      // another JVM: orders.take()
/// }
/// ```
///
/// A factory method creates the object if its name is free, and otherwise attaches to it: an object that differs from
/// the arguments is refused with a [io.sluice.core.error.MismatchException] that lists the differences. [#with] creates
/// only, or attaches only. The space is the directory `/dev/shm/sluice-<uid>/<name>`; the environment variable
/// `SLUICE_HOME`, or the property `sluice.home`, moves the root elsewhere.
///
/// Each factory method also exists without a name, for objects that are reached by handles alone: a child process gets
/// the handle with its task, or another process in a message.
///
/// ```java
/// try (var space = SharedSpace.openTemporary();
///      var numbers = space.queue(Codec.ints(), 64);
///      var child = JavaProcess.start(() -> numbers.put(42))) {
///     System.out.println(numbers.take());
/// }
/// ```
///
/// - **Threads:** any.
/// - **Lifetime:** [#close()] closes every handle that came from here. Objects stay until they are unlinked or the
///   machine restarts, except temporary ones, which are removed with the last process that has them open; see
///   [#openTemporary(String)].
/// - **Death:** what a dead process held is given back by a process that waits for it, opens the space or calls
///   [#sweep()].
/// - **Security:** directories 0700, files 0600; a location that is not private to this user is refused.
public final class SharedSpace extends NamelessObjects implements AutoCloseable {
    private final Space space;
    private final boolean temporary;
    private final OpenMode mode;
    private final WaitStrategy waiting;
    private final AtomicBoolean closed;
    /// Weakly held: an unreachable handle needs no close of its own; the close of the space includes it.
    private final Set<ObjectHandle> handles;

    private SharedSpace(Space space, boolean temporary) {
        this.space = space;
        this.temporary = temporary;
        this.mode = OpenMode.CREATE_OR_ATTACH;
        this.waiting = WaitStrategy.ADAPTIVE;
        this.closed = new AtomicBoolean();
        this.handles = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    }

    /// The same opening of the same space, for other handles.
    private SharedSpace(SharedSpace original, boolean temporary, OpenMode mode, WaitStrategy waiting) {
        this.space = original.space;
        this.temporary = temporary;
        this.mode = mode;
        this.waiting = waiting;
        this.closed = original.closed;
        this.handles = original.handles;
    }

    /// Opens a space, and creates it if it is not there.
    ///
    /// @param name 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit
    /// @return the space, to be closed by the caller
    /// @throws IllegalArgumentException if the name is invalid
    /// @throws UnsupportedOperationException on anything but Linux on x86-64 or aarch64
    /// @throws io.sluice.shm.error.UnsafeLocationException if the directory is not private to this user
    /// @throws io.sluice.shm.error.SpaceFullException if too many processes have it open
    public static SharedSpace open(String name) {
        return open(name, SpaceOptions.defaults());
    }

    /// Opens a space, and creates it if it is not there.
    ///
    /// @param name as for [#open(String)]
    /// @param options where it is, and how it is made: [SpaceOptions#under], [SpaceOptions#withMaxProcesses],
    ///     [SpaceOptions#withTemporary]
    /// @return the space, to be closed by the caller
    public static SharedSpace open(String name, SpaceOptions options) {
        return new SharedSpace(Space.open(name, options), options.temporary());
    }

    /// Opens a space whose objects, if created through this handle, are temporary: they are removed with the last
    /// process that has them open, and the directory with the last process of the space.
    ///
    /// - **Orderly end:** if the last process ends without [#close()], by return from `main`, `System.exit` or a signal
    ///   that its JVM handles, the space is removed after its shutdown hooks, which can use it as before. Another
    ///   process that opens the name meanwhile gets a space of its own.
    /// - **Death:** a space whose last process was killed, or whose last processes ended at the same time, is removed
    ///   when any process opens a space under the same root or lists one, and by `sluice clean`.
    /// - **Slowness:** a process that is stopped is alive, and its space stays.
    ///
    /// @param name as for [#open(String)]
    /// @return the space, to be closed by the caller
    public static SharedSpace openTemporary(String name) {
        return open(name, SpaceOptions.defaults().withTemporary(true));
    }

    /// Opens a temporary space under a name of its own, as [#openTemporary(String)], for a process and its children.
    ///
    /// @return the space, to be closed by the caller; [#name()] tells its name
    public static SharedSpace openTemporary() {
        return openTemporary(randomName("temporary"));
    }

    /// The door to an opening that stands beside the others of this process; for the server of a manager.
    ///
    /// @param guest from [Space#openAsGuest]
    /// @return the space, whose close closes the guest
    /// @hidden
    @SuppressWarnings("exports")
    public static SharedSpace ofGuest(Space guest) {
        return new SharedSpace(guest, true);
    }

    /// This space with factory methods that create only, or attach only: `space.with(OpenMode.CREATE).queue(...)`.
    ///
    /// @param other what the factory methods do about a name that is, or is not, there: with [OpenMode#CREATE], a name
    ///     that is taken is an [io.sluice.shm.error.ObjectExistsException]; with [OpenMode#ATTACH], one that is free is
    ///     a [io.sluice.shm.error.NoSuchObjectException]
    /// @return the same opening of the space: closing either closes both
    public SharedSpace with(OpenMode other) {
        return new SharedSpace(this, temporary, Objects.requireNonNull(other, "other"), waiting);
    }

    /// This space with factory methods whose handles wait otherwise: `space.with(WaitStrategy.BUSY_SPIN).queue(...)`.
    /// The choice belongs to the handle, not to the object: one process may spin on a queue on which another one
    /// sleeps. It travels with the handle.
    ///
    /// @param other how long waits spin; [WaitStrategy#ADAPTIVE] if this is not called
    /// @return the same opening of the space: closing either closes both
    public SharedSpace with(WaitStrategy other) {
        return new SharedSpace(this, temporary, mode, Objects.requireNonNull(other, "other"));
    }

    @Override
    SharedSpace nameless() {
        return new SharedSpace(this, true, OpenMode.CREATE, waiting);
    }

    /// The name of the space.
    ///
    /// @return the name
    public String name() {
        return space.name();
    }

    /// The directory of the space.
    ///
    /// @return absolute path
    public Path path() {
        return space.path();
    }

    /// A queue of objects, with slots as large as the codec suggests.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param capacity how many elements fit, 1 to 2^30; a power of two is fastest
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedQueue<E> queue(String name, Codec<E> codec, int capacity) {
        return queue(name, codec, QueueOptions.of(capacity));
    }

    /// A queue of objects.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param options how it is made
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedQueue<E> queue(String name, Codec<E> codec, QueueOptions options) {
        return opened(spec(name, Kind.QUEUE, new RingBody(options.ring(codec)), codec.identity()),
                opening -> new SharedQueue<>(opening, codec));
    }

    /// A queue whose consumers acknowledge what they took, with slots as large as the codec suggests.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param capacity how many elements fit, those being worked on included; a power of two is fastest
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedTaskQueue<E> taskQueue(String name, Codec<E> codec, int capacity) {
        return taskQueue(name, codec, QueueOptions.of(capacity));
    }

    /// A queue whose consumers acknowledge what they took.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the elements; its identity must be that of the other processes
    /// @param options how it is made; elements that are being worked on count for its capacity
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller
    public <E> SharedTaskQueue<E> taskQueue(String name, Codec<E> codec, QueueOptions options) {
        return opened(spec(name, Kind.TASK_QUEUE, new RingBody(options.ring(codec)), codec.identity()),
                opening -> new SharedTaskQueue<>(opening, codec));
    }

    /// A ring whose messages are written and read in place.
    ///
    /// @param name of the object, formed like that of a space
    /// @param options its shape
    /// @return a handle, to be closed by the caller
    public SharedRing ring(String name, RingOptions options) {
        return opened(spec(name, Kind.RING, new RingBody(options)), SharedRing::new);
    }

    /// A pipe of bytes, both ways.
    ///
    /// @param name of the object, formed like that of a space
    /// @return a handle, to be closed by the caller
    public SharedPipe<byte[]> pipe(String name) {
        return pipe(name, Codec.bytes());
    }

    /// A pipe of objects, both ways.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the objects; its identity must be that of the other process
    /// @param <E> type of the objects
    /// @return a handle, to be closed by the caller
    public <E> SharedPipe<E> pipe(String name, Codec<E> codec) {
        return pipe(name, codec, PipeOptions.defaults());
    }

    /// A pipe of objects.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the objects; its identity must be that of the other process
    /// @param options how it is made: [PipeOptions#simplex] for one way, from its first end to its second
    /// @param <E> type of the objects
    /// @return a handle, to be closed by the caller
    public <E> SharedPipe<E> pipe(String name, Codec<E> codec, PipeOptions options) {
        var body = new PipeBody(options.ring(), options.duplex());
        var spec = spec(name, Kind.PIPE, body, codec.identity());
        return opened(spec, opening -> new SharedPipe<>(opening, codec));
    }

    // Calls.

    /// A service, with 256 open calls at most and room as the codecs suggest.
    ///
    /// @param name of the object, formed like that of a space
    /// @param requests codec of the requests; its identity must be that of the other processes
    /// @param answers codec of the answers, likewise
    /// @param <Q> type of the requests
    /// @param <A> type of the answers
    /// @return a handle, to be closed by the caller
    public <Q, A> SharedService<Q, A> service(String name, Codec<Q> requests, Codec<A> answers) {
        return service(name, requests, answers, ServiceOptions.defaults());
    }

    /// A service.
    ///
    /// @param name of the object, formed like that of a space
    /// @param requests codec of the requests; its identity must be that of the other processes
    /// @param answers codec of the answers, likewise
    /// @param options how it is made
    /// @param <Q> type of the requests
    /// @param <A> type of the answers
    /// @return a handle, to be closed by the caller
    public <Q, A> SharedService<Q, A> service(
            String name, Codec<Q> requests, Codec<A> answers, ServiceOptions options) {
        var spec = spec(name, Kind.SERVICE, options.body(requests, answers),
                SharedService.elementType(requests.identity(), answers.identity()));
        return opened(spec, opening -> new SharedService<>(opening, requests, answers));
    }

    // Locks.

    /// A lock that is poisoned when its holder dies.
    ///
    /// @param name of the object, formed like that of a space
    /// @return a handle, to be closed by the caller
    public SharedLock lock(String name) {
        return lock(name, LockOptions.defaults());
    }

    /// A lock.
    ///
    /// @param name of the object, formed like that of a space
    /// @param options what the death of its holder does
    /// @return a handle, to be closed by the caller
    public SharedLock lock(String name, LockOptions options) {
        return opened(spec(name, Kind.LOCK, options.body(false)), opening -> new SharedLock(opening, options));
    }

    /// A lock that its holder may take again, and that is poisoned when its holder dies.
    ///
    /// @param name of the object, formed like that of a space
    /// @return a handle, to be closed by the caller
    public SharedReentrantLock reentrantLock(String name) {
        return reentrantLock(name, LockOptions.defaults());
    }

    /// A lock that its holder may take again.
    ///
    /// @param name of the object, formed like that of a space
    /// @param options what the death of its holder does
    /// @return a handle, to be closed by the caller
    public SharedReentrantLock reentrantLock(String name, LockOptions options) {
        return opened(spec(name, Kind.LOCK, options.body(true)),
                opening -> new SharedReentrantLock(opening, options, true));
    }

    /// A read-write lock that is poisoned when a writer dies.
    ///
    /// @param name of the object, formed like that of a space
    /// @return a handle, to be closed by the caller
    public SharedReadWriteLock readWriteLock(String name) {
        return readWriteLock(name, LockOptions.defaults());
    }

    /// A read-write lock.
    ///
    /// @param name of the object, formed like that of a space
    /// @param options what the death of a writer does
    /// @return a handle, to be closed by the caller
    public SharedReadWriteLock readWriteLock(String name, LockOptions options) {
        return opened(spec(name, Kind.READ_WRITE_LOCK, options.readWriteBody()),
                opening -> new SharedReadWriteLock(opening, options));
    }

    // What counts and signals.

    /// A semaphore whose permits belong to the process that acquired them, without a bound.
    ///
    /// @param name of the object, formed like that of a space
    /// @param permits how many there are at first, not negative
    /// @return a handle, to be closed by the caller
    public SharedSemaphore semaphore(String name, int permits) {
        return semaphore(name, SemaphoreOptions.of(permits));
    }

    /// A semaphore.
    ///
    /// @param name of the object, formed like that of a space
    /// @param options how many permits, up to which bound, and whose they are
    /// @return a handle, to be closed by the caller
    public SharedSemaphore semaphore(String name, SemaphoreOptions options) {
        var body = new SemaphoreBody(options.permits(), options.bound(), options.owned());
        return opened(spec(name, Kind.SEMAPHORE, body), opening -> new SharedSemaphore(opening, options));
    }

    /// An event; its flag is down at first.
    ///
    /// @param name of the object, formed like that of a space
    /// @return a handle, to be closed by the caller
    public SharedEvent event(String name) {
        return opened(spec(name, Kind.EVENT, new EventBody()), SharedEvent::new);
    }

    /// A latch.
    ///
    /// @param name of the object, formed like that of a space
    /// @param count how often it is to be counted down, not negative
    /// @return a handle, to be closed by the caller
    public SharedCountDownLatch countDownLatch(String name, long count) {
        if (count < 0) {
            throw new IllegalArgumentException("latch '%s': a count of %,d is negative".formatted(name, count));
        }
        return opened(spec(name, Kind.LATCH, new LatchBody(count)),
                SharedCountDownLatch::new);
    }

    /// A barrier without an action.
    ///
    /// @param name of the object, formed like that of a space
    /// @param parties how many meet, 1 to 65,535
    /// @return a handle, to be closed by the caller
    public SharedBarrier barrier(String name, int parties) {
        return barrier(name, parties, null);
    }

    /// A barrier.
    ///
    /// @param name of the object, formed like that of a space
    /// @param parties how many meet, 1 to 65,535
    /// @param action run by the last to arrive if it comes through this handle or one that it became where it was sent;
    ///     or null
    /// @return a handle, to be closed by the caller
    public SharedBarrier barrier(String name, int parties, HandleAction action) {
        Rendezvous.checkParties(name, parties);
        return opened(spec(name, Kind.BARRIER, new BarrierBody(parties)),
                opening -> new SharedBarrier(opening, action));
    }

    // Values.

    /// A `long`.
    ///
    /// @param name of the object, formed like that of a space
    /// @param initial the first value, if it is new
    /// @return a handle, to be closed by the caller
    public SharedLong longValue(String name, long initial) {
        return opened(number(name, "long", initial), SharedLong::new);
    }

    /// An `int`.
    ///
    /// @param name of the object, formed like that of a space
    /// @param initial the first value, if it is new
    /// @return a handle, to be closed by the caller
    public SharedInt intValue(String name, int initial) {
        return opened(number(name, "int", NumberBody.word(initial)), SharedInt::new);
    }

    /// A `double`.
    ///
    /// @param name of the object, formed like that of a space
    /// @param initial the first value, if it is new
    /// @return a handle, to be closed by the caller
    public SharedDouble doubleValue(String name, double initial) {
        return opened(number(name, "double", Double.doubleToLongBits(initial)), SharedDouble::new);
    }

    /// A `boolean`.
    ///
    /// @param name of the object, formed like that of a space
    /// @param initial the first value, if it is new
    /// @return a handle, to be closed by the caller
    public SharedBoolean booleanValue(String name, boolean initial) {
        return opened(number(name, "boolean", NumberBody.word(initial ? 1 : 0)), SharedBoolean::new);
    }

    /// A value of several words, written and read as a whole, whose codec knows its longest encoding.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the value; its identity must be that of the other processes
    /// @param initial the first value, if it is new
    /// @param <T> type of the value
    /// @return a handle, to be closed by the caller
    public <T> SharedValue<T> value(String name, Codec<T> codec, T initial) {
        return opened(SharedValue.spec(name, codec, initial, temporary), opening -> new SharedValue<>(opening, codec));
    }

    /// A value of several words, written and read as a whole.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the value; its identity must be that of the other processes
    /// @param valueBytes longest encoding
    /// @param initial the first value, if it is new
    /// @param <T> type of the value
    /// @return a handle, to be closed by the caller
    public <T> SharedValue<T> value(String name, Codec<T> codec, int valueBytes, T initial) {
        return opened(SharedValue.spec(name, codec, valueBytes, initial, temporary),
                opening -> new SharedValue<>(opening, codec));
    }

    /// An array of values of several words, each written and read as a whole.
    ///
    /// @param name of the object, formed like that of a space
    /// @param codec of the elements; its identity must be that of the other processes, and it must know
    ///     the longest encoding
    /// @param length how many elements
    /// @param initial the first value of every element, if the array is new
    /// @param <T> type of the elements
    /// @return a handle, to be closed by the caller
    public <T> SharedRecordArray<T> recordArray(String name, Codec<T> codec, long length, T initial) {
        return opened(SharedRecordArray.spec(name, codec, length, initial, temporary),
                opening -> new SharedRecordArray<>(opening, codec));
    }

    /// An array of `byte`, zeros at first.
    ///
    /// @param name of the object, formed like that of a space
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedByteArray byteArray(String name, long length) {
        return opened(array(name, "byte", Byte.BYTES, length), SharedByteArray::new);
    }

    /// An array of `short`, zeros at first.
    ///
    /// @param name of the object, formed like that of a space
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedShortArray shortArray(String name, long length) {
        return opened(array(name, "short", Short.BYTES, length), SharedShortArray::new);
    }

    /// An array of `char`, zeros at first.
    ///
    /// @param name of the object, formed like that of a space
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedCharArray charArray(String name, long length) {
        return opened(array(name, "char", Character.BYTES, length), SharedCharArray::new);
    }

    /// An array of `int`, zeros at first.
    ///
    /// @param name of the object, formed like that of a space
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedIntArray intArray(String name, long length) {
        return opened(array(name, "int", Integer.BYTES, length), SharedIntArray::new);
    }

    /// An array of `long`, zeros at first.
    ///
    /// @param name of the object, formed like that of a space
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedLongArray longArray(String name, long length) {
        return opened(array(name, "long", Long.BYTES, length), SharedLongArray::new);
    }

    /// An array of `float`, zeros at first.
    ///
    /// @param name of the object, formed like that of a space
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedFloatArray floatArray(String name, long length) {
        return opened(array(name, "float", Float.BYTES, length), SharedFloatArray::new);
    }

    /// An array of `double`, zeros at first.
    ///
    /// @param name of the object, formed like that of a space
    /// @param length how many elements
    /// @return a handle, to be closed by the caller
    public SharedDoubleArray doubleArray(String name, long length) {
        return opened(array(name, "double", Double.BYTES, length), SharedDoubleArray::new);
    }

    /// Copies a value or an array: a new object with its contents.
    ///
    /// @param source what to copy; a write meanwhile to an array is copied in part, so take its lock against that
    /// @param name of the copy
    /// @param <T> type of the handle
    /// @return a handle for the copy, to be closed by the caller
    /// @throws io.sluice.shm.error.ObjectExistsException if the name is taken
    @SuppressWarnings("unchecked")   // a handle opens its like
    public <T extends GuardedHandle> T copy(T source, String name) {
        return with(OpenMode.CREATE).opened(source.copySpec(name, temporary), opening -> (T) source.open(opening));
    }

    private ObjectSpec spec(String name, Kind kind, Body body) {
        return spec(name, kind, body, "");
    }

    private ObjectSpec spec(String name, Kind kind, Body body, String elementType) {
        return ObjectSpec.of(name, kind, body, elementType, temporary);
    }

    /// @param word the first value, as it stands in memory
    private ObjectSpec number(String name, String type, long word) {
        return ObjectSpec.of(name, Kind.NUMBER, new NumberBody(), type, temporary,
                body -> Memory.putLong(body + Guard.BYTES, word));
    }

    private ObjectSpec array(String name, String type, int elementBytes, long length) {
        try {
            return spec(name, Kind.ARRAY, new ArrayBody(length, elementBytes), type);
        } catch (IllegalArgumentException impossible) {
            throw new IllegalArgumentException("array '%s': %s".formatted(name, impossible.getMessage()), impossible);
        }
    }

    private <T extends ObjectHandle> T opened(ObjectSpec spec, Function<Opening, T> opener) {
        return new Opening(space.open(spec, mode), waiting).handle(opener, handles);
    }

    /// What is in the space, without disturbing its users. [SpaceRoot] shows a space from outside.
    ///
    /// @return the objects, sorted by name
    public List<ObjectInfo> list() {
        return space.list();
    }

    /// Removes the name of an object. A process that has it open goes on; no other will find it.
    ///
    /// @param name of the object
    /// @return whether there was one
    public boolean unlink(String name) {
        return space.unlink(name);
    }

    /// Cleans up after processes that died, and removes temporary objects that no live process has open. Opening a
    /// space, and waiting, do the same; this does it now.
    ///
    /// @return how many dead processes were cleaned up after
    public int sweep() {
        return space.sweep();
    }

    /// Closes every handle that came from here, and leaves the space. A second call does nothing.
    @Override
    public void close() {
        List<ObjectHandle> open;
        synchronized (handles) {
            open = List.copyOf(handles);
            handles.clear();
        }
        if (!closed.getAndSet(true)) {
            Closing closing = new Closing();
            for (ObjectHandle handle : open) {
                closing.then(handle);
            }
            closing.then(space).end();
        }
    }

    /// Name and directory, for display.
    @Override
    public String toString() {
        return "SharedSpace[%s, %s]".formatted(name(), path());
    }
}
