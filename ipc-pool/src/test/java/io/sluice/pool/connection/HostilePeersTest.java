package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.logging.Logged;
import io.sluice.pool.codec.ValuesCodec;
import io.sluice.pool.connection.Scene.Kind;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Peers without the key, with another one, that are slow, or that send what no peer may: they are refused with a clear
/// error, and honest clients are served meanwhile.
@Timeout(120)
class HostilePeersTest {
    /// For clients that meet no listener.
    private static final ConnectionOptions QUICK =
            ConnectionOptions.defaults().withAuthenticationTimeout(Duration.ofMillis(200));
    /// For listeners that cut peers off, and serve honest clients too.
    private static final ConnectionOptions PATIENT =
            ConnectionOptions.defaults().withAuthenticationTimeout(Duration.ofSeconds(1));
    private static final String STRINGS = Codec.strings().identity();

    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() throws Exception {
        scene.close();
    }

    private void assertServed(Listener<String> listener) throws Exception {
        var pair = scene.pair(listener, ConnectionOptions.defaults());
        pair.client().send("honest");
        assertThat(pair.server().receive()).isEqualTo("honest");
        pair.client().close();
        pair.server().close();
    }

    private static void awaitRefused(Listener<?> listener, long count) {
        Scene.until(count + " clients are refused", () -> listener.refused() >= count);
    }

    // Without the key.

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aClientWithAnotherKeyIsRefusedAndBothSidesLearnIt(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        assertThatThrownBy(() -> Client.connect(listener.address(), AuthKey.generate(), Codec.strings()))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining(listener.address().toString())
                .hasMessageContaining("the listener refused this client, which has another key; use the key of");
        awaitRefused(listener, 1);
        assertThat(listener.accept(0, TimeUnit.SECONDS)).isNull();
        assertServed(listener);
    }

    /// It answers the challenge by sending it back, and every other proof that it has seen.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aReflectedChallengeIsRefused(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        SocketChannel peer = scene.raw(listener.address());
        byte[] hello = Scene.read(peer, Handshake.MAGIC_BYTES + Handshake.NONCE_BYTES);
        byte[] nonce = Arrays.copyOfRange(hello, Handshake.MAGIC_BYTES, hello.length);
        Scene.write(peer, hello, nonce);
        assertThat(Scene.read(peer, 1)).containsExactly(Handshake.DENIED);
        // The proof of a listener over the same nonces is none of a client.
        SocketChannel other = scene.raw(listener.address());
        byte[] second = Scene.read(other, Handshake.MAGIC_BYTES + Handshake.NONCE_BYTES);
        byte[] theirs = Arrays.copyOfRange(second, Handshake.MAGIC_BYTES, second.length);
        Scene.write(other, Handshake.magic(), theirs, Handshake.proofOfListener(scene.key, theirs, theirs));
        assertThat(Scene.read(other, 1)).containsExactly(Handshake.DENIED);
        assertThat(Scene.read(other, Handshake.MAC_BYTES)).as("no proof is given").containsOnly(0);
        awaitRefused(listener, 2);
        assertServed(listener);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aReplayedHandshakeIsRefused(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        SocketChannel honest = scene.raw(listener.address());
        byte[] hello = Scene.read(honest, Handshake.MAGIC_BYTES + Handshake.NONCE_BYTES);
        byte[] theirs = Arrays.copyOfRange(hello, Handshake.MAGIC_BYTES, hello.length);
        byte[] mine = new byte[Handshake.NONCE_BYTES];
        byte[] proof = Handshake.proofOfClient(scene.key, theirs, mine);
        Scene.write(honest, Handshake.magic(), mine, proof);
        assertThat(Scene.read(honest, 1)).containsExactly(Handshake.ADMITTED);
        SocketChannel replaying = scene.raw(listener.address());
        Scene.write(replaying, Handshake.magic(), mine, proof);
        Scene.read(replaying, hello.length);
        assertThat(Scene.read(replaying, 1)).containsExactly(Handshake.DENIED);
        awaitRefused(listener, 1);
    }

    /// A listener of another program at the address: what it does, and what the client says.
    private String refusal(Kind kind, ConnectionOptions options, Answer answer) throws Exception {
        try (ServerSocketChannel server = Sockets.openServer(scene.address(kind))) {
            server.bind(Sockets.of(kind == Kind.UNIX ? Address.unix(scene.folder.resolve("foreign"))
                    : scene.address(kind)));
            Address address = kind == Kind.UNIX ? Address.unix(scene.folder.resolve("foreign"))
                    : Address.tcp("127.0.0.1", ((java.net.InetSocketAddress) server.getLocalAddress()).getPort());
            var connecting = scene.run(() -> Client.connect(address, scene.key, Codec.strings(), options));
            try (SocketChannel peer = server.accept()) {
                answer.to(peer);
                Throwable failure = connecting.failure();
                assertThat(failure).hasMessageContaining("client of '" + address + "'");
                return failure.getClass().getSimpleName() + ": " + failure.getMessage();
            }
        } finally {
            Files.deleteIfExists(scene.folder.resolve("foreign"));
        }
    }

    private interface Answer {
        void to(SocketChannel peer) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aFalseListenerThatReflectsTheProofIsRefused(Kind kind) throws Exception {
        assertThat(refusal(kind, ConnectionOptions.defaults(), peer -> {
            Scene.write(peer, Handshake.magic(), new byte[Handshake.NONCE_BYTES]);
            byte[] answer = Scene.read(peer, Handshake.MAGIC_BYTES + Handshake.NONCE_BYTES + Handshake.MAC_BYTES);
            byte[] proof = Arrays.copyOfRange(answer, answer.length - Handshake.MAC_BYTES, answer.length);
            Scene.write(peer, new byte[] {Handshake.ADMITTED}, proof);
            Scene.awaitEnd(peer);
        })).startsWith("AuthenticationException").contains("expected a listener with this client's key");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aListenerOfAnotherProtocolIsRefused(Kind kind) throws Exception {
        assertThat(refusal(kind, ConnectionOptions.defaults(), peer ->
                Scene.write(peer, "HTTP/1.1 400 Bad Request\r\n\r\n".repeat(3).getBytes(StandardCharsets.US_ASCII))))
                .startsWith("ProtocolException").contains("expected a peer that speaks the protocol of Sluice");
        byte[] newer = Handshake.magic();
        newer[6] = 9;
        assertThat(refusal(kind, ConnectionOptions.defaults(), peer -> Scene.write(peer, newer)))
                .startsWith("ProtocolException").contains("expected protocol version 2").contains("found version 9");
        assertThat(refusal(kind, ConnectionOptions.defaults(), SocketChannel::close))
                .startsWith("ConnectException").contains("ended the connection before it was made");
    }

    /// A process that is killed leaves bytes unread, so its system resets the connection; at each step of a handshake.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aListenerThatDiesInTheHandshakeIsNamed(Kind kind) throws Exception {
        for (int step = 0; step < 4; step++) {
            int last = step;
            assertThat(refusal(kind, ConnectionOptions.defaults(), peer -> {
                byte[] nonce = new byte[Handshake.NONCE_BYTES];
                Scene.write(peer, Handshake.magic(), nonce);
                if (last > 0) {
                    byte[] answer = Scene.read(
                            peer, Handshake.MAGIC_BYTES + Handshake.NONCE_BYTES + (last > 1 ? Handshake.MAC_BYTES : 0));
                    byte[] theirs = Arrays.copyOfRange(
                            answer, Handshake.MAGIC_BYTES, Handshake.MAGIC_BYTES + Handshake.NONCE_BYTES);
                    if (last > 1) {
                        Scene.write(peer, new byte[] {Handshake.ADMITTED},
                                Handshake.proofOfListener(scene.key, nonce, theirs));
                    }
                    if (last > 2) {
                        Scene.read(peer, 1);     // the rest of the greeting stays unread
                    }
                }
                if (kind == Kind.TCP) {
                    peer.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
                peer.close();
            })).as("step %s", step).startsWith("ConnectException: client of")
                    .contains("ended the connection before it was made");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aListenerThatDoesNotAnswerTimesOut(Kind kind) throws Exception {
        assertThat(refusal(kind, QUICK, Scene::awaitEnd)).startsWith("SocketTimeoutException")
                .contains("did not prove in time").contains("authenticationTimeout");
    }

    /// A socket with a full backlog, as of a stopped process, would keep a connect without end.
    @Test
    void aListenerThatDoesNotAcceptTimesOut() throws Exception {
        Address address = Address.unix(scene.folder.resolve("full"));
        try (ServerSocketChannel server = Sockets.openServer(address)) {
            server.bind(Sockets.of(address), 1);
            scene.raw(address);
            scene.raw(address);
            assertThatThrownBy(() -> Client.connect(address, scene.key, Codec.strings(), QUICK))
                    .isInstanceOf(SocketTimeoutException.class).hasMessageContaining("did not accept in time");
            var connecting = scene.run(() -> Client.connect(address, scene.key));
            Scene.until("it waits", () -> Arrays.toString(connecting.thread().getStackTrace()).contains("connect"));
            connecting.thread().interrupt();
            assertThat(connecting.failure()).isInstanceOf(InterruptedException.class);
        } finally {
            Files.delete(scene.folder.resolve("full"));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void withoutAListenerAConnectSaysSo(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        listener.close();
        assertThatThrownBy(() -> Client.connect(listener.address(), scene.key)).isInstanceOf(ConnectException.class)
                .hasMessageContaining("client of '" + listener.address() + "'")
                .hasMessageContaining("expected a listener, found none").hasMessageContaining("start it first");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void garbageIsRefusedAtOnce(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        SocketChannel peer = scene.raw(listener.address());
        Scene.write(peer, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Scene.awaitEnd(peer);
        awaitRefused(listener, 1);
        assertServed(listener);
    }

    /// The time counts as a whole, not from byte to byte.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aSlowPeerIsCutOffAndHonestClientsAreServedMeanwhile(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind, PATIENT);
        long start = System.nanoTime();
        SocketChannel peer = scene.raw(listener.address());
        var dripping = scene.run(() -> {
            for (byte next : Handshake.magic()) {
                Scene.write(peer, new byte[] {next});
                assertServed(listener);
            }
            Scene.awaitEnd(peer);
            return System.nanoTime() - start;
        });
        assertThat(dripping.get()).isGreaterThanOrEqualTo(PATIENT.authenticationTimeout().toNanos());
        awaitRefused(listener, 1);
    }

    /// Connected and silent, and with one direction shut down.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void halfOpenPeersAreCutOff(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind, PATIENT);
        SocketChannel silent = scene.raw(listener.address());
        SocketChannel half = scene.raw(listener.address());
        half.shutdownOutput();
        Scene.awaitEnd(half);
        Scene.awaitEnd(silent);
        awaitRefused(listener, 2);
        SocketChannel later = scene.authenticated(listener.address(), STRINGS);
        var server = scene.accept(listener);
        later.shutdownOutput();
        assertThatThrownBy(server::receive).isInstanceOf(PeerDiedException.class);
        assertServed(listener);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void peersThatNeverAuthenticateKeepNoHonestClientOut(Kind kind) throws Exception {
        // Not by their time: by those that come after them.
        Listener<String> listener = scene.listener(
                kind, ConnectionOptions.defaults().withAuthenticationTimeout(Duration.ofHours(1)));
        int silent = 3 * PeerLimits.MOST_PENDING;
        for (int i = 0; i < silent; i++) {
            scene.raw(listener.address());
            if (i % 64 == 0) {
                assertServed(listener);
            }
        }
        assertServed(listener);
        awaitRefused(listener, silent - PeerLimits.MOST_PENDING);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void clientsBeyondTheLimitAreRefusedUntilOneLeaves(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind, ConnectionOptions.defaults().withMaxConnections(2));
        var first = scene.pair(listener, ConnectionOptions.defaults());
        scene.keep(Client.connect(listener.address(), scene.key, Codec.strings()));        // not accepted yet
        assertThatThrownBy(() -> Client.connect(listener.address(), scene.key, Codec.strings()))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("refused: the listener has as many connections as its options allow");
        awaitRefused(listener, 1);
        first.server().close();
        scene.keep(Client.connect(listener.address(), scene.key, Codec.strings()));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void anotherCodecIsRefusedOnBothSides(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        assertThatThrownBy(() -> Client.connect(listener.address(), scene.key, Codec.longs()))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("expected the codec '" + Codec.longs().identity() + "', found '" + STRINGS);
        awaitRefused(listener, 1);
        assertThat(listener.accept(0, TimeUnit.SECONDS)).isNull();
    }

    /// The permissions of the files would keep it out already; so they are removed, which only root can do for it.
    @Test
    void aProcessOfAnotherUserThatReachesTheSocketIsRefused() throws Exception {
        assumeTrue(FileCalls.user() == 0 && Files.exists(Path.of("/usr/bin/setpriv")), "root can become another user");
        Listener<String> listener = scene.listener(Kind.UNIX);
        Path socket = Path.of(((Address.Unix) listener.address()).path());
        Path program = Files.writeString(scene.folder.resolve("Knock.java"), """
                void main(String[] path) throws Exception {
                    var bytes = java.nio.ByteBuffer.allocate(100);
                    try (var channel = java.nio.channels.SocketChannel.open(
                            java.net.UnixDomainSocketAddress.of(path[0]))) {
                        IO.println(channel.read(bytes));
                    }
                }
                """);
        for (Path path : List.of(scene.folder, program, socket)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Process knocking = new ProcessBuilder("/usr/bin/setpriv", "--reuid=64321", "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), program.toString(),
                socket.toString()).redirectErrorStream(true).start();
        String said = new String(knocking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(knocking.waitFor()).as(said).isZero();
        assertThat(said.strip()).as("the end, and not a byte before it").isEqualTo("-1");
        awaitRefused(listener, 1);
        Files.delete(program);
        assertServed(listener);
    }

    @Test
    void refusalsAreLoggedWithTheirReasonAndDoNotFloodTheLog() throws Exception {
        Listener<String> listener = scene.listener(Kind.UNIX);
        long start = System.nanoTime();
        int peers = 50;
        try (Logged logged = Logged.all(Scene.LOGGER.getName())) {
            for (int i = 0; i < peers; i++) {
                assertThatThrownBy(() -> Client.connect(listener.address(), AuthKey.generate(), Codec.strings()))
                        .isInstanceOf(AuthenticationException.class);
            }
            awaitRefused(listener, peers);
            List<String> lines = logged.messages();
            assertThat(lines).hasSizeBetween(1, 2 + (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
            assertThat(lines.getFirst()).isEqualTo("listener '" + listener.address()
                    + "': expected a client with this listener's key, found one with another key");
        }
    }

    @Test
    void aUserThatIsNotThisOneIsRefused() throws Exception {
        var other = FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("64321");
        assertThatThrownBy(() -> Sockets.checkUser("listener 'unix:/x'", other))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("listener 'unix:/x': expected a process of user")
                .hasMessageContaining("found one of user 64321; run both as the same user, or use TCP");
        var mine = Files.getOwner(scene.folder);
        Sockets.checkUser("listener", mine);
    }

    // With the key.

    /// The messages that no side of ours sends, each in a connection of its own.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void bytesThatAreNoMessageCloseTheConnection(Kind kind) throws Exception {
        ConnectionOptions options = ConnectionOptions.defaults().withMaxFrameBytes(1000);
        Listener<String> listener = scene.listener(kind, options);
        Map<byte[], String> cases = Map.of(
                Scene.frame(1, (byte) 0, new byte[1]), "found kind 0 with length 1",
                Scene.frame(3, (byte) 99, new byte[3]), "found kind 99",
                Scene.frame(-1, Frame.BYTES, new byte[0]), "found kind 2 with length -1",
                Scene.frame(Integer.MIN_VALUE, Frame.OBJECT, new byte[0]), "found kind 1",
                Scene.frame(1, Frame.FAREWELL, new byte[1]), "found kind 3 with length 1",
                Scene.frame(4, Frame.GREETING, new byte[4]), "found kind 4",
                Scene.frame(4, Frame.REFUSAL, new byte[4]), "found kind 5",
                Scene.frame(0, Frame.MOVED, new byte[0]), "found kind 8",
                Scene.frame(1001, Frame.BYTES, new byte[0]),
                "expected a message of at most 1,000 bytes, found one of 1,001; raise maxFrameBytes",
                Scene.frame(Integer.MAX_VALUE, Frame.OBJECT, new byte[0]), "found one of 2,147,483,647");
        for (var hostile : cases.entrySet()) {
            SocketChannel peer = scene.authenticated(listener.address(), STRINGS);
            var server = scene.accept(listener);
            Scene.write(peer, Scene.frame(2, Frame.BYTES, new byte[2]), hostile.getKey());
            assertThat(server.receiveBytes()).hasSize(2);
            assertThatThrownBy(server::receive).isInstanceOf(ProtocolException.class)
                    .hasMessageContaining(listener.address().toString())
                    .hasMessageContaining(hostile.getValue()).hasMessageEndingWith("; the connection was closed");
            assertThatThrownBy(server::receive).isInstanceOf(ClosedException.class)
                    .hasMessageContaining("broke the protocol");
            Scene.awaitEnd(peer);
        }
        assertServed(listener);
    }

    /// A peer announces the longest message that is allowed, and sends a byte of it: the memory of a byte is used.
    @Test
    void anAnnouncedLengthCostsNoMemory() throws Exception {
        Listener<String> listener = scene.listener(Kind.UNIX,
                ConnectionOptions.defaults().withMaxFrameBytes(1_000_000_000));
        List<Connection<String>> servers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {                  // 50 GB in all
            SocketChannel peer = scene.authenticated(listener.address(), STRINGS);
            servers.add(scene.accept(listener));
            Scene.write(peer, Scene.frame(1_000_000_000, Frame.BYTES, new byte[1]));
        }
        for (var server : servers) {
            assertThat(server.poll(1, TimeUnit.MILLISECONDS)).isFalse();
        }
        assertServed(listener);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void whatDoesNotDecodeIsDroppedAndTheNextMessageIsReceived(Kind kind) throws Exception {
        Listener<Object> listener = scene.keep(Listener.open(scene.address(kind), scene.key));
        SocketChannel peer = scene.authenticated(listener.address(), new ValuesCodec(List.of()).identity());
        var server = scene.accept(listener);
        Scene.write(peer, Scene.frame(3, Frame.OBJECT, new byte[] {99, 99, 99}),
                Scene.frame(1, Frame.OBJECT, new byte[] {0}),           // null, which no client sends
                Scene.frame(0, Frame.OBJECT, new byte[0]),
                Scene.frame(1, Frame.OBJECT, new byte[] {2}));          // true
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(server::receive).isInstanceOf(CodecException.class);
        }
        assertThat(server.receive()).isEqualTo(true);
    }

    /// A value of the application.
    record Order(String symbol, int quantity) {}

    /// An object of the application that contains one that may not travel.
    static final class Wrapped implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;
        final Serializable inside;

        Wrapped(Serializable inside) {
            this.inside = inside;
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void anyObjectTravelsWithinTheAllowList(Kind kind) throws Exception {
        Listener<Object> listener = scene.keep(Listener.open(scene.address(kind), scene.key));
        var client = scene.keep(Client.connect(listener.address(), scene.key));
        var server = scene.accept(listener);
        for (Object value : new Object[] {1, "text", 2.5, new int[] {1, 2}, List.of(1, "x"), new Order("VOD.L", 5),
                Map.of("k", List.of(1))}) {
            client.send(value);
            Object received = server.receive();
            assertThat(received).isEqualTo(value);
            server.send(received);
            assertThat(client.receive()).isEqualTo(value);
        }
        assertThatThrownBy(() -> client.send(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> client.send(new Object())).isInstanceOf(CodecException.class);
    }

    /// On both sides: the sender refuses, and so does a receiver that gets it from another sender.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aClassOutsideTheAllowListIsRefused(Kind kind) throws Exception {
        ConnectionOptions open = ConnectionOptions.defaults().withAllowed("java.util.PriorityQueue");
        Listener<Object> listener = scene.keep(Listener.open(scene.address(kind), scene.key));
        var client = scene.keep(Client.connect(listener.address(), scene.key));
        var generous = scene.keep(Client.connect(listener.address(), scene.key, open));
        var server = scene.accept(listener);
        var serverOfGenerous = scene.accept(listener);
        Object hostile = new Wrapped(new java.util.PriorityQueue<>(List.of(1)));
        String way = "say ConnectionOptions.defaults().withAllowed(\"java.util.PriorityQueue\")";
        assertThatThrownBy(() -> client.send(hostile)).isInstanceOf(CodecException.class).hasMessageContaining(way);
        client.send("next");
        assertThat(server.receive()).isEqualTo("next");
        generous.send(hostile);
        generous.send("next");
        assertThatThrownBy(serverOfGenerous::receive).isInstanceOf(CodecException.class).hasMessageContaining(way);
        assertThat(serverOfGenerous.receive()).isEqualTo("next");
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        ConnectionOptions options = ConnectionOptions.defaults();
        assertThatThrownBy(() -> options.withMaxFrameBytes(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 to 1,000,000,000, found 0");
        assertThatThrownBy(() -> options.withMaxConnections(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withAuthenticationTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected more than 0");
        assertThatThrownBy(() -> Listener.open(Address.unix(), scene.key, options.withAllowed("java.**")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("name single classes");
    }

    /// A wait that ends without data must not be taken for the end of the stream.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aFarewellInPartIsADeath(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        SocketChannel peer = scene.authenticated(listener.address(), STRINGS);
        var server = scene.accept(listener);
        byte[] farewell = Scene.frame(0, Frame.FAREWELL, new byte[0]);
        Scene.write(peer, Arrays.copyOf(farewell, 4));
        peer.close();
        assertThatThrownBy(server::receive).isInstanceOf(PeerDiedException.class);
        SocketChannel other = scene.authenticated(listener.address(), STRINGS);
        var second = scene.accept(listener);
        Scene.write(other, farewell, ByteBuffer.allocate(100).array());      // bytes behind it do not count
        assertThatThrownBy(second::receive).isInstanceOf(EOFException.class).isNotInstanceOf(PeerDiedException.class);
    }
}
