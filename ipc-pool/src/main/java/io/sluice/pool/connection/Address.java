package io.sluice.pool.connection;

import io.sluice.shm.linux.RandomId;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a listener listens: `unix:/path` or `tcp://host:port`.
///
/// - **Threads:** any; an address does not change.
/// - **Travel:** an address is `Serializable`.
public sealed interface Address extends Serializable {
    /// A Unix-domain socket. Only processes of the same user and host reach it.
    ///
    /// @param path absolute path of the socket file, at most 107 bytes; its directory must belong to this user and have
    ///     mode 0700, and is made if only its last part is missing
    record Unix(String path) implements Address {
        private static final int MOST_BYTES = 107;

        /// Checks the path.
        ///
        /// @throws IllegalArgumentException if it is not absolute, or too long for a socket
        public Unix {
            if (!Path.of(path).isAbsolute() || path.endsWith("/") || path.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        "address 'unix:%s': expected the absolute path of a file, such as unix:/run/app/socket"
                                .formatted(path));
            }
            int bytes = path.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MOST_BYTES) {
                throw new IllegalArgumentException(
                        "address 'unix:%s': expected at most %d bytes, found %d; choose a shorter directory"
                                .formatted(path, MOST_BYTES, bytes));
            }
        }

        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /// A TCP port.
    ///
    /// @param host name or address of the host, without brackets. A listener on `127.0.0.1` is reached from its host
    ///     only, one on `0.0.0.0` from all
    /// @param port 1 to 65,535; 0 lets the system choose, and [Listener#address()] tells the choice
    record Tcp(String host, int port) implements Address {
        private static final int MOST = 65_535;
        private static final Pattern TEXT =
                Pattern.compile("tcp://(?:\\[([0-9A-Fa-f:.%\\w]+)]|([^:/\\[\\]]+)):([0-9]{1,5})");

        /// Checks the parts.
        ///
        /// @throws IllegalArgumentException if the host is empty or the port out of its range
        public Tcp {
            if (host.isEmpty() || port < 0 || port > MOST) {
                throw new IllegalArgumentException(
                        "address 'tcp://%s:%d': expected a host and a port from 0 to %d".formatted(host, port, MOST));
            }
        }

        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "tcp://[%s]:%s" : "tcp://%s:%s").formatted(host, port);
        }
    }

    /// A new path, in a directory of this user below the one for temporary files.
    ///
    /// @return an address that no other listener has
    static Address unix() {
        return unix(SocketFile.usualDirectory().resolve(RandomId.next().toString()));
    }

    /// A Unix-domain socket.
    ///
    /// @param path of the socket file; made absolute
    /// @return the address
    /// @throws IllegalArgumentException if the path is too long for a socket
    static Address unix(Path path) {
        return new Unix(path.toAbsolutePath().normalize().toString());
    }

    /// A TCP port.
    ///
    /// @param host name or address of the host
    /// @param port 1 to 65,535; 0 lets the system choose
    /// @return the address
    /// @throws IllegalArgumentException if the host is empty or the port out of its range
    static Address tcp(String host, int port) {
        return new Tcp(host, port);
    }

    /// Reads what [Object#toString()] of an address has written.
    ///
    /// @param text `unix:/path`, `tcp://host:port` or `tcp://[IPv6 address]:port`
    /// @return the address
    /// @throws IllegalArgumentException if the text is neither
    static Address parse(String text) {
        Objects.requireNonNull(text, "text");
        if (text.startsWith("unix:")) {
            return new Unix(text.substring("unix:".length()));
        }
        Matcher matcher = Tcp.TEXT.matcher(text);
        if (matcher.matches()) {
            String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            return new Tcp(host, Integer.parseInt(matcher.group(3)));
        }
        throw new IllegalArgumentException(
                "address '%s': expected unix:/path, tcp://host:port or tcp://[IPv6 address]:port".formatted(text));
    }
}
