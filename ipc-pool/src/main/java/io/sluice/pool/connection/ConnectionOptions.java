package io.sluice.pool.connection;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;

/// Limits of a listener or a client, and how it protects and decodes what travels. The two sides need not agree on
/// them, but for TLS.
///
/// - **Threads:** any; options do not change.
///
/// @param maxFrameBytes longest message in bytes, 1 to 1,000,000,000: a longer one is not sent, and one that is
///     announced by the other side is refused before memory is allocated for it. That side gets the same answer as if
///     this one had closed
/// @param authenticationTimeout longest time in which the other side must have proved that it has the key; for a
///     client, it includes the time to connect
/// @param maxConnections how many connections a listener has open at most, those included that were not accepted yet;
///     clients beyond it are refused. A client ignores it
/// @param tls encrypts connections over TCP; null for none
/// @param sharedMemory whether a connection between two processes of one user and one host moves to shared memory; see
///     [#withSharedMemory]
/// @param allowed names of classes of the JDK that may travel besides values, where no codec is given; see
///     [#withAllowed]
public record ConnectionOptions(
        int maxFrameBytes, Duration authenticationTimeout, int maxConnections, SSLContext tls, boolean sharedMemory,
        List<String> allowed) {

    private static final int USUAL_FRAME_BYTES = 64 << 20;
    private static final int MOST_FRAME_BYTES = 1_000_000_000;
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);
    private static final int USUAL_CONNECTIONS = 1024;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public ConnectionOptions {
        if (maxFrameBytes < 1 || maxFrameBytes > MOST_FRAME_BYTES) {
            throw new IllegalArgumentException("maxFrameBytes: expected 1 to %,d, found %,d; split larger messages"
                    .formatted(MOST_FRAME_BYTES, maxFrameBytes));
        }
        if (!authenticationTimeout.isPositive() || authenticationTimeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("authenticationTimeout: expected more than 0 and at most %s, found %s"
                    .formatted(LONGEST_TIMEOUT, authenticationTimeout));
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException(
                    "maxConnections: expected 1 or more, found %d".formatted(maxConnections));
        }
        allowed = List.copyOf(allowed);
    }

    /// Messages of up to 64 MiB, 10 seconds to authenticate, 1,024 connections, no TLS, shared memory where it is
    /// possible, values of the JDK and classes of the application.
    ///
    /// @return the options
    public static ConnectionOptions defaults() {
        return new ConnectionOptions(USUAL_FRAME_BYTES, USUAL_TIMEOUT, USUAL_CONNECTIONS, null, true, List.of());
    }

    /// The same with another limit of messages.
    ///
    /// @param bytes longest message
    /// @return the options
    public ConnectionOptions withMaxFrameBytes(int bytes) {
        return new ConnectionOptions(bytes, authenticationTimeout, maxConnections, tls, sharedMemory, allowed);
    }

    /// The same with another time to authenticate.
    ///
    /// @param timeout longest time
    /// @return the options
    public ConnectionOptions withAuthenticationTimeout(Duration timeout) {
        return new ConnectionOptions(maxFrameBytes, timeout, maxConnections, tls, sharedMemory, allowed);
    }

    /// The same with another limit of connections.
    ///
    /// @param connections how many a listener has open at most
    /// @return the options
    public ConnectionOptions withMaxConnections(int connections) {
        return new ConnectionOptions(
                maxFrameBytes, authenticationTimeout, connections, tls, sharedMemory, allowed);
    }

    /// The same with TLS. A listener's context has a key and its certificate. A client's context trusts that
    /// certificate, which must name the host of the address.
    ///
    /// @param context makes the engines of all connections
    /// @return the options
    public ConnectionOptions withTls(SSLContext context) {
        return new ConnectionOptions(maxFrameBytes, authenticationTimeout, maxConnections,
                Objects.requireNonNull(context, "context"), sharedMemory, allowed);
    }

    /// The same with, or without, shared memory. If both sides want it, the connection moves there before the first
    /// message, when they run on one host, as one user, and both reach the directory of the listener's spaces;
    /// otherwise it stays on the socket. It also stays if the limit of messages is below 16 bytes, or the memory,
    /// 128 KiB for each connection, cannot be had. In shared memory nothing is encrypted, with TLS neither: no other
    /// user can read it. `Connection.transport()` says which way a connection goes.
    ///
    /// @param moves whether connections may move
    /// @return the options
    public ConnectionOptions withSharedMemory(boolean moves) {
        return new ConnectionOptions(
                maxFrameBytes, authenticationTimeout, maxConnections, tls, moves, allowed);
    }

    /// The same with other classes of the JDK that may travel where no codec is given. Values, exceptions and classes
    /// of the application may without it.
    ///
    /// @param patterns names of single classes, such as `java.util.PriorityQueue`
    /// @return the options
    public ConnectionOptions withAllowed(String... patterns) {
        return new ConnectionOptions(
                maxFrameBytes, authenticationTimeout, maxConnections, tls, sharedMemory, List.of(patterns));
    }
}
