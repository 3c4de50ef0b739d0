package io.sluice.pool.manager;

import io.sluice.core.codec.CodecException;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.connection.Listener;
import io.sluice.pool.log.Log;
import io.sluice.pool.submission.MustRun;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.linux.RandomId;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Has the objects, and does the calls of its clients: each connection has a virtual thread, in which its calls run.
///
/// - **Threads:** any.
/// - **Values** never change once they are in a collection: what goes in or out was encoded, and a function that runs
///   here gets copies. So a value can be read while another client replaces it.
final class Server implements Link, AutoCloseable {
    /*
     * An object lives as long as a Java reference to its Exported exists: in the names of the directory, in the count
     * of a session, in a Remote that another object holds. The table by number is weak. So the collector of the JVM
     * also finds cycles of objects that hold one another.
     */
    private static final Consumer<Connection<byte[]>> CLOSE = Connection::close;

    private final UUID id = RandomId.next();
    private final Listener<byte[]> listener;
    private final AuthKey key;
    private final ConnectionOptions options;
    private final Wire wire;
    private final Map<Long, Entry> objects = new ConcurrentHashMap<>();
    private final ReferenceQueue<Exported> unreachable = new ReferenceQueue<>();
    private final AtomicLong numbers = new AtomicLong(Directory.ID);
    private final Map<UUID, ServerSession> sessions = new ConcurrentHashMap<>();
    private final References within = new Within();
    private final ServerDirectory objectsByName;
    private final Exported directory;
    private volatile boolean closed;

    private static final class Entry extends WeakReference<Exported> {
        private final long id;

        Entry(Exported object, ReferenceQueue<Exported> queue) {
            super(object, queue);
            this.id = object.id();
        }
    }

    private Server(Listener<byte[]> listener, AuthKey key, ConnectionOptions options) {
        this.listener = listener;
        this.key = key;
        this.options = options;
        this.wire = new Wire(options.allowed());
        this.objectsByName = new ServerDirectory(this, options.allowed());
        this.directory = new Exported(Directory.ID, objectsByName, Contract.of(Directory.class));
    }

    /// Opens a server.
    ///
    /// @throws IOException if the system refuses, as when the address is taken
    static Server open(Address address, AuthKey key, ConnectionOptions options) throws IOException {
        Listener<byte[]> listener = Listener.open(address, key, Wire.CODEC, options);
        boolean opened = false;
        try {
            Server server = new Server(listener, key, options);
            Transport.start("sluice-manager-server", server::accept);
            opened = true;
            return server;
        } finally {
            if (!opened) {
                listener.close();
            }
        }
    }

    Address address() {
        return listener.address();
    }

    Wire wire() {
        return wire;
    }

    ServerDirectory objectsByName() {
        return objectsByName;
    }

    private void accept() {
        while (true) {
            try {
                begin(listener.accept());
            } catch (ClosedException | InterruptedException closed) {
                return;                      // the server ends
            } catch (RuntimeException | Error failure) {
                Log.error("a manager could not serve a client", failure);
                MustRun.pause();
            }
        }
    }

    /// Serves a client in a thread of its own. Without memory for one, closes its connection: the client is told so.
    private void begin(Connection<byte[]> connection) {
        boolean begun = false;
        try {
            Transport.start("sluice-manager-client", () -> serve(connection));
            begun = true;
        } finally {
            if (!begun) {
                MustRun.repeat(CLOSE, connection);
            }
        }
    }

    private void serve(Connection<byte[]> connection) {
        try (connection) {
            Note first = Note.of(connection.receiveBytes());
            if (first != null && first.kind() == Note.HELLO) {
                welcome(connection);
            } else if (first != null && first.kind() == Note.JOIN) {
                ServerSession session = sessions.get(new UUID(first.first(), first.second()));
                if (session != null) {
                    session.serve(connection);
                }
            } else {
                Log.refusal("%s: ended a connection that did not begin with a greeting".formatted(name()));
            }
        } catch (IOException | InterruptedException | ClosedException gone) {
            // The client's side is over.
        } catch (RuntimeException | Error e) {
            Log.error("%s: a connection failed".formatted(name()), e);
        }
    }

    private void welcome(Connection<byte[]> lifeline) throws IOException, InterruptedException {
        UUID token = RandomId.next();
        ServerSession session = new ServerSession(this, lifeline);
        sessions.put(token, session);
        boolean left = false;
        try {
            if (closed) {
                return;
            }
            CrashPoint.MANAGER_SESSION_MADE.reached();
            lifeline.sendBytes(ByteBuffer.allocate(4 * Long.BYTES).order(ByteOrder.nativeOrder())
                    .putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits())
                    .putLong(token.getMostSignificantBits()).putLong(token.getLeastSignificantBits()).array());
            while (true) {
                session.note(Note.of(lifeline.receiveBytes()));
            }
        } catch (EOFException end) {
            left = !(end instanceof PeerDiedException);
        } finally {
            CrashPoint.MANAGER_SESSION_OVER.reached();
            boolean died = !left;        // close() waits for the end of a session that is in the table
            new Closing().then(() -> session.end(died)).then(() -> sessions.remove(token)).end();
        }
    }

    // Objects.

    /// Makes an object callable.
    ///
    /// @param type interface whose methods clients can call
    Remote export(Object object, Class<?> type) {
        return export(object, Contract.of(type));
    }

    /// Makes an object callable.
    ///
    /// @param contract methods that clients can call
    Remote export(Object object, Contract contract) {
        forgetUnreachable();
        Exported exported = new Exported(numbers.incrementAndGet(), object, contract);
        objects.put(exported.id(), new Entry(exported, unreachable));
        return new Remote(this, exported.id(), exported);
    }

    private void forgetUnreachable() {
        for (var gone = unreachable.poll(); gone != null; gone = unreachable.poll()) {
            objects.remove(((Entry) gone).id);
        }
    }

    /// How many objects are alive, as far as the collector of the JVM has found out.
    int objectCount() {
        forgetUnreachable();
        return objects.size();
    }

    /// The object with a number.
    ///
    /// @throws NoSuchObjectException if it is not there any more
    Remote object(long number) {
        Entry entry = objects.get(number);
        Exported found = number == Directory.ID ? directory : entry == null ? null : entry.get();
        if (found == null) {
            throw new NoSuchObjectException(("%s: object %d is not there any more, since no process had a proxy of it;"
                    + " keep one until the receiver has it, or give the object a name").formatted(name(), number));
        }
        return new Remote(this, number, found);
    }

    /// Runs a method of an object, on arguments that belong to it.
    static Object invoke(Exported target, long method, Object[] arguments) throws Throwable {
        return invoke(target, target.contract().method(method), arguments);
    }

    private static Object invoke(Exported target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target.object(), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /// Throws a failure of user code, of any type, to a caller that expects it.
    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException unchecked(Throwable failure) throws T {
        throw (T) failure;
    }

    // Calls from within the server: objects that hold proxies of others, and functions of clients.

    @Override
    public Object call(Remote target, Method method, Object[] arguments) throws Throwable {
        Exported object = target.object();
        Object[] copies = arguments == null ? null : new Object[arguments.length];
        for (int i = 0; copies != null && i < copies.length; i++) {
            copies[i] = copy(arguments[i]);
        }
        return copy(invoke(object, object.contract().method(Contract.number(method)), copies));
    }

    Object copy(Object value) {
        return ScopedValue.where(References.CURRENT, within).call(() -> wire.copy(value));
    }

    @Override
    public boolean travels(Object function) {
        if (!(function instanceof Serializable)) {
            return false;
        }
        try {
            var _ = ScopedValue.where(References.CURRENT, within).call(() -> wire.encode(function));
            return true;
        } catch (CodecException e) {
            return false;
        }
    }

    @Override
    public Chunk pack(Iterator<?> elements) {
        return ScopedValue.where(References.CURRENT, within).call(() -> wire.pack(elements));
    }

    @Override
    public Chunk packAll(List<?> elements) {
        return ScopedValue.where(References.CURRENT, within).call(() -> wire.packAll(elements));
    }

    @Override
    public List<Object> unpack(Chunk chunk) {
        return ScopedValue.where(References.CURRENT, within).call(() -> wire.unpack(chunk));
    }

    /// Proxies of a message that stays within the server.
    private final class Within implements References {
        @Override
        public void written(Exported object) {
            // The reader is this server.
        }

        @Override
        public Remote read(RemoteForm form) {
            return form.server().equals(id) ? object(form.object()) : null;
        }
    }

    @Override
    public RemoteForm form(Remote remote) {
        if (References.CURRENT.isBound()) {
            References.CURRENT.get().written(remote.object());
        }
        boolean kept = KeptObjects.isCollecting();
        if (kept) {
            KeptObjects.whenReceived(remote::keep);
        }
        return new RemoteForm(id, address(), remote.id(), kept ? new RemoteForm.Way(key, options) : null);
    }

    Exported directory() {
        return directory;
    }

    UUID id() {
        return id;
    }

    @Override
    public Object server() {
        return id;
    }

    @Override
    public String name() {
        return "manager '%s'".formatted(address());
    }

    /// Ends all sessions; clients get the end of their connections.
    @Override
    public void close() {
        closed = true;
        Closing closing = new Closing();
        closing.then(listener);
        sessions.values().forEach(session -> closing.then(() -> session.end(true)));
        closing.then(objectsByName);
        closing.end();
    }
}
