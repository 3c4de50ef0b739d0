package io.sluice.pool.manager;

import io.sluice.core.error.MismatchException;
import io.sluice.core.owner.Closing;
import io.sluice.pool.TaskOptions;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.semaphore.SharedSemaphore;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/// Objects that live in one server process, and are used by every process that has the address and the key, or that is
/// given one of them.
///
/// ```java
/// try (var manager = Manager.start()) {
///     ConcurrentMap<String, Double> prices = manager.map("prices");
///     prices.put("VOD.L", 71.25);
///     JavaProcess.start(() -> prices.merge("VOD.L", 1.0, Double::sum)).join();
/// }
/// ```
///
/// - **Names:** a method with a name gets the object, and makes it if the name is free; a name that stands for
///   something else is refused with a [MismatchException]. A named object lives until [#remove] or the end of the
///   server, one without a name until no process and no other managed object refers to it.
/// - **Proxies:** what the methods return is used like a local object. It travels as a captured variable or argument to
///   a child of `JavaProcess` or a pool, as an element or a field of an element of another managed collection, and
///   stays live. In queues and other streams it travels without the key: the receiver must have connected before.
/// - **Values** are copied on their way in and out. A change of a list that came out of a map does not reach the map;
///   put it back, or use a managed list as the value.
/// - **Functions**, as those of `compute`, `merge` and `removeIf`: one that travels runs in the server, once and
///   atomically. Java makes a lambda travel if it is cast:
///   `prices.merge("VOD.L", 1.0, (BinaryOperator<Double> & Serializable) Double::sum)`. Any other one runs here, in a
///   loop of reading and swapping: atomic too, with two calls each time, and again after a conflict. A function in the
///   server must not change the map that it is called for.
/// - **Allowed classes** are those of a pool: values of the JDK, exceptions, classes of the application, and those that
///   [ConnectionOptions#withAllowed] names. The server needs the classes of keys, values and functions.
/// - **Threads:** any. A call that waits keeps no other back.
/// - **Cost:** a call is a round trip through a connection: in shared memory on one host, over a socket otherwise.
///   Iterations and bulk operations travel in batches.
/// - **Interrupts:** end the waits of methods that throw `InterruptedException`; nothing was done then. Other calls go
///   on, and the status is kept.
/// - **Errors:** an exception of the server comes with its type, and with the remote trace as its root cause.
/// - **Death of the server:** every pending and later call fails with a [ManagerEndedException].
/// - **Locks, queues and signals** are objects in shared memory on the server's host, and by calls of the server on
///   other ones, or where [ConnectionOptions#withSharedMemory] is off; the types are the same. A lock, a
///   permit or a lease belongs to the client that took it, as it would to a process on the server's host.
/// - **Death of a client:** the server ends its calls that wait, and drops its references. For objects in shared memory
///   it is the death of a process: the locks that it held are poisoned, its permits return, elements that it leased are
///   offered again, and barriers that it had open break. A client that closes its last manager loses the same, but
///   breaks no barrier.
/// - **End:** [#close()] of the manager that started the server ends it, and so does the end of that process.
@SuppressWarnings("serial")      // its fields do not travel: Form does
public final class Manager implements AutoCloseable, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    static final ConnectionOptions USUAL =
            ConnectionOptions.defaults().withAuthenticationTimeout(Duration.ofSeconds(60));

    private final transient Session session;
    /// What [#close()] ends besides: the server in this JVM or its process; null for a manager that has connected.
    private final transient AutoCloseable server;
    /// Whether this manager opens objects of the server's space in this process.
    private final transient boolean sharesMemory;
    private final transient AtomicBoolean closed = new AtomicBoolean();

    /// How a server is started.
    ///
    /// - **Threads:** any; options do not change.
    ///
    /// @param address where it listens
    /// @param key that clients must have
    /// @param connection limits of its connections, and classes that may travel; with TLS it serves in this JVM only,
    ///     and the context must trust its own certificate
    /// @param jvmOptions of its process, such as `-Xmx2g`
    public record Options(Address address, AuthKey key, ConnectionOptions connection, List<String> jvmOptions) {
        /// Copies the list.
        public Options {
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(connection, "connection");
            jvmOptions = List.copyOf(jvmOptions);
        }

        /// A Unix-domain socket and a key that no other process knows. Clients have 60 seconds to authenticate: they
        /// may be processes that come up while the machine is busy.
        ///
        /// @return the options
        public static Options defaults() {
            return new Options(Address.unix(), AuthKey.generate(), USUAL, List.of());
        }

        /// The same at another address.
        ///
        /// @param other where it listens
        /// @return the options
        public Options withAddress(Address other) {
            return new Options(other, key, connection, jvmOptions);
        }

        /// The same with another key.
        ///
        /// @param other that clients must have
        /// @return the options
        public Options withKey(AuthKey other) {
            return new Options(address, other, connection, jvmOptions);
        }

        /// The same with other connections.
        ///
        /// @param other limits, and classes that may travel
        /// @return the options
        public Options withConnection(ConnectionOptions other) {
            return new Options(address, key, other, jvmOptions);
        }

        /// The same with other options of the server's JVM.
        ///
        /// @param others such as `-Xmx2g`
        /// @return the options
        public Options withJvmOptions(String... others) {
            return new Options(address, key, connection, List.of(others));
        }
    }

    /// A value that lives in a manager. Never null.
    ///
    /// @param <T> type of the value
    public interface Value<T> {
        /// The value.
        ///
        /// @return a copy of it
        T get();

        /// Replaces the value.
        ///
        /// @param value not null
        void set(T value);

        /// Replaces the value.
        ///
        /// @param value not null
        /// @return the former one
        T getAndSet(T value);

        /// Replaces the value if it is equal to another one.
        ///
        /// @param expected compared with `equals`, in the server
        /// @param value not null
        /// @return whether it was
        boolean compareAndSet(T expected, T value);

        /// Replaces the value by what a function makes of it. Atomic; see the class for where the function runs.
        ///
        /// @param function must not return null
        /// @return the new value
        T updateAndGet(UnaryOperator<T> function);
    }

    /// A pool of worker processes on the server's host, which all clients share. What travels, and what becomes of a
    /// task, is as for [io.sluice.pool.ProcessPool]; results come through the server.
    ///
    /// - **Waiting:** `submit` may wait for room in the backlog. Each thread that waits for a result has a connection
    ///   of its own meanwhile; an interrupt ends the wait, and leaves the task.
    /// - **Failures of `execute`:** the server logs what such a task throws.
    /// - **Death of a client:** its tasks go on, and their results are dropped.
    /// - **End:** [#shutdown()] and `close()` end the pool for all clients, and so do [#remove] and the end of the
    ///   server; that of the server does not wait for tasks.
    public interface Pool extends ExecutorService {
        /// Submits a task.
        ///
        /// @param task runs in a worker
        /// @param <T> type of its result
        /// @return its future, which waits in the server
        /// @throws java.util.concurrent.RejectedExecutionException if the pool was shut down
        /// @throws io.sluice.core.codec.CodecException if the task does not travel
        <T> Future<T> submit(Task<T> task);

        /// Submits a task.
        ///
        /// @param task runs in a worker
        /// @param options how to treat it, with its context; without a progress listener, which does not travel
        /// @param <T> type of its result
        /// @return its future, which waits in the server
        /// @throws java.util.concurrent.RejectedExecutionException if the pool was shut down
        /// @throws io.sluice.core.codec.CodecException if the task does not travel
        /// @throws IllegalArgumentException if the options have a progress listener
        <T> Future<T> submit(Task<T> task, TaskOptions options);

        /// Applies a function to each of some arguments, and waits for all results. Arguments, and results, travel in
        /// one message.
        ///
        /// @param function runs in the workers
        /// @param arguments what to apply it to; not null
        /// @param <A> type of the arguments
        /// @param <R> type of the results
        /// @return the results, in the order of the arguments
        /// @throws ExecutionException with the first failure as its cause; no further argument is begun then
        /// @throws InterruptedException if interrupted before or while waiting; no further argument is begun then
        <A, R> List<R> map(TaskFunction<? super A, ? extends R> function, Collection<? extends A> arguments)
                throws ExecutionException, InterruptedException;

        /// Applies a function to each of some arguments, as [#map(TaskFunction, Collection)].
        ///
        /// @param function runs in the workers
        /// @param arguments what to apply it to; not null
        /// @param options how to treat them, with their context; without a progress listener, which does not travel
        /// @param <A> type of the arguments
        /// @param <R> type of the results
        /// @return the results, in the order of the arguments
        /// @throws ExecutionException as for [#map(TaskFunction, Collection)]
        /// @throws InterruptedException as for [#map(TaskFunction, Collection)]
        /// @throws IllegalArgumentException if the options have a progress listener
        <A, R> List<R> map(TaskFunction<? super A, ? extends R> function, Collection<? extends A> arguments,
                TaskOptions options) throws ExecutionException, InterruptedException;

        /// How many workers the pool has.
        ///
        /// @return their number
        int size();

        /// Ends the pool at once, for all clients: tasks that run are ended with their workers.
        void terminate();
    }

    private Manager(Session session, AutoCloseable server, ConnectionOptions options) {
        this.session = session;
        this.server = server;
        boolean known = false;
        try {
            this.sharesMemory = session.sharesMemory(options);       // may ask the server
            known = true;
        } finally {
            if (!known) {
                session.leave();
            }
        }
    }

    /// Starts a server in a process of its own, which ends with this one.
    ///
    /// - **Blocking:** until the server listens, some 0.3 seconds.
    ///
    /// @return the manager; its close ends the server
    /// @throws IOException if the server did not come up
    /// @throws InterruptedException if interrupted before or while waiting; the server is ended
    public static Manager start() throws IOException, InterruptedException {
        return start(Options.defaults());
    }

    /// Starts a server in a process of its own, which ends with this one.
    ///
    /// - **Blocking:** until the server listens, some 0.3 seconds.
    ///
    /// @param options where it listens, and how
    /// @return the manager; its close ends the server
    /// @throws IOException if the server did not come up, as when another one has the address
    /// @throws InterruptedException if interrupted before or while waiting; the server is ended
    /// @throws io.sluice.core.codec.CodecException if the options have TLS, which does not travel
    public static Manager start(Options options) throws IOException, InterruptedException {
        ServerProcess process = ServerProcess.start(options);
        return managing(process, process.address(), options);
    }

    /// Serves in this JVM.
    ///
    /// @param options where it listens, and how; the JVM options are not used
    /// @return the manager; its close ends the server
    /// @throws IOException if the system refuses, as when the address is taken
    /// @throws InterruptedException if interrupted before or while waiting
    public static Manager serve(Options options) throws IOException, InterruptedException {
        Server server = Server.open(options.address(), options.key(), options.connection());
        return managing(server, server.address(), options);
    }

    private static Manager managing(AutoCloseable server, Address address, Options options)
            throws IOException, InterruptedException {
        boolean managed = false;
        try {
            Session session = Session.connect(address, options.key(), options.connection(), true);
            Manager manager = new Manager(session, server, options.connection());
            managed = true;
            return manager;
        } finally {
            if (!managed) {
                new Closing().then(server).end();
            }
        }
    }

    /// Connects to a server.
    ///
    /// @param address where it listens
    /// @param key that of the server
    /// @return a manager; its close leaves the server, which goes on
    /// @throws IOException see [io.sluice.pool.connection.Client]; an
    ///     [io.sluice.pool.connection.AuthenticationException] for another key
    /// @throws InterruptedException if interrupted before or while waiting
    public static Manager connect(Address address, AuthKey key) throws IOException, InterruptedException {
        return connect(address, key, USUAL);
    }

    /// Connects to a server.
    ///
    /// @param address where it listens
    /// @param key that of the server
    /// @param options limits, TLS, and classes that may travel; those of the first manager of this process count
    /// @return a manager; its close leaves the server, which goes on
    /// @throws IOException see [io.sluice.pool.connection.Client]; an
    ///     [io.sluice.pool.connection.AuthenticationException] for another key
    /// @throws InterruptedException if interrupted before or while waiting
    public static Manager connect(Address address, AuthKey key, ConnectionOptions options)
            throws IOException, InterruptedException {
        return new Manager(Session.connect(address, key, options, true), null, options);
    }

    /// The server or its process, for tests; null for a manager that has connected.
    AutoCloseable server() {
        return server;
    }

    // Collections.

    private Remote open(Directory.Kind kind, String name, Object argument) {
        return session.directory().open(kind, name, argument);
    }

    private static String checked(String name) {
        return Objects.requireNonNull(name, "name");
    }

    /// A new map without a name.
    ///
    /// @param <K> type of the keys
    /// @param <V> type of the values
    /// @return the map, without null keys and values
    public <K, V> ConcurrentMap<K, V> map() {
        return new ManagedMap<>(open(Directory.Kind.MAP, null, null));
    }

    /// A map.
    ///
    /// @param name its name
    /// @param <K> type of the keys
    /// @param <V> type of the values
    /// @return the map, without null keys and values
    /// @throws MismatchException if the name stands for something else
    public <K, V> ConcurrentMap<K, V> map(String name) {
        return new ManagedMap<>(open(Directory.Kind.MAP, checked(name), null));
    }

    /// A new list without a name.
    ///
    /// @param <E> type of the elements
    /// @return the list; each of its methods is atomic but for bulk operations
    public <E> List<E> list() {
        return new ManagedList<>(open(Directory.Kind.LIST, null, null));
    }

    /// A list. Its iterators read batches as they are at that time; they change the list only if it has not changed
    /// since, and otherwise throw a `ConcurrentModificationException`.
    ///
    /// @param name its name
    /// @param <E> type of the elements
    /// @return the list; each of its methods is atomic but for bulk operations
    /// @throws MismatchException if the name stands for something else
    public <E> List<E> list(String name) {
        return new ManagedList<>(open(Directory.Kind.LIST, checked(name), null));
    }

    /// A new set without a name.
    ///
    /// @param <E> type of the elements
    /// @return the set, without null
    public <E> Set<E> set() {
        return new ManagedSet<>(open(Directory.Kind.SET, null, null));
    }

    /// A set.
    ///
    /// @param name its name
    /// @param <E> type of the elements
    /// @return the set, without null
    /// @throws MismatchException if the name stands for something else
    public <E> Set<E> set(String name) {
        return new ManagedSet<>(open(Directory.Kind.SET, checked(name), null));
    }

    /// A new deque without a name and without a bound.
    ///
    /// @param <E> type of the elements
    /// @return the deque, without null
    public <E> BlockingDeque<E> deque() {
        return new ManagedDeque<>(open(Directory.Kind.DEQUE, null, Integer.MAX_VALUE));
    }

    /// A deque without a bound.
    ///
    /// @param name its name
    /// @param <E> type of the elements
    /// @return the deque, without null
    /// @throws MismatchException if the name stands for something else
    public <E> BlockingDeque<E> deque(String name) {
        return new ManagedDeque<>(open(Directory.Kind.DEQUE, checked(name), Integer.MAX_VALUE));
    }

    /// A new value without a name.
    ///
    /// @param initial first value, not null
    /// @param <T> type of the value
    /// @return the value
    public <T> Value<T> value(T initial) {
        return new ManagedValue<>(open(Directory.Kind.VALUE, null, Objects.requireNonNull(initial, "initial")));
    }

    /// A value.
    ///
    /// @param name its name
    /// @param initial first value, not null; not used if the name is there
    /// @param <T> type of the value
    /// @return the value
    /// @throws MismatchException if the name stands for something else
    public <T> Value<T> value(String name, T initial) {
        return new ManagedValue<>(
                open(Directory.Kind.VALUE, checked(name), Objects.requireNonNull(initial, "initial")));
    }

    /// A new array without a name.
    ///
    /// @param elements first elements
    /// @param <E> type of the elements
    /// @return a list whose length does not change
    public <E> List<E> array(List<E> elements) {
        return new ManagedList<>(open(Directory.Kind.ARRAY, null, session.packAll(elements)));
    }

    /// An array.
    ///
    /// @param name its name
    /// @param elements first elements; only their number counts if the name is there
    /// @param <E> type of the elements
    /// @return a list whose length does not change
    /// @throws MismatchException if the name stands for something else, or an array of another length
    public <E> List<E> array(String name, List<E> elements) {
        return new ManagedList<>(open(Directory.Kind.ARRAY, checked(name), session.packAll(elements)));
    }

    /// Attributes that are shared: the getters and setters of an interface. A getter before the first set returns zero,
    /// false or null.
    ///
    /// @param name its name
    /// @param type an interface with methods such as `int hits()` or `int getHits()`, and `void hits(int)` or
    ///     `void setHits(int)`
    /// @param <T> the interface
    /// @return the attributes
    /// @throws IllegalArgumentException if the type is no interface, or has other methods
    /// @throws MismatchException if the name stands for something else
    public <T> T namespace(String name, Class<T> type) {
        Namespace.check(type);
        return Namespace.of(open(Directory.Kind.NAMESPACE, checked(name), null), type);
    }

    // Objects of the application.

    /// Makes objects of an interface available to all clients: [#object] and [#create] call the supplier in the server.
    /// A later registration replaces an earlier one, for objects that are made after it.
    ///
    /// @param type an interface, whose methods are all that clients can call
    /// @param supplier makes an object, used by many threads at once; runs in the server
    /// @param <T> the interface
    /// @throws IllegalArgumentException if the type is no interface
    public <T> void register(Class<T> type, Task<? extends T> supplier) {
        session.directory().register(type.getName(), supplier);
    }

    /// A new object of a registered interface.
    ///
    /// @param type the interface
    /// @param <T> the interface
    /// @return a proxy
    /// @throws io.sluice.shm.error.NoSuchObjectException if nothing is registered for it
    public <T> T create(Class<T> type) {
        return session.directory().object(type.getName(), null).as(type);
    }

    /// An object of a registered interface.
    ///
    /// @param type the interface
    /// @param name its name
    /// @param <T> the interface
    /// @return a proxy
    /// @throws io.sluice.shm.error.NoSuchObjectException if the name is free, and nothing is registered for the
    ///     interface
    /// @throws MismatchException if the name stands for something else
    public <T> T object(Class<T> type, String name) {
        return session.directory().object(type.getName(), checked(name)).as(type);
    }

    /// A pool of worker processes on the server's host. The workers start with its first client.
    ///
    /// @param name its name
    /// @param workers number of processes, 1 to 200
    /// @return the pool, which ends for all clients at once
    /// @throws MismatchException if the name stands for something else, or a pool of another size
    /// @throws IllegalArgumentException if the number is out of range
    public Pool pool(String name, int workers) {
        return new ManagedPool(open(Directory.Kind.POOL, checked(name), workers), workers);
    }

    // Objects in shared memory.

    private <T> T handle(Directory.Kind kind, String name, int argument, Class<T> type) {
        return type.cast(Handles.open(session, sharesMemory, kind, checked(name), argument, true));
    }

    /// A queue. On the server's host it is a [SharedQueue], whose elements go through shared memory and not through the
    /// server; the caller closes it. For clients on other hosts the server puts and takes: an element that it has taken
    /// for a client that dies before the answer is lost. [#taskQueue] loses none.
    ///
    /// @param name its name
    /// @param capacity how many elements fit
    /// @param <E> type of the elements
    /// @return the queue
    /// @throws MismatchException if the name stands for something else, or a queue of another capacity
    @SuppressWarnings("unchecked")       // what was put in comes out
    public <E> BlockingQueue<E> queue(String name, int capacity) {
        return sharesMemory ? handle(Directory.Kind.QUEUE, name, capacity, SharedQueue.class)
                : new ManagedDeque<>(session.directory().bridged(checked(name), capacity));
    }

    /// A queue whose consumers acknowledge what they took.
    ///
    /// @param name its name
    /// @param capacity how many elements fit, those being worked on included
    /// @param <E> type of the elements
    /// @return a handle, to be closed by the caller. On another host, `maxDeliveries` is not supported
    /// @throws MismatchException if the name stands for something else, or a queue of another capacity
    @SuppressWarnings("unchecked")       // what was put in comes out
    public <E> SharedTaskQueue<E> taskQueue(String name, int capacity) {
        return handle(Directory.Kind.TASK_QUEUE, name, capacity, SharedTaskQueue.class);
    }

    /// A lock; its conditions are those of [SharedLock].
    ///
    /// @param name its name
    /// @return a handle, to be closed by the caller. On another host, `owner` names a thread of the server, which
    ///     stands for the one that has the lock
    /// @throws MismatchException if the name stands for something else
    public SharedLock lock(String name) {
        return handle(Directory.Kind.LOCK, name, 0, SharedLock.class);
    }

    /// A reentrant lock.
    ///
    /// @param name its name
    /// @return a handle, to be closed by the caller; see [#lock]
    /// @throws MismatchException if the name stands for something else
    public SharedReentrantLock reentrantLock(String name) {
        return handle(Directory.Kind.REENTRANT_LOCK, name, 0, SharedReentrantLock.class);
    }

    /// A semaphore.
    ///
    /// @param name its name
    /// @param permits first number of permits
    /// @return a handle, to be closed by the caller
    /// @throws MismatchException if the name stands for something else, or a semaphore with other permits
    public SharedSemaphore semaphore(String name, int permits) {
        return handle(Directory.Kind.SEMAPHORE, name, permits, SharedSemaphore.class);
    }

    /// A semaphore that never has more permits than at first.
    ///
    /// @param name its name
    /// @param permits their number
    /// @return a handle, to be closed by the caller
    /// @throws MismatchException if the name stands for something else, or a semaphore with other permits
    public SharedSemaphore boundedSemaphore(String name, int permits) {
        return handle(Directory.Kind.BOUNDED_SEMAPHORE, name, permits, SharedSemaphore.class);
    }

    /// An event.
    ///
    /// @param name its name
    /// @return a handle, to be closed by the caller
    /// @throws MismatchException if the name stands for something else
    public SharedEvent event(String name) {
        return handle(Directory.Kind.EVENT, name, 0, SharedEvent.class);
    }

    /// A barrier.
    ///
    /// @param name its name
    /// @param parties how many processes or threads it waits for
    /// @return a handle, to be closed by the caller
    /// @throws MismatchException if the name stands for something else, or a barrier of other parties
    public SharedBarrier barrier(String name, int parties) {
        return handle(Directory.Kind.BARRIER, name, parties, SharedBarrier.class);
    }

    // The manager itself.

    /// Frees a name. Those that have its object go on using it; a pool accepts no tasks any more.
    ///
    /// @param name the name
    /// @return whether it was in use
    public boolean remove(String name) {
        return session.directory().remove(checked(name));
    }

    /// Writes the collections, values and registered objects that have a name, and all that they hold, to a file, with
    /// mode 0600. The file is replaced in one step, and stays as it was if anything fails. Each object is written as it
    /// is at some moment during the call; objects in shared memory are not.
    ///
    /// @param file on the server's host
    /// @throws IOException if the system refuses
    /// @throws io.sluice.core.codec.CodecException if a registered object does not travel
    public void snapshot(Path file) throws IOException {
        session.directory().snapshot(file.toAbsolutePath().toString());
    }

    /// Makes the objects of a snapshot. All of them, or none if it fails.
    ///
    /// @param file on the server's host
    /// @throws IOException if the system refuses
    /// @throws io.sluice.core.error.CorruptObjectException if the file is no snapshot, or damaged
    /// @throws ObjectExistsException if one of its names is in use
    public void restore(Path file) throws IOException {
        session.directory().restore(file.toAbsolutePath().toString());
    }

    /// Where clients find the server.
    ///
    /// @return the address; with the port that the system chose
    public Address address() {
        return session.address();
    }

    /// What clients need besides the address. Give it to other programs by [AuthKey#writeTo].
    ///
    /// @return the key
    public AuthKey key() {
        return session.key();
    }

    /// Ends the server, if this manager has started it; otherwise leaves it. Proxies of this process are unusable then,
    /// unless another manager of it is connected to the same server. A second call does nothing.
    ///
    /// - **Blocking:** until a server process has ended; it is killed if that takes more than five seconds.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Closing closing = new Closing();
            closing.then(session::leave);
            if (server != null) {
                closing.then(server);
            }
            closing.end();
        }
    }

    /// The address, for display.
    @Override
    public String toString() {
        return session.name();
    }

    /// What travels of a manager: in a task only, since it has the key with it.
    private record Form(Remote directory) implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private Object readResolve() throws InvalidObjectException {
            if (directory.link() instanceof Session session) {
                return new Manager(session.retained(), null, session.options());
            }
            throw new InvalidObjectException(directory.link().name() + ": a manager does not travel to its own"
                    + " server; a task there can connect with its address and key");
        }
    }

    @Serial
    private Object writeReplace() {
        if (!KeptObjects.isCollecting()) {
            throw new UnsupportedOperationException(("%s: a manager travels to a child of JavaProcess or in a task of a"
                    + " pool; send its address, and let the receiver connect").formatted(this));
        }
        return new Form(session.root());
    }

    @Serial
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("%s: expected its address, found its fields; the bytes are damaged or forged"
                .formatted(Manager.class.getName()));
    }
}
