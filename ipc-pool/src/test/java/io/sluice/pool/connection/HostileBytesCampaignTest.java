package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.campaign.Campaign;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.ClosedException;
import io.sluice.pool.codec.DamagedBytes;
import io.sluice.pool.codec.ValuesCodec;
import io.sluice.pool.connection.Scene.Kind;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Task;
import io.sluice.pool.task.TaskFunction;
import io.sluice.shm.pipe.Connection;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Damaged messages of peers with the key, and damaged handshakes of peers with and without it: each is refused by a
/// documented exception, and honest clients are served throughout.
@Tag(Campaign.TAG)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class HostileBytesCampaignTest {
    private static final int MOST_BYTES = 16_384;
    private static final int FRAMES_OF_A_PEER = 50;
    private static final int BETWEEN_HONEST_CLIENTS = 50;
    private static final ConnectionOptions OPTIONS = ConnectionOptions.defaults().withMaxFrameBytes(MOST_BYTES);

    private final Scene scene = new Scene();
    private final Map<String, Integer> outcomes = new TreeMap<>();

    private record Order(String name, int quantity, List<Integer> legs) implements Serializable {}

    @AfterEach
    void nothingIsLeft() throws Exception {
        scene.close();
    }

    private void count(String outcome) {
        outcomes.merge(outcome, 1, Integer::sum);
    }

    // Messages.

    private static List<byte[]> encodings() {
        int captured = 3;
        Task<String> task = () -> "text" + captured;
        TaskFunction<String, Integer> reference = String::length;
        List<byte[]> encodings = new ArrayList<>();
        Codec<Object> codec = new ValuesCodec(List.of());
        for (Object value : List.of(true, 1, 2L, 1.5, "text \u20ac", new int[9], new double[5], new Pair<>(1, "x"),
                task, reference, new Order("x", 1, List.of(1, 2)), new HashMap<>(Map.of(1, 2, "a", "b")),
                new Object[] {1, "x", new int[3]}, new IllegalStateException("x"))) {
            ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer();
            byte[] bytes = new byte[codec.encode(value, buffer, 0)];
            buffer.getBytes(0, bytes);
            encodings.add(bytes);
        }
        return encodings;
    }

    /// A peer sends damaged bodies in whole frames, sound messages among them, and at last a damaged frame.
    @Test
    void damagedMessagesAreRefusedAndSoundOnesArrive() throws Exception {
        Campaign campaign = Campaign.begin("sluice.fuzz.frames", 20_000, 200_000);
        Random random = campaign.random();
        Listener<Object> unix = scene.keep(Listener.open(scene.address(Kind.UNIX), scene.key, OPTIONS));
        Listener<Object> tcp = scene.keep(Listener.open(scene.address(Kind.TCP), scene.key, OPTIONS));
        List<byte[]> encodings = encodings();
        ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer();
        byte[] sound = new byte[new ValuesCodec(List.of()).encode("sound", buffer, 0)];
        buffer.getBytes(0, sound);
        int done = 0;
        while (campaign.goesOn(done)) {
            Listener<Object> listener = random.nextBoolean() ? unix : tcp;
            try (SocketChannel peer = authenticated(listener.address()); var server = scene.accept(listener)) {
                List<byte[]> frames = new ArrayList<>();
                for (int i = 0; i < FRAMES_OF_A_PEER; i++) {
                    byte[] body = DamagedBytes.of(encodings.get(random.nextInt(encodings.size())), random);
                    frames.add(Scene.frame(body.length, random.nextInt(8) == 0 ? Frame.BYTES : Frame.OBJECT, body));
                    frames.add(Scene.frame(sound.length, Frame.OBJECT, sound));
                }
                frames.add(DamagedBytes.of(Scene.frame(sound.length, Frame.OBJECT, sound), random));
                Thread sending = Thread.startVirtualThread(() -> send(peer, frames));
                for (int i = 0; i < FRAMES_OF_A_PEER; i++) {
                    receive(server);
                    assertThat(server.receive()).isEqualTo("sound");
                }
                receiveToTheEnd(server);
                sending.join();
            }
            done += FRAMES_OF_A_PEER + 1;
        }
        System.out.println("... " + outcomes);
        assertThat(outcomes.get("CodecException")).isGreaterThan(done / 5);
        assertThat(outcomes.get("value")).isGreaterThan(done / 20);
    }

    private SocketChannel authenticated(Address address) throws IOException {
        SocketChannel peer = SocketChannel.open(Sockets.of(address));
        Scene.greet(peer, scene.key, new ValuesCodec(List.of()).identity());
        return peer;
    }

    private static void send(SocketChannel peer, List<byte[]> frames) {
        ByteBuffer all = ByteBuffer.allocate(frames.stream().mapToInt(frame -> frame.length).sum());
        frames.forEach(all::put);
        all.flip();
        try {
            while (all.hasRemaining()) {
                peer.write(all);
            }
            peer.shutdownOutput();
        } catch (IOException closed) {
            // The last frame made the other side close.
        }
    }

    /// Receives one message, which decodes or does not.
    private void receive(Connection<Object> server) throws Exception {
        try {
            Object value = server.receive();
            assertThat(value).isNotNull();
            count("value");
        } catch (CodecException e) {
            assertThat(e.getMessage()).isNotEmpty();
            count("CodecException");
        } catch (IllegalStateException bytes) {
            assertThat(bytes).isNotInstanceOf(ClosedException.class).hasMessageContaining("call receiveBytes()");
            server.receiveBytes();
            count("bytes");
        }
    }

    private void receiveToTheEnd(Connection<Object> server) throws Exception {
        while (true) {
            try {
                receive(server);
            } catch (EOFException | ProtocolException end) {
                assertThat(end.getMessage()).contains(server.toString());
                count("last: " + end.getClass().getSimpleName());
                return;
            }
        }
    }

    // Connections.

    @Test
    void hostilePeersAreRefusedAndHonestClientsServed() throws Exception {
        Campaign campaign = Campaign.begin("sluice.fuzz.connections", 2_000, 20_000);
        Random random = campaign.random();
        ConnectionOptions options = OPTIONS.withAuthenticationTimeout(Duration.ofSeconds(5));
        List<Listener<String>> listeners = List.of(
                scene.listener(Kind.UNIX, options), scene.keep(Listener.open(
                        scene.address(Kind.TCP), scene.key, Codec.strings(), options)));
        listeners.forEach(listener -> Thread.startVirtualThread(() -> serve(listener)));
        List<SocketChannel> silent = new ArrayList<>();
        int done = 0;
        for (; campaign.goesOn(done); done++) {
            Listener<String> listener = listeners.get(random.nextInt(2));
            SocketChannel peer = SocketChannel.open(Sockets.of(listener.address()));
            boolean stays = false;
            try {
                stays = attack(peer, listener.address(), random);
            } catch (IOException refused) {
                count("refused while it sent");
            }
            if (stays) {
                silent.add(peer);
            } else {
                peer.close();
            }
            if (done % BETWEEN_HONEST_CLIENTS == 0) {
                listeners.forEach(this::assertServed);
            }
        }
        listeners.forEach(this::assertServed);
        for (SocketChannel peer : silent) {
            peer.close();
        }
        System.out.println("... " + outcomes);
        int refused = (int) (listeners.get(0).refused() + listeners.get(1).refused());
        assertThat(refused).isGreaterThan(done / 3);
        for (var listener : listeners) {
            listener.close();
        }
    }

    private void assertServed(Listener<String> listener) {
        try (var client = Client.connect(listener.address(), scene.key, Codec.strings(), OPTIONS)) {
            client.send("honest");
            assertThat(client.receive()).isEqualTo("honest");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Echoes, until the listener is closed.
    private static void serve(Listener<String> listener) {
        try {
            while (true) {
                Connection<String> connection = listener.accept();
                Thread.startVirtualThread(() -> echo(connection));
            }
        } catch (ClosedException | InterruptedException end) {
            // The test is over.
        }
    }

    private static void echo(Connection<String> connection) {
        try (connection) {
            while (true) {
                connection.send(connection.receive());
            }
        } catch (IOException | RuntimeException end) {
            // Of a hostile peer, or of an honest one that has left.
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Does what a client does, with damage at a random place, and perhaps an early end.
    ///
    /// @return whether the peer stays connected, and silent
    private boolean attack(SocketChannel peer, Address address, Random random) throws IOException {
        if (address instanceof Address.Tcp && random.nextBoolean()) {
            peer.setOption(StandardSocketOptions.SO_LINGER, 0);      // its close is a reset
        }
        int kind = random.nextInt(10);
        count("attack " + kind);
        if (kind == 0) {
            return random.nextBoolean();         // not a byte
        }
        if (kind == 1) {
            byte[] garbage = new byte[random.nextInt(2000)];
            random.nextBytes(garbage);
            Scene.write(peer, garbage);
            return false;
        }
        byte[] hello = Scene.read(peer, Handshake.MAGIC_BYTES + Handshake.NONCE_BYTES);
        byte[] theirs = Arrays.copyOfRange(hello, Handshake.MAGIC_BYTES, hello.length);
        byte[] mine = new byte[Handshake.NONCE_BYTES];
        random.nextBytes(mine);
        byte[] proof = Handshake.proofOfClient(kind == 2 ? AuthKey.generate() : scene.key, theirs, mine);
        byte[] answer = ByteBuffer.allocate(72).put(Handshake.magic()).put(mine).put(proof).array();
        byte[] identity = Codec.strings().identity().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] greeting = Scene.frame(identity.length, Frame.GREETING, identity);
        byte[] message = Scene.frame(5, Frame.OBJECT, "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        switch (kind) {
            case 3 -> Scene.write(peer, DamagedBytes.of(answer, random));
            case 4 -> Scene.write(peer, answer, DamagedBytes.of(greeting, random));
            case 5 -> Scene.write(peer, answer, greeting, DamagedBytes.of(message, random));
            case 6 -> Scene.write(peer, Arrays.copyOf(answer, random.nextInt(72)));
            case 8 -> Scene.write(
                    peer, answer, DamagedBytes.of(host(), random), greeting, DamagedBytes.of(message, random));
            case 9 -> answerMove(peer, answer, greeting, message, random);
            default -> Scene.write(peer, answer, greeting, message);
        }
        if (random.nextInt(4) == 0) {
            peer.shutdownOutput();
        }
        return random.nextInt(20) == 0;
    }

    /// Is offered a pipe, and says that it is there, that it stays, or anything else.
    private static void answerMove(SocketChannel peer, byte[] answer, byte[] greeting, byte[] message, Random random)
            throws IOException {
        Scene.write(peer, answer, host(), greeting);
        Scene.read(peer, 1 + Handshake.MAC_BYTES);
        byte[] header = Scene.read(peer, Frame.HEADER_BYTES);
        Scene.read(peer, ByteBuffer.wrap(header).getInt());
        byte[] garbage = new byte[random.nextInt(40)];
        random.nextBytes(garbage);
        Scene.write(peer, switch (random.nextInt(4)) {
            case 0 -> Scene.frame(0, Frame.STAYS, new byte[0]);
            case 1 -> Scene.frame(0, Frame.MOVED, new byte[0]);
            case 2 -> Scene.frame(garbage.length, (byte) random.nextInt(12), garbage);
            default -> garbage;
        }, message);
    }

    private static byte[] host() {
        byte[] host = new Passage<>("test", Codec.strings(), OPTIONS).host()
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return Scene.frame(host.length, Frame.HOST, host);
    }
}
