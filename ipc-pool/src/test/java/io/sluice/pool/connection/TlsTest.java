package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Connections over TLS, with a certificate that the JDK's tool makes for 127.0.0.1.
@Timeout(120)
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Address ANY = Address.tcp("127.0.0.1", 0);

    @TempDir
    static Path folder;
    private static ConnectionOptions tls;
    private static ConnectionOptions ofAnotherHost;

    private final Scene scene = new Scene();

    @BeforeAll
    static void makeCertificates() throws Exception {
        tls = ConnectionOptions.defaults().withTls(context("ip:127.0.0.1")).withSharedMemory(false);
        ofAnotherHost = ConnectionOptions.defaults().withTls(context("dns:example.org"));
    }

    private static SSLContext context(String name) throws Exception {
        Path store = folder.resolve(name.substring(0, 2) + ".p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "test", "-keyalg", "EC", "-dname", "CN=test", "-ext", "san=" + name,
                "-keystore", store.toString(), "-storepass", new String(PASSWORD)).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("test", keys.getCertificate("test"));
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        scene.close();
    }

    private Listener<String> listener(ConnectionOptions options) throws IOException {
        return scene.keep(Listener.open(ANY, scene.key, Codec.strings(), options));
    }

    @Test
    void messagesOfAllLengthsTravelBothWaysAtTheSameTime() throws Exception {
        var pair = scene.pair(listener(tls), tls);
        int[] lengths = {0, 1, 100, 16_000, 16_384, 17_000, 1_000_000};
        for (var connection : new Connection<?>[] {pair.client(), pair.server()}) {
            scene.run(() -> {
                for (int length : lengths) {
                    connection.sendBytes(new byte[length]);
                }
                return null;
            });
        }
        for (int length : lengths) {
            assertThat(pair.client().receiveBytes()).hasSize(length);
            assertThat(pair.server().receiveBytes()).hasSize(length);
        }
        pair.client().send("text");
        assertThat(pair.server().poll(1, TimeUnit.MINUTES)).isTrue();
        assertThat(pair.server().receive()).isEqualTo("text");
        assertThat(pair.server().poll(1, TimeUnit.MILLISECONDS)).isFalse();
    }

    /// Connects a client to what stands between it and the listener.
    private Scene.Running<Connection<String>> connectTo(ServerSocketChannel wire) throws IOException {
        int port = ((InetSocketAddress) wire.getLocalAddress()).getPort();
        return scene.run(() -> Client.connect(Address.tcp("127.0.0.1", port), scene.key, Codec.strings(), tls));
    }

    @Test
    void anEndInTheHandshakeNamesTheClient() throws Exception {
        try (var wire = ServerSocketChannel.open().bind(Sockets.of(ANY))) {
            var connecting = connectTo(wire);
            wire.accept().close();
            assertThat(connecting.failure()).isInstanceOf(ConnectException.class)
                    .hasMessageContaining("client of 'tcp://127.0.0.1:");
        }
    }

    @Test
    void whatTravelsIsEncrypted() throws Exception {
        Listener<String> listener = listener(tls);
        try (var wire = ServerSocketChannel.open().bind(Sockets.of(ANY))) {
            var connecting = connectTo(wire);
            try (var toClient = wire.accept(); var toListener = scene.raw(listener.address())) {
                var back = scene.run(() -> pass(toListener, toClient));
                var forth = scene.run(() -> pass(toClient, toListener));
                var client = scene.keep(connecting.get());
                client.send("a secret of the user");
                assertThat(scene.accept(listener).receive()).isEqualTo("a secret of the user");
                client.close();
                assertThat(forth.get()).doesNotContain("secret").doesNotContain("SLUICE").hasSizeGreaterThan(100);
                toListener.shutdownInput();         // ends the other direction
                assertThat(back.get()).doesNotContain("SLUICE");
            }
        }
    }

    private static String pass(java.nio.channels.SocketChannel from, java.nio.channels.SocketChannel to)
            throws IOException {
        StringBuilder all = new StringBuilder();
        var bytes = java.nio.ByteBuffer.allocate(10_000);
        try {
            while (from.read(bytes.clear()) >= 0) {
                byte[] part = Arrays.copyOf(bytes.array(), bytes.position());
                all.append(new String(part, StandardCharsets.ISO_8859_1));
                Scene.write(to, part);
            }
        } catch (IOException reset) {
            return all.toString();
        }
        return all.toString();
    }

    @Test
    void theEndOfTheOtherSideIsSeen() throws Exception {
        Listener<String> listener = listener(tls);
        var pair = scene.pair(listener, tls);
        pair.client().send("last");
        pair.client().close();
        assertThat(pair.server().receive()).isEqualTo("last");
        assertThatThrownBy(pair.server()::receive).isInstanceOf(EOFException.class)
                .isNotInstanceOf(PeerDiedException.class);
        var other = scene.pair(listener, tls);
        var receiving = scene.run(other.server()::receive);
        receiving.awaitBlocked();
        other.server().close();
        assertThat(receiving.failure()).isInstanceOf(ClosedException.class);
    }

    /// Its session goes on beside the messages: the listener sends tickets after the handshake.
    @Test
    void aConnectionOfOneHostMovesToSharedMemoryIfItMay() throws Exception {
        var pair = scene.pair(listener(tls), tls);
        assertThat(pair.client().transport()).isEqualTo(Connection.Transport.TLS);
        assertThat(pair.server().transport()).isEqualTo(Connection.Transport.TLS);
        ConnectionOptions moving = tls.withSharedMemory(true);
        var moved = scene.pair(listener(moving), moving);
        assertThat(moved.client().transport()).isEqualTo(Connection.Transport.SHARED_MEMORY);
        moved.client().send("text");
        assertThat(moved.server().receive()).isEqualTo("text");
        moved.server().close();
        assertThatThrownBy(moved.client()::receive).isInstanceOf(EOFException.class)
                .isNotInstanceOf(PeerDiedException.class);
    }

    @Test
    void anInterruptedReceiveLosesNothing() throws Exception {
        var pair = scene.pair(listener(tls), tls);
        var receiving = scene.run(pair.server()::receive);
        receiving.awaitBlocked();
        receiving.thread().interrupt();
        assertThat(receiving.failure()).isInstanceOf(InterruptedException.class);
        pair.client().send("later");
        assertThat(pair.server().receive()).isEqualTo("later");
    }

    @Test
    void aSideWithoutTlsIsRefused() throws Exception {
        ConnectionOptions quick = ConnectionOptions.defaults().withAuthenticationTimeout(Duration.ofMillis(300));
        Listener<String> encrypted = listener(tls);
        assertThatThrownBy(() -> Client.connect(encrypted.address(), scene.key, Codec.strings(), quick))
                .as("each waits for the other").isInstanceOf(SocketTimeoutException.class);
        Listener<String> plain = listener(quick);
        assertThatThrownBy(() -> Client.connect(plain.address(), scene.key, Codec.strings(), tls))
                .isInstanceOf(SSLException.class);
        var garbage = scene.raw(encrypted.address());
        Scene.write(garbage, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Scene.awaitEnd(garbage);
        Scene.until("it is refused", () -> encrypted.refused() >= 2);
        var pair = scene.pair(encrypted, tls);
        pair.client().send("honest");
        assertThat(pair.server().receive()).isEqualTo("honest");
    }

    @Test
    void aCertificateOfAnotherHostOrAnotherKeyIsRefused() throws Exception {
        Listener<String> foreign = listener(ofAnotherHost);
        assertThatThrownBy(() -> Client.connect(foreign.address(), scene.key, Codec.strings(), ofAnotherHost))
                .as("trusted, and of another host").isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> Client.connect(foreign.address(), scene.key, Codec.strings(), tls))
                .as("not trusted").isInstanceOf(SSLException.class);
        Listener<String> listener = listener(tls);
        assertThatThrownBy(() -> Client.connect(listener.address(), AuthKey.generate(), Codec.strings(), tls))
                .isInstanceOf(AuthenticationException.class);
    }

    @Test
    void tlsIsRefusedForUnixDomainSockets() {
        assertThatThrownBy(() -> Listener.open(Address.unix(), scene.key, tls))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("TLS is for TCP");
        assertThatThrownBy(() -> Client.connect(Address.unix(), scene.key, tls))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("TLS is for TCP");
    }

    /// Changed on the way: the session ends, and nothing of it is decoded.
    @Test
    void damagedRecordsCloseTheConnection() throws Exception {
        Listener<String> listener = listener(tls);
        try (var wire = ServerSocketChannel.open().bind(Sockets.of(ANY))) {
            var connecting = connectTo(wire);
            try (var toClient = wire.accept(); var toListener = scene.raw(listener.address())) {
                scene.run(() -> pass(toListener, toClient));
                scene.run(() -> pass(toClient, toListener));
                scene.keep(connecting.get());
                var server = scene.accept(listener);
                Scene.write(toListener, new byte[] {23, 3, 3, 0, 40}, new byte[40]);     // a record, not encrypted
                assertThatThrownBy(server::receive).isInstanceOf(ProtocolException.class)
                        .hasMessageContaining("the session of TLS failed");
                assertThat(server.isClosed()).isTrue();
            }
        }
    }
}
