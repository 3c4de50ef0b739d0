package io.sluice.bench.link;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The port of the loopback interface at which the receiving process of a link listens; a file tells it to the other
/// one. The next port is free too.
final class UdpPort {
    private static final int TRIES = 1000;

    private UdpPort() {}

    /// Chooses a port, for the receiver.
    static int choose(Place place) {
        try {
            int port = free();
            Path file = file(place);
            Path written = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(written, Integer.toString(port));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            return port;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Waits for the choice of the receiver.
    static int await(Place place) {
        Path file = file(place);
        while (!Files.exists(file)) {
            Thread.onSpinWait();         // the coordinator notices if the receiver ends
        }
        try {
            return Integer.parseInt(Files.readString(file));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static Path file(Place place) {
        return place.directory().resolve(place.name() + ".udp-port");
    }

    private static int free() throws IOException {
        IOException last = null;
        for (int i = 0; i < TRIES; i++) {
            try (DatagramSocket first = bound(0); DatagramSocket _ = bound(first.getLocalPort() + 1)) {
                return first.getLocalPort();
            } catch (IOException taken) {
                last = taken;
            }
        }
        throw new IOException("no free port", last);
    }

    private static DatagramSocket bound(int port) throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
}
