package io.sluice.bench.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A socket: in the file system (`AF_UNIX`), or TCP over the loopback interface without Nagle's delay.
final class SocketLink extends StreamLink {
    private final boolean unix;
    private final Path file;
    private ServerSocketChannel server;

    private SocketLink(Place place, boolean unix) {
        this.unix = unix;
        this.file = place.directory().resolve(place.name() + (unix ? ".socket" : ".port"));
    }

    static SocketLink unix(Place place) {
        return new SocketLink(place, true);
    }

    static SocketLink tcp(Place place) {
        return new SocketLink(place, false);
    }

    @Override
    void bind() throws IOException {
        if (unix) {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(file));
        } else {
            server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Path written = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(written, Integer.toString(((InetSocketAddress) server.getLocalAddress()).getPort()));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Override
    WritableByteChannel connect() throws IOException {
        while (!Files.exists(file)) {
            Thread.onSpinWait();         // until the receiver has made it; the coordinator notices if that process ends
        }
        SocketAddress address = unix
                ? UnixDomainSocketAddress.of(file)
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(Files.readString(file)));
        SocketChannel channel = SocketChannel.open(address);
        if (!unix) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        return channel;
    }

    @Override
    ReadableByteChannel accept() throws IOException {
        SocketChannel channel = server.accept();
        channel.configureBlocking(Setting.PARK);
        return channel;
    }
}
