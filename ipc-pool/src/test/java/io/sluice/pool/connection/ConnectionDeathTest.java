package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.pool.connection.Scene.Kind;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.pipe.BrokenPipeException;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Peers that are killed at each step: what this side sees, and that the listener serves the next one.
@Timeout(120)
class ConnectionDeathTest {
    private static final int BEYOND_ALL_BUFFERS = 64 << 20;
    private static final ConnectionOptions LARGE = ConnectionOptions.defaults().withMaxFrameBytes(BEYOND_ALL_BUFFERS);

    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() throws Exception {
        scene.close();
    }

    private static void kill(JavaProcess child) throws InterruptedException {
        child.kill();
        assertThat(child.join(Scene.WATCHDOG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private static void park() {
        while (true) {
            LockSupport.park();
        }
    }

    private void assertServed(Listener<String> listener) throws Exception {
        var pair = scene.pair(listener, ConnectionOptions.defaults());
        pair.client().send("next");
        assertThat(pair.server().receive()).isEqualTo("next");
    }

    private static void sendForEver(Address address, Address back, AuthKey key) throws Exception {
        var connection = Client.connect(address, key, Codec.strings(), LARGE);
        connection.send("one");
        connection.send("two");
        FutureTask<Void> sending = new FutureTask<>(() -> {
            connection.sendBytes(new byte[BEYOND_ALL_BUFFERS]);
            return null;
        });
        Thread thread = new Thread(sending);
        thread.start();
        new Scene.Running<>(sending, thread).awaitBlocked();
        Client.connect(back, key, Codec.strings()).send("blocked");
        park();
    }

    /// It waits for room within its third message.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aPeerKilledInASendLosesTheMessageItWasSending(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind, LARGE);
        Listener<String> desk = scene.keep(Listener.open(Address.unix(), scene.key, Codec.strings()));
        Address address = listener.address();
        Address back = desk.address();
        AuthKey key = scene.key;
        JavaProcess child = scene.child(() -> sendForEver(address, back, key));
        var server = scene.accept(listener);
        assertThat(scene.accept(desk).receive()).isEqualTo("blocked");
        assertThat(server.receive()).isEqualTo("one");
        assertThat(server.receive()).isEqualTo("two");
        kill(child);
        assertThat(server.poll(Scene.WATCHDOG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(server::receiveBytes).isInstanceOf(PeerDiedException.class)
                    .hasMessageContaining("within a message, which is lost");
        }
        assertThatThrownBy(() -> server.send("x")).isInstanceOf(BrokenPipeException.class);
        assertServed(listener);
    }

    private static void receiveForEver(Address address, AuthKey key) throws Exception {
        var connection = Client.connect(address, key, Codec.strings());
        connection.send("ready");
        connection.receive();
        park();
    }

    @ParameterizedTest
    @EnumSource
    void aPeerKilledInAReceiveIsTheEndOfTheStream(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        Address address = listener.address();
        AuthKey key = scene.key;
        JavaProcess child = scene.child(() -> receiveForEver(address, key));
        var server = scene.accept(listener);
        assertThat(server.receive()).isEqualTo("ready");
        var receiving = scene.run(server::receive);
        receiving.awaitBlocked();
        kill(child);
        assertThat(receiving.failure()).isInstanceOf(PeerDiedException.class)
                .hasMessageContaining("the other side died");
        assertThatThrownBy(() -> {
            while (true) {
                server.send("x");
            }
        }).isInstanceOf(BrokenPipeException.class);
        assertServed(listener);
    }

    /// This side waits for room within a message when the other one, which does not receive, is killed.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aSenderThatWaitsForAKilledPeerIsRefused(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind, LARGE);
        Address address = listener.address();
        AuthKey key = scene.key;
        JavaProcess child = scene.child(() -> {
            Client.connect(address, key, Codec.strings()).send("ready");
            park();
        });
        var server = scene.accept(listener);
        assertThat(server.receive()).isEqualTo("ready");
        var sending = scene.run(() -> {
            server.sendBytes(new byte[BEYOND_ALL_BUFFERS]);
            return null;
        });
        sending.awaitBlocked();
        kill(child);
        assertThat(sending.failure()).isInstanceOf(BrokenPipeException.class);
        assertThatThrownBy(server::receive).isInstanceOf(PeerDiedException.class);
        assertServed(listener);
    }

    /// The child tells by another connection that it has come to the step.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aPeerKilledInTheHandshakeIsForgotten(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        Listener<String> desk = scene.keep(Listener.open(Address.unix(), scene.key, Codec.strings()));
        Address address = listener.address();
        Address back = desk.address();
        AuthKey key = scene.key;
        for (int step = 0; step < 4; step++) {
            int to = step;
            JavaProcess child = scene.child(() -> {
                comeTo(address, key, to);
                Client.connect(back, key, Codec.strings()).send("there");
                park();
            });
            assertThat(scene.accept(desk).receive()).isEqualTo("there");
            kill(child);
            int refused = step + 1;
            Scene.until(refused + " are refused", () -> listener.refused() == refused);
            assertThat(listener.accept(0, TimeUnit.SECONDS)).isNull();
        }
        assertServed(listener);
    }

    private static void comeTo(Address address, AuthKey key, int step) throws IOException {
        SocketChannel channel = Sockets.openClient(address);
        KEPT[step] = channel;
        channel.connect(Sockets.of(address));
        if (step == 1) {
            Scene.write(channel, Handshake.magic());
        }
        if (step >= 2) {
            Scene.prove(channel, key);
        }
        if (step == 3) {
            Scene.write(channel, new byte[] {0, 0});         // of the header of the greeting
        }
    }

    /// A socket that the collector finds would be closed before the kill.
    private static final SocketChannel[] KEPT = new SocketChannel[4];

    private static void listenAndPark(Address address, Address back, AuthKey key) throws Exception {
        var listener = Listener.open(address, key, Codec.strings());
        var desk = Client.connect(back, key, Codec.strings());
        desk.send(listener.address().toString());
        var connection = listener.accept();
        connection.send("hello");
        connection.receive();
        park();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aKilledListenerIsTheEndOfItsConnections(Kind kind) throws Exception {
        Listener<String> desk = scene.keep(Listener.open(Address.unix(), scene.key, Codec.strings()));
        Address back = desk.address();
        Address wanted = kind == Kind.UNIX ? Address.unix() : scene.address(kind);
        AuthKey key = scene.key;
        JavaProcess child = scene.child(() -> listenAndPark(wanted, back, key));
        Address address = Address.parse(scene.accept(desk).receive());
        var accepted = scene.keep(Client.connect(address, key, Codec.strings()));
        var waiting = scene.keep(Client.connect(address, key, Codec.strings()));
        assertThat(accepted.receive()).isEqualTo("hello");
        var receiving = scene.run(waiting::receive);
        receiving.awaitBlocked();
        kill(child);
        assertThat(receiving.failure()).isInstanceOf(PeerDiedException.class);
        assertThatThrownBy(accepted::receive).isInstanceOf(PeerDiedException.class);
        assertThatThrownBy(() -> Client.connect(address, key, Codec.strings())).isInstanceOf(ConnectException.class);
        scene.keep(Listener.open(Address.unix(), key));          // removes what the dead one has left
    }

    /// `System.exit` without a close is a death for the other side, as it is for pipes.
    @ParameterizedTest
    @EnumSource
    void aPeerThatEndsWithoutACloseHasDied(Kind kind) throws Exception {
        Listener<String> listener = scene.listener(kind);
        Address address = listener.address();
        AuthKey key = scene.key;
        scene.child(() -> {
            Client.connect(address, key, Codec.strings()).send("last words");
            System.exit(0);
        });
        var server = scene.accept(listener);
        assertThat(server.receive()).isEqualTo("last words");
        assertThatThrownBy(server::receive).isInstanceOf(PeerDiedException.class)
                .hasMessageMatching(".*(all that arrived|everything it had sent) was received");
    }
}
