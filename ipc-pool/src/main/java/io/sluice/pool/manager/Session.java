package io.sluice.pool.manager;

import io.sluice.core.codec.CodecException;
import io.sluice.core.error.SluiceException;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.object.KeptObjects;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What this process has with one server: one transport, and one [Remote] for each object that it has a proxy of.
///
/// - **Threads:** any.
/// - **Lifetime:** until the last [Manager] of this process that uses it is closed, the server ends, or the process
///   does. Proxies that came with a task have no manager here, and keep it open.
/*
 * References are counted by receipts. The server counts how often it has sent an object to this session, this side how
 * often it has received it. When the last proxy of an object is unreachable, this side tells its count, and the server
 * subtracts it: if the object was sent once more meanwhile, the rest stays above zero. A message that was sent and not
 * read leaves a count until the session ends.
 */
final class Session implements Link, References {
    /// Sessions of this process, by server.
    private static final Map<UUID, Session> OPEN = new ConcurrentHashMap<>();
    private static final Cleaner CLEANER = Cleaner.create();

    private final UUID server;
    private final Address address;
    private final AuthKey key;
    private final ConnectionOptions options;
    private final Transport transport;
    private final Wire wire;
    private final Directory directory;
    private final Map<Long, Held> held = new ConcurrentHashMap<>();
    private final AtomicLong calls = new AtomicLong();
    private int managers;                    // changed in compute() of this session's entry in OPEN only
    private volatile ManagerEndedException end;
    private volatile Boolean onThisHost;     // null until the server was asked

    /// A proxy of this process, and how often its object was received.
    private static final class Held extends WeakReference<Remote> {
        private final long id;
        private long received;               // changed in compute() of its entry only

        Held(Remote remote, long id) {
            super(remote);
            this.id = id;
        }
    }

    private Session(Address address, AuthKey key, ConnectionOptions options, UUID server, Transport transport) {
        this.server = server;
        this.address = address;
        this.key = key;
        this.options = options;
        this.transport = transport;
        this.wire = new Wire(options.allowed());
        this.directory = root().as(Directory.class);
    }

    /// Connects to a server, or joins the session that this process has with it.
    ///
    /// @param counted whether a [Manager] will close it
    /// @throws IOException see [io.sluice.pool.connection.Client]
    /// @throws InterruptedException if interrupted before or while waiting
    static Session connect(Address address, AuthKey key, ConnectionOptions options, boolean counted)
            throws IOException, InterruptedException {
        Transport transport = new Transport(address, key, options);
        Session made = new Session(address, key, options, transport.server(), transport);
        Session used = OPEN.compute(transport.server(), (_, present) -> {
            Session chosen = present != null && present.end == null ? present : made;
            chosen.managers += counted ? 1 : 0;
            return chosen;
        });
        if (used.equals(made)) {
            Transport.start("sluice-manager-lifeline", made::watch);
        } else {
            transport.close();
        }
        return used;
    }

    /// The session for a proxy that has arrived outside of an answer.
    static Session of(RemoteForm form) {
        Session present = OPEN.get(form.server());
        if (present != null) {
            return present;
        }
        String name = name(form.address());
        if (form.way() == null) {
            throw new SluiceException(("%s: this process is not connected to it, and a proxy has its key with it in"
                    + " tasks only; call Manager.connect(address, key) before a proxy is received").formatted(name));
        }
        try {
            Session session = connect(form.address(), form.way().key(), form.way().options(), false);
            if (!session.server.equals(form.server())) {
                throw new ManagerEndedException(("%s: the server of this proxy has ended, and another one has its"
                        + " address").formatted(name), null);
            }
            return session;
        } catch (IOException e) {
            throw new ManagerEndedException("%s: cannot be reached (%s)".formatted(name, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ManagerEndedException(name + ": interrupted while connecting", e);
        }
    }

    private static String name(Address address) {
        return "manager '%s'".formatted(address);
    }

    private void watch() {
        IOException why = transport.awaitEnd();
        end(new ManagerEndedException(why == null
                ? "%s: this process has closed it".formatted(name())
                : "%s: its server has ended; start another one".formatted(name()), why));
    }

    private void end(ManagerEndedException how) {
        synchronized (calls) {
            if (end != null) {
                return;
            }
            end = how;
        }
        var _ = OPEN.remove(server, this);
        transport.close();
    }

    /// Leaves the server, if no other manager of this process uses it.
    void leave() {
        boolean[] last = new boolean[1];
        var _ = OPEN.computeIfPresent(server, (_, present) -> {
            if (!present.equals(this)) {
                return present;
            }
            managers--;
            last[0] = managers <= 0;
            return last[0] ? null : this;
        });
        if (last[0]) {
            end(new ManagerEndedException("%s: this process has closed it".formatted(name()), null));
        }
    }

    Directory directory() {
        return directory;
    }

    /// The proxy of the server's directory.
    Remote root() {
        return new Remote(this, Directory.ID, null);
    }

    /// This session, for one more manager.
    Session retained() {
        var _ = OPEN.computeIfPresent(server, (_, present) -> {
            managers += present.equals(this) ? 1 : 0;
            return present;
        });
        return this;
    }

    /// Whether objects of the server's space are opened in this process: it can be done, and is not switched off. The
    /// server is asked once.
    ///
    /// @param wanted those of the manager, or of the session for a handle that has arrived
    boolean sharesMemory(ConnectionOptions wanted) {
        if (!wanted.sharedMemory()) {
            return false;
        }
        Boolean known = onThisHost;
        if (known == null) {
            String here = Linux.bootId();
            known = address instanceof Address.Unix || (!here.isEmpty() && here.equals(directory.host()));
            onThisHost = known;
        }
        return known;
    }

    ConnectionOptions options() {
        return options;
    }

    Address address() {
        return address;
    }

    AuthKey key() {
        return key;
    }

    /// A proxy of an object by its number.
    Remote attach(long id) {
        if (id == Directory.ID) {
            return root();
        }
        Held present = held.get(id);
        Remote live = present == null ? null : present.get();
        return live != null ? live : directory.attach(id);
    }

    @Override
    public Object call(Remote target, Method method, Object[] arguments) throws Throwable {
        boolean interruptible = Contract.isInterruptible(method);
        checkOpen();
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException("%s: interrupted before the call".formatted(name()));
        }
        long number = interruptible ? calls.incrementAndGet() : 0;
        byte[] answer;
        try {
            answer = exchange(ScopedValue.where(CURRENT, this)
                    .call(() -> wire.call(number, target.id(), Contract.number(method), arguments)), number);
        } finally {
            Reference.reachabilityFence(target);         // the server needs them until it has answered
            Reference.reachabilityFence(arguments);
        }
        try {
            return ScopedValue.where(CURRENT, this).call(() -> wire.outcome(answer));
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException) {
                Thread.interrupted();        // it is answered by the exception
            }
            failure.setStackTrace(new Throwable().getStackTrace());       // its own is in the remote trace
            throw failure;
        }
    }

    private byte[] exchange(byte[] call, long number) throws InterruptedException {
        Cancellation cancellation = number == 0 ? null : new Cancellation(transport, number);
        try {
            return transport.call(call, cancellation);
        } catch (EOFException e) {
            end(new ManagerEndedException("%s: its server has ended; start another one".formatted(name()), e));
            throw ended();
        } catch (IOException e) {
            checkOpen();
            throw new SluiceException("%s: a call did not come through, and may have been done: %s".formatted(
                    name(), e.getMessage()), e);
        } finally {
            if (cancellation != null && cancellation.sent) {
                transport.tell(new Note(Note.FORGET, number, 0).bytes());
            }
        }
    }

    /// Asks the server to end a call.
    private static final class Cancellation implements Runnable {
        private final Transport transport;
        private final long number;
        private boolean sent;

        Cancellation(Transport transport, long number) {
            this.transport = transport;
            this.number = number;
        }

        @Override
        public void run() {
            sent = true;
            transport.tell(new Note(Note.CANCEL, number, 0).bytes());
        }
    }

    private void checkOpen() {
        if (end != null) {
            throw ended();
        }
    }

    /// A new exception each time: its stack is that of the caller.
    private ManagerEndedException ended() {
        return new ManagerEndedException(end.getMessage(), end.getCause());
    }

    @Override
    public boolean travels(Object function) {
        if (!(function instanceof Serializable)) {
            return false;
        }
        try {
            var _ = ScopedValue.where(CURRENT, this).call(() -> wire.encode(function));
            return true;
        } catch (CodecException e) {
            return false;
        }
    }

    @Override
    public Chunk pack(Iterator<?> elements) {
        return ScopedValue.where(CURRENT, this).call(() -> wire.pack(elements));
    }

    @Override
    public Chunk packAll(List<?> elements) {
        return ScopedValue.where(CURRENT, this).call(() -> wire.packAll(elements));
    }

    @Override
    public List<Object> unpack(Chunk chunk) {
        return ScopedValue.where(CURRENT, this).call(() -> wire.unpack(chunk));
    }

    @Override
    public RemoteForm form(Remote remote) {
        boolean kept = KeptObjects.isCollecting();
        if (kept) {
            KeptObjects.whenReceived(remote::keep);
        }
        return new RemoteForm(server, address, remote.id(), kept ? new RemoteForm.Way(key, options) : null);
    }

    @Override
    public Object server() {
        return server;
    }

    @Override
    public String name() {
        return name(address);
    }

    @Override
    public void written(Exported object) {
        // An object of a server in this process, sent to another server: by its names.
    }

    @Override
    public Remote read(RemoteForm form) {
        return form.server().equals(server) && form.object() != Directory.ID ? received(form.object()) : null;
    }

    private Remote received(long id) {
        Remote[] found = new Remote[1];
        var _ = held.compute(id, (_, present) -> {
            Remote live = present == null ? null : present.get();
            Held now = present;
            if (live == null) {
                live = new Remote(this, id, null);
                Held made = new Held(live, id);
                CLEANER.register(live, () -> release(made));
                now = made;
            }
            now.received++;
            found[0] = live;
            return now;
        });
        return found[0];
    }

    private void release(Held unreachable) {
        var _ = held.computeIfPresent(unreachable.id, (_, present) -> present.equals(unreachable) ? null : present);
        transport.tell(new Note(Note.RELEASE, unreachable.id, unreachable.received).bytes());
    }
}
