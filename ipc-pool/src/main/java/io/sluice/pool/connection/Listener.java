package io.sluice.pool.connection;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.SluiceException;
import io.sluice.core.idle.Waitable;
import io.sluice.core.owner.Closing;
import io.sluice.core.park.Waiter;
import io.sluice.pool.codec.ValuesCodec;
import io.sluice.pool.submission.MustRun;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.pipe.Connection;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// Waits for clients that have its key, at a Unix-domain socket or a TCP port.
///
/// ```java
/// AuthKey key = AuthKey.fromFile(Path.of("/etc/app/key"));
/// try (var listener = Listener.open(Address.unix(Path.of("/run/user/1000/app/socket")), key);
///         var connection = listener.accept()) {
///     connection.send("hello, " + connection.receive());
/// }
/// ```
///
/// - **Clients:** each is authenticated in a virtual thread of its own, at most 128 at the same time; if more come, the
///   one that has not managed for the longest time is refused. So a client that is slow, or sends other bytes, keeps
///   no other out. [#accept()] returns connections whose client has proved that it has the key, in the order in which
///   they did: a client whose connect has returned comes before one that connects later. The proof is mutual, by
///   HMAC-SHA-256 over random numbers of both sides.
/// - **Refusals:** of clients with another key, codec, protocol or user, too slow ones, and those beyond the limit, are
///   counted ([#refused()]), and logged under `io.sluice.pool.connection`, one line a second at most.
/// - **Unix-domain sockets:** the file has mode 0600 in a directory of mode 0700, and only processes of this user are
///   served. [#close()] removes the file, and so does the end of the JVM by return, `System.exit` or SIGTERM. A file
///   that a killed listener has left is replaced by the next one; a lock file beside it tells.
/// - **TCP:** a connection is neither encrypted nor protected against changes on the way, unless the options have TLS.
///   On the loopback address every user of the host can connect, and needs the key.
/// - **Shared memory:** a connection with a process of this user and host goes there before its first message, if both
///   sides let it and can; see [ConnectionOptions#withSharedMemory]. `Connection.transport()` says which way it goes.
/// - **Threads:** any; of several that accept, each connection goes to one.
/// - **Close:** ends the waits of [#accept()] with [ClosedException]. Connections that were accepted go on, others are
///   closed.
/// - **Death of this process:** clients see the end of their connections as that of a peer that died.
///
/// @param <E> type of the objects that travel
public final class Listener<E> implements Waitable, AutoCloseable {
    private static final BiConsumer<ServerSocketChannel, SocketFile> CLOSE_ALL = Listener::closeAll;
    private static final int BACKLOG = 1024;
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Address address;
    private final AuthKey key;
    private final Codec<E> codec;
    private final ConnectionOptions options;
    private final ServerSocketChannel server;
    /// Null for TCP.
    private final SocketFile file;
    private final PeerLimits limits;
    private final Refusals refusals = new Refusals();
    private final Thread hook = new Thread(this::close, "sluice-listener-close");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// For those that take none: a signal to one of them must not be missed by a thread that accepts.
    private final Condition looked = lock.newCondition();
    /// Authenticated, and not accepted yet; guarded by the lock, as is `closed`.
    private final ArrayDeque<Connection<E>> ready = new ArrayDeque<>();
    private boolean closed;
    private volatile Thread acceptor;

    private Listener(Address address, AuthKey key, Codec<E> codec, ConnectionOptions options,
            ServerSocketChannel server, SocketFile file) {
        this.address = address;
        this.key = key;
        this.codec = codec;
        this.options = options;
        this.server = server;
        this.file = file;
        this.limits = new PeerLimits(options.maxConnections());
    }

    /// Opens a listener for objects of any class that may travel in tasks of a pool.
    ///
    /// @param address where; [Address#unix()] makes one
    /// @param key that clients must have
    /// @return the listener, which clients can connect to at once
    /// @throws BindException if a live listener has the address, or it is not one of this host
    /// @throws IOException if the system refuses
    /// @throws UnsafeLocationException if the directory of the socket file is not private to this user
    public static Listener<Object> open(Address address, AuthKey key) throws IOException {
        return open(address, key, ConnectionOptions.defaults());
    }

    /// Opens a listener for objects of any class that may travel in tasks of a pool.
    ///
    /// @param address where; [Address#unix()] makes one
    /// @param key that clients must have
    /// @param options limits and TLS
    /// @return the listener, which clients can connect to at once
    /// @throws BindException if a live listener has the address, or it is not one of this host
    /// @throws IOException if the system refuses
    /// @throws UnsafeLocationException if the directory of the socket file is not private to this user
    /// @throws IllegalArgumentException if the options have TLS, and the address is not that of a TCP port
    public static Listener<Object> open(Address address, AuthKey key, ConnectionOptions options) throws IOException {
        return open(address, key, new ValuesCodec(options.allowed()), options);
    }

    /// Opens a listener for objects of one type.
    ///
    /// @param address where; [Address#unix()] makes one
    /// @param key that clients must have
    /// @param codec that clients must have too
    /// @param <E> type of the objects
    /// @return the listener, which clients can connect to at once
    /// @throws BindException if a live listener has the address, or it is not one of this host
    /// @throws IOException if the system refuses
    /// @throws UnsafeLocationException if the directory of the socket file is not private to this user
    public static <E> Listener<E> open(Address address, AuthKey key, Codec<E> codec) throws IOException {
        return open(address, key, codec, ConnectionOptions.defaults());
    }

    /// Opens a listener for objects of one type.
    ///
    /// @param address where; [Address#unix()] makes one
    /// @param key that clients must have
    /// @param codec that clients must have too
    /// @param options limits and TLS
    /// @param <E> type of the objects
    /// @return the listener, which clients can connect to at once
    /// @throws BindException if a live listener has the address, or it is not one of this host
    /// @throws IOException if the system refuses
    /// @throws UnsafeLocationException if the directory of the socket file is not private to this user
    /// @throws IllegalArgumentException if the options have TLS, and the address is not that of a TCP port
    public static <E> Listener<E> open(Address address, AuthKey key, Codec<E> codec, ConnectionOptions options)
            throws IOException {
        checkTls(address, options);
        SocketFile file = address instanceof Address.Unix unix ? SocketFile.reserve(unix) : null;
        ServerSocketChannel server = null;
        Listener<E> listener = null;
        boolean opened = false;
        try {
            server = Sockets.openServer(address);
            Address bound = bind(server, address, file);
            listener = new Listener<>(bound, key, codec, options, server, file);
            Runtime.getRuntime().addShutdownHook(listener.hook);
            listener.acceptor = start("sluice-listener", listener::acceptPeers);
            opened = true;
            return listener;
        } finally {
            if (!opened) {
                if (listener != null) {
                    listener.removeHook();
                }
                MustRun.repeat(CLOSE_ALL, server, file);
            }
        }
    }

    static void checkTls(Address address, ConnectionOptions options) {
        if (options.tls() != null && !(address instanceof Address.Tcp)) {
            throw new IllegalArgumentException(("address '%s': TLS is for TCP; a Unix-domain socket never leaves the"
                    + " host, so leave TLS out of its options").formatted(address));
        }
    }

    private static Address bind(ServerSocketChannel server, Address address, SocketFile file) throws IOException {
        try {
            server.bind(Sockets.of(address), BACKLOG);
        } catch (BindException e) {
            throw (BindException) new BindException(
                    "listener '%s': expected a free address of this host, found another one (%s); choose another port"
                            .formatted(address, e.getMessage())).initCause(e);
        }
        return switch (address) {
            case Address.Unix(String path) -> {
                file.made();
                Files.setPosixFilePermissions(Path.of(path), PosixFilePermissions.fromString("rw-------"));
                yield address;
            }
            case Address.Tcp(String host, int _) ->
                Address.tcp(host, ((InetSocketAddress) server.getLocalAddress()).getPort());
        };
    }

    private static void closeAll(ServerSocketChannel server, SocketFile file) {
        Closing closing = new Closing();
        if (server != null) {
            closing.then(server);
        }
        if (file != null) {
            closing.then(file);
        }
        closing.end();
    }

    private static Thread start(String name, Runnable work) {
        return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).start(work);
    }

    private void acceptPeers() {
        while (true) {
            try {
                begin(server.accept());
            } catch (ClosedChannelException closedHere) {
                return;
            } catch (OutOfMemoryError noMemory) {
                notAccepted(noMemory);
                MustRun.pause();
            } catch (IOException | RuntimeException | Error e) {
                notAccepted(e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /// Authenticates a client in a thread of its own; closes its channel if there is no memory for one.
    private void begin(SocketChannel channel) throws IOException {
        boolean begun = false;
        try {
            var _ = start("sluice-authentication", () -> authenticate(channel));
            begun = true;
        } finally {
            if (!begun) {
                channel.close();
            }
        }
    }

    /// As when no descriptor or no memory is left: the peers that hold some go first.
    private void notAccepted(Throwable failure) {
        try {
            giveUp(limits.giveUpOldest());
            refusals.add("%s: could not accept a client: %s".formatted(this, failure));
        } catch (RuntimeException | Error noMemory) {
            // The listener goes on, also without the report.
        }
    }

    private static void giveUp(SocketStream peer) {
        if (peer != null) {
            peer.close();
        }
    }

    private void authenticate(SocketChannel channel) {
        try {
            SocketStream stream = stream(channel);
            AtomicBoolean handed = new AtomicBoolean();
            try {
                giveUp(limits.begin(stream));
                authenticate(stream, handed);
            } finally {
                if (!handed.get()) {         // otherwise it belongs to the connection
                    limits.leave(stream);
                    stream.close();
                }
            }
        } catch (ClosedChannelException givenUp) {
            refusals.add(("%s: gave up a client that had not authenticated, since more than %s others were about to, or"
                    + " the listener was closed").formatted(this, PeerLimits.MOST_PENDING));
        } catch (IOException | SluiceException e) {
            String why = String.valueOf(e.getMessage());
            refusals.add(why.startsWith(toString()) ? why : "%s: refused a client: %s".formatted(this, e));
        } catch (RuntimeException | Error | InterruptedException e) {
            refusals.add("%s: could not authenticate a client: %s".formatted(this, e));
        }
    }

    private SocketStream stream(SocketChannel channel) throws IOException {
        boolean made = false;
        try {
            SocketStream stream = options.tls() == null
                    ? new SocketStream(channel) : TlsStream.ofListener(channel, options.tls());
            made = true;
            return stream;
        } finally {
            if (!made) {
                channel.close();
            }
        }
    }

    private void authenticate(SocketStream stream, AtomicBoolean handed) throws IOException, InterruptedException {
        long deadline = Handshake.deadline(options);
        Sockets.prepare(toString(), address, stream.channel());
        stream.begin(deadline);
        Passage<E> passage = new Passage<>(address.toString(), codec, options);
        Handshake handshake = new Handshake(toString(), stream, key, deadline, passage);
        try {
            handshake.listen(codec.identity(), () -> {
                if (!limits.admit(stream)) {
                    return "the listener has as many connections as its options allow (maxConnections)";
                }
                if (!hand(passage.connection(address, stream, handshake, () -> limits.leave(stream)))) {
                    return "the listener was closed";
                }
                handed.set(true);
                return null;
            });
        } finally {
            if (!handed.get()) {
                passage.close();
            }
        }
    }

    /// Gives a connection to [#accept()]. @return false if the listener was closed
    private boolean hand(Connection<E> connection) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            ready.add(connection);
            changed.signal();
            looked.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the next client that has authenticated.
    ///
    /// @return its connection; the caller closes it
    /// @throws ClosedException if the listener was closed, before or while waiting
    /// @throws InterruptedException if interrupted before or while waiting
    public Connection<E> accept() throws InterruptedException {
        return accept(Waiter.FOREVER);
    }

    /// Waits for the next client that has authenticated.
    ///
    /// @param timeout longest wait; zero or less looks once
    /// @param unit of the time-out
    /// @return its connection, or null if none came in time; the caller closes it
    /// @throws ClosedException if the listener was closed, before or while waiting
    /// @throws InterruptedException if interrupted before or while waiting
    public Connection<E> accept(long timeout, TimeUnit unit) throws InterruptedException {
        return accept(Waiter.deadline(unit.toNanos(timeout)));
    }

    private Connection<E> accept(long deadline) throws InterruptedException {
        Waiter.checkInterrupt();
        lock.lockInterruptibly();
        try {
            while (true) {
                if (closed) {
                    throw new ClosedException("%s: it was closed".formatted(this));
                }
                Connection<E> next = ready.poll();
                if (next != null) {
                    return next;
                }
                if (deadline == Waiter.FOREVER) {
                    changed.await();
                } else if (changed.awaitNanos(deadline - System.nanoTime()) <= 0 && ready.isEmpty()) {
                    return null;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ready if a client waits for [#accept()], or the listener was closed.
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        Waiter.checkInterrupt();
        long deadline = Waiter.deadline(unit.toNanos(timeout));
        lock.lockInterruptibly();
        try {
            while (!closed && ready.isEmpty()) {
                if (deadline == Waiter.FOREVER) {
                    looked.await();
                } else if (looked.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    return closed || !ready.isEmpty();
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Where clients find it.
    ///
    /// @return the address; with the port that the system chose
    public Address address() {
        return address;
    }

    /// How many clients were refused so far.
    ///
    /// @return the number
    public long refused() {
        return refusals.count();
    }

    /// Closes the listener, frees its port, and removes its socket file. A second call does nothing.
    @Override
    public void close() {
        List<Connection<E>> unaccepted;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            unaccepted = new ArrayList<>(ready);         // without memory for it, a later call closes
            closed = true;
            ready.clear();
            changed.signalAll();
            looked.signalAll();
        } finally {
            lock.unlock();
        }
        Closing closing = new Closing();
        closing.then(() -> closeAll(server, file));
        closing.then(this::awaitAcceptor);
        limits.end().forEach(peer -> closing.then(peer));
        unaccepted.forEach(connection -> closing.then(connection));
        closing.then(this::removeHook);
        closing.end();
    }

    /// The JDK closes the socket when the thread that accepts has left it. Until then the port is taken, and the system
    /// completes the connects of clients.
    private void awaitAcceptor() {
        Thread accepting = acceptor;
        long deadline = System.nanoTime() + CLOSE_NANOS;
        boolean interrupted = false;
        while (accepting != null && accepting.isAlive() && deadline - System.nanoTime() > 0) {
            try {
                var _ = accepting.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeHook() {
        try {
            var _ = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The JVM ends, and this is the hook, or it will do nothing.
        }
    }

    /// The address, for display.
    @Override
    public String toString() {
        return "listener '%s'".formatted(address);
    }
}
