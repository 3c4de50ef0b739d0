package io.sluice.pool.connection;

import io.sluice.shm.linux.FileCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/// Sockets of the JDK for addresses, and what this package sets on them.
final class Sockets {
    /// A host that vanished is noticed after about a minute of silence.
    private static final int KEEP_ALIVE_IDLE_SECONDS = 30;
    private static final int KEEP_ALIVE_INTERVAL_SECONDS = 10;
    private static final int KEEP_ALIVE_PROBES = 3;

    private static volatile UserPrincipal thisUser;

    private Sockets() {}

    static SocketAddress of(Address address) throws UnknownHostException {
        return switch (address) {
            case Address.Unix(String path) -> UnixDomainSocketAddress.of(path);
            case Address.Tcp(String host, int port) -> {
                InetSocketAddress resolved = new InetSocketAddress(host, port);
                if (resolved.isUnresolved()) {
                    throw new UnknownHostException(
                            "address '%s': expected a known host, found no address for '%s'".formatted(address, host));
                }
                yield resolved;
            }
        };
    }

    static SocketChannel openClient(Address address) throws IOException {
        return switch (address) {
            case Address.Unix ignored -> SocketChannel.open(StandardProtocolFamily.UNIX);
            case Address.Tcp ignored -> SocketChannel.open();        // of the families that the host has
        };
    }

    static ServerSocketChannel openServer(Address address) throws IOException {
        return switch (address) {
            case Address.Unix ignored -> ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            case Address.Tcp ignored -> ServerSocketChannel.open();
        };
    }

    /// Sets the options of a connected socket; of a Unix-domain one, checks its user.
    ///
    /// @param name of the side that does it, for messages
    /// @throws AuthenticationException if the process at the other side belongs to another user
    static void prepare(String name, Address address, SocketChannel channel) throws IOException {
        switch (address) {
            case Address.Unix ignored -> checkUser(name, channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
            case Address.Tcp ignored -> {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_IDLE_SECONDS);
                channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_INTERVAL_SECONDS);
                channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_PROBES);
            }
        }
    }

    /// Refuses a user that is not this one.
    static void checkUser(String name, UserPrincipal found) throws IOException {
        UserPrincipal expected = thisUser();
        if (!found.equals(expected)) {
            throw new AuthenticationException(("%s: expected a process of user %s at the other side, found one of user"
                    + " %s; run both as the same user, or use TCP").formatted(name, expected.getName(),
                    found.getName()));
        }
    }

    private static UserPrincipal thisUser() throws IOException {
        UserPrincipal user = thisUser;
        if (user == null) {
            // By its number: a user need not have a name. Kept, since a look-up may ask another host.
            user = FileSystems.getDefault().getUserPrincipalLookupService()
                    .lookupPrincipalByName(Integer.toString(FileCalls.user()));
            thisUser = user;
        }
        return user;
    }
}
