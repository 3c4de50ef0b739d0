package io.sluice.pool.connection;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.MismatchException;
import io.sluice.core.owner.Closing;
import io.sluice.pool.codec.ValuesCodec;
import io.sluice.shm.pipe.Connection;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Connects to a [Listener], here or on another host.
///
/// ```java
/// try (var connection = Client.connect(Address.parse("unix:/run/user/1000/app/socket"), key)) {
///     connection.send("hello");
///     System.out.println(connection.receive());
/// }
/// ```
///
/// - **Threads:** any.
/// - **Blocking:** until the listener has proved that it has the key and has admitted the client, or the time of the
///   options is over. It does not wait until the listener's program accepts.
/// - **Shared memory:** if the listener is a process of this user and host, the connection goes there before its first
///   message; see [ConnectionOptions#withSharedMemory].
/// - **Interrupts:** end the wait; no connection was made.
/// - **Errors:** of all methods:
///     - `ConnectException`: no listener is there, it ended the connection, or has as many connections as it may have;
///     - [AuthenticationException]: one side has another key; over a Unix-domain socket, the listener belongs to
///       another user;
///     - `ProtocolException`: what is there is no listener of this protocol, or of another version;
///     - [MismatchException]: the listener has another codec;
///     - `SocketTimeoutException`: the listener did not answer in time;
///     - `SSLException`: the session of TLS failed.
public final class Client {
    private Client() {}

    /// Connects, for objects of any class that may travel in tasks of a pool.
    ///
    /// @param address of the listener
    /// @param key that of the listener
    /// @return the connection
    /// @throws IOException see the class
    /// @throws InterruptedException if interrupted before or while waiting
    public static Connection<Object> connect(Address address, AuthKey key)
            throws IOException, InterruptedException {
        return connect(address, key, ConnectionOptions.defaults());
    }

    /// Connects, for objects of any class that may travel in tasks of a pool.
    ///
    /// @param address of the listener
    /// @param key that of the listener
    /// @param options limits and TLS
    /// @return the connection
    /// @throws IOException see the class
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalArgumentException if the options have TLS, and the address is not that of a TCP port
    public static Connection<Object> connect(Address address, AuthKey key, ConnectionOptions options)
            throws IOException, InterruptedException {
        return connect(address, key, new ValuesCodec(options.allowed()), options);
    }

    /// Connects, for objects of one type.
    ///
    /// @param address of the listener
    /// @param key that of the listener
    /// @param codec that of the listener
    /// @param <E> type of the objects
    /// @return the connection
    /// @throws IOException see the class
    /// @throws InterruptedException if interrupted before or while waiting
    public static <E> Connection<E> connect(Address address, AuthKey key, Codec<E> codec)
            throws IOException, InterruptedException {
        return connect(address, key, codec, ConnectionOptions.defaults());
    }

    /// Connects, for objects of one type.
    ///
    /// @param address of the listener
    /// @param key that of the listener
    /// @param codec that of the listener
    /// @param options limits and TLS
    /// @param <E> type of the objects
    /// @return the connection
    /// @throws IOException see the class
    /// @throws InterruptedException if interrupted before or while waiting
    /// @throws IllegalArgumentException if the options have TLS, and the address is not that of a TCP port
    public static <E> Connection<E> connect(
            Address address, AuthKey key, Codec<E> codec, ConnectionOptions options)
            throws IOException, InterruptedException {
        Listener.checkTls(address, options);
        String name = "client of '%s'".formatted(address);
        long deadline = Handshake.deadline(options);
        SocketChannel channel = open(name, address, options);
        SocketStream stream = null;
        Passage<E> passage = new Passage<>(address.toString(), codec, options);
        boolean made = false;
        try {
            try {
                Sockets.prepare(name, address, channel);
                stream = address instanceof Address.Tcp tcp && options.tls() != null
                        ? TlsStream.ofClient(channel, options.tls(), tcp) : new SocketStream(channel);
                stream.begin(deadline);
            } catch (IOException e) {
                throw Handshake.named(name, e);
            }
            Handshake handshake = new Handshake(name, stream, key, deadline, passage);
            handshake.connect(codec.identity());
            Connection<E> connection = passage.connection(address, stream, handshake, () -> {});
            made = true;
            return connection;
        } finally {
            if (!made) {
                new Closing().then(passage).then(stream != null ? stream : channel).end();
            }
        }
    }

    /// A blocking connect, which a timer ends by closing the channel: on Linux a connect that does not block cannot
    /// tell a full backlog of a Unix-domain socket from success.
    private static SocketChannel open(String name, Address address, ConnectionOptions options)
            throws IOException, InterruptedException {
        SocketAddress target = Sockets.of(address);
        SocketChannel channel = Sockets.openClient(address);
        AtomicBoolean over = new AtomicBoolean();
        Thread timer = Thread.ofVirtual().name("sluice-connect-timer").inheritInheritableThreadLocals(false)
                .start(() -> closeAfter(options.authenticationTimeout(), over, channel));
        boolean connected = false;
        try {
            channel.connect(target);
            connected = over.compareAndSet(false, true);
            if (!connected) {
                throw late(name, null);
            }
            return channel;
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(name + ": interrupted").initCause(e);
        } catch (AsynchronousCloseException e) {
            throw late(name, e);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw (ConnectException) new ConnectException(
                    "%s: expected a listener, found none (%s); start it first, or check the address".formatted(
                            name, e.getMessage())).initCause(e);
        } finally {
            timer.interrupt();
            if (!connected) {
                channel.close();
            }
        }
    }

    private static SocketTimeoutException late(String name, Throwable cause) {
        SocketTimeoutException exception = new SocketTimeoutException(name + ": the listener did not accept in time;"
                + " see whether its process is stopped, or raise authenticationTimeout");
        exception.initCause(cause);
        return exception;
    }

    private static void closeAfter(Duration timeout, AtomicBoolean over, SocketChannel channel) {
        try {
            Thread.sleep(timeout);
            if (over.compareAndSet(false, true)) {
                channel.close();
            }
        } catch (InterruptedException connected) {
            // In time.
        } catch (IOException e) {
            // The connect ends all the same.
        }
    }
}
