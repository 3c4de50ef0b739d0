package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.Waits;
import io.sluice.pool.connection.Scene.Kind;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.pipe.BrokenPipeException;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.Connection.Transport;
import io.sluice.shm.pipe.PeerDiedException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Connections of one host move to shared memory before their first message, or stay on the socket as if nothing had
/// been tried. A kill at any step of the move leaves nothing behind.
@Timeout(120)
class MoveTest {
    private static final String HOME = "sluice.home";
    private static final ConnectionOptions USUAL = ConnectionOptions.defaults();

    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() throws Exception {
        System.clearProperty(HOME);
        scene.close();
    }

    private Listener<String> open(Kind kind, ConnectionOptions options) throws Exception {
        return scene.keep(Listener.open(scene.address(kind), scene.key, Codec.strings(), options));
    }

    /// The space of the connections of this process; test classes of other processes have theirs under the same root.
    private static List<String> spaces() {
        return spaces(ProcessHandle.current().pid());
    }

    private static List<String> spaces(long pid) {
        String beginning = "connections-" + pid + "-";
        return SpaceRoot.usual().spaces().stream().filter(name -> name.startsWith(beginning)).toList();
    }

    private void assertWorks(Scene.Pair pair, Transport transport) throws Exception {
        assertThat(pair.client().transport()).isEqualTo(transport);
        assertThat(pair.server().transport()).isEqualTo(transport);
        pair.client().send("there");
        assertThat(pair.server().receive()).isEqualTo("there");
        pair.server().sendBytes(new byte[100_000]);
        assertThat(pair.client().receiveBytes()).hasSize(100_000);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void aConnectionOfOneHostMovesUnlessASideDoesNotWantIt(Kind kind) throws Exception {
        Listener<String> moving = open(kind, USUAL);
        var moved = scene.pair(moving, USUAL);
        assertWorks(moved, Transport.SHARED_MEMORY);
        assertThat(spaces()).hasSize(1);
        var second = scene.pair(moving, USUAL);
        assertThat(spaces()).as("one for all connections of a process").hasSize(1);
        Transport socket = kind == Kind.UNIX ? Transport.UNIX : Transport.TCP;
        assertWorks(scene.pair(moving, USUAL.withSharedMemory(false)), socket);
        assertWorks(scene.pair(moving, USUAL.withMaxFrameBytes(15)), socket, 15);
        moving.close();
        assertWorks(second, Transport.SHARED_MEMORY);
        moved.client().close();
        moved.server().close();
        second.server().close();
        second.client().close();
        assertThat(spaces()).as("without a connection there is no space").isEmpty();
        assertWorks(scene.pair(open(kind, USUAL.withSharedMemory(false)), USUAL), socket);
    }

    private void assertWorks(Scene.Pair pair, Transport transport, int most) throws Exception {
        assertThat(pair.client().transport()).isEqualTo(transport);
        assertThat(pair.client().maxMessageBytes()).isEqualTo(most);
        pair.client().sendBytes(new byte[most]);
        assertThat(pair.server().receiveBytes()).hasSize(most);
    }

    /// Another user's directory, one that cannot be made, and no shared memory are alike: no space can be opened.
    @Test
    void aListenerThatCannotHaveMemoryStaysOnTheSocket() throws Exception {
        Path open = Files.createDirectory(scene.folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        System.setProperty(HOME, open.toString());
        Listener<String> listener = open(Kind.UNIX, USUAL);
        assertWorks(scene.pair(listener, USUAL), Transport.UNIX);
        System.setProperty(HOME, scene.folder.resolve("no").resolve("such").toString());
        assertWorks(scene.pair(listener, USUAL), Transport.UNIX);
        System.clearProperty(HOME);
        assertWorks(scene.pair(listener, USUAL), Transport.SHARED_MEMORY);
        Files.delete(open);
    }

    /// A client that sends the host of the listener, and answers the offer of a pipe by hand.
    private SocketChannel offered(Listener<String> listener) throws Exception {
        SocketChannel peer = scene.raw(listener.address());
        Scene.prove(peer, scene.key);
        byte[] host = new Passage<>("test", Codec.strings(), USUAL).host().getBytes(StandardCharsets.UTF_8);
        byte[] identity = Codec.strings().identity().getBytes(StandardCharsets.UTF_8);
        Scene.write(peer, Scene.frame(host.length, Frame.HOST, host),
                Scene.frame(identity.length, Frame.GREETING, identity));
        byte[] header = Scene.read(peer, Frame.HEADER_BYTES);
        assertThat(header[4]).isEqualTo(Frame.MOVE);
        Scene.read(peer, ByteBuffer.wrap(header).getInt());
        return peer;
    }

    /// As one in a container with a /dev/shm of its own does.
    @Test
    void aClientThatDoesNotReachThePipeStaysOnTheSocket() throws Exception {
        Listener<String> listener = open(Kind.UNIX, USUAL);
        SocketChannel peer = offered(listener);
        Scene.write(peer, Scene.frame(0, Frame.STAYS, new byte[0]));
        byte[] header = Scene.read(peer, Frame.HEADER_BYTES);
        assertThat(header[4]).isEqualTo(Frame.GREETING);
        Connection<String> server = scene.accept(listener);
        assertThat(server.transport()).isEqualTo(Transport.UNIX);
        Scene.write(peer, Scene.frame(2, Frame.BYTES, new byte[] {1, 2}));
        assertThat(server.receiveBytes()).containsExactly(1, 2);
        Scene.until("earlier connections have left too", () -> spaces().isEmpty());
    }

    @Test
    void aClientThatOnlySaysThatItIsInThePipeIsRefused() throws Exception {
        Listener<String> listener = open(Kind.UNIX, USUAL);
        byte[][] lies = {Scene.frame(0, Frame.MOVED, new byte[0]), Scene.frame(3, Frame.OBJECT, new byte[3]),
                Scene.frame(3, Frame.GREETING, new byte[3])};
        for (byte[] lie : lies) {
            SocketChannel peer = offered(listener);
            Scene.write(peer, lie);
            Scene.awaitEnd(peer);
        }
        Scene.until("all are refused", () -> listener.refused() == lies.length);
        assertThat(listener.accept(0, TimeUnit.SECONDS)).isNull();
        Scene.until("their pipes are gone", () -> spaces().isEmpty());
        assertWorks(scene.pair(listener, USUAL), Transport.SHARED_MEMORY);
    }

    /// What is not where the listener says, and what is no pipe of this codec.
    @Test
    void aClientEntersNothingElseThanTheListenersPipe() throws Exception {
        Passage<String> listener = new Passage<>("listener", Codec.strings(), USUAL);
        byte[] offer = listener.open(listener.host());
        assertThat(new Passage<>("other", Codec.longs(), USUAL).enter(offer)).isFalse();
        assertThat(new Passage<>("short", Codec.strings(), USUAL).enter(new byte[7])).isFalse();
        byte[] spoilt = offer.clone();
        spoilt[spoilt.length - 1] ^= 1;
        assertThat(new Passage<>("spoilt", Codec.strings(), USUAL).enter(spoilt)).isFalse();
        assertThat(listener.isPassed()).isFalse();
        listener.close();
        assertThat(new Passage<>("late", Codec.strings(), USUAL).enter(offer)).isFalse();
        assertThat(listener.open("another host")).isNull();
        Scene.until("earlier connections have left too", () -> spaces().isEmpty());
    }

    @Test
    void theLimitsOfMessagesHoldInSharedMemory() throws Exception {
        ConnectionOptions narrow = USUAL.withMaxFrameBytes(1000);
        for (int length : new int[] {1001, 100_000}) {           // in the ring, and in a file of its own
            var pair = scene.pair(open(Kind.TCP, narrow), USUAL);
            assertThat(pair.server().transport()).isEqualTo(Transport.SHARED_MEMORY);
            assertThatThrownBy(() -> pair.server().sendBytes(new byte[1001]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("message of 1,001 bytes exceeds the limit of 1,000; split it");
            pair.client().sendBytes(new byte[1000]);
            assertThat(pair.server().receiveBytes()).hasSize(1000);
            pair.client().send("x".repeat(length));
            assertThat(pair.server().poll(1, TimeUnit.MINUTES)).isTrue();
            assertThatThrownBy(pair.server()::receive).isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("expected a message of at most 1,000 bytes, found one of %,d", length)
                    .hasMessageEndingWith("; the connection was closed");
            assertThatThrownBy(pair.server()::receive).isInstanceOf(ClosedException.class)
                    .hasMessageContaining("broke the protocol");
        }
    }

    @Test
    void aFullPipeMakesASenderWaitUntilItIsInterruptedOrClosed() throws Exception {
        var pair = scene.pair(Kind.MOVED);
        int[] sent = {0};
        var sending = scene.run(() -> {
            while (true) {
                pair.client().sendBytes(new byte[1000]);
                sent[0]++;
            }
        });
        sending.awaitBlocked();
        sending.thread().interrupt();
        assertThat(sending.failure()).isInstanceOf(InterruptedException.class);
        assertThat(pair.client().isClosed()).as("it has sent nothing").isFalse();
        var closed = scene.runVirtual(() -> {
            pair.client().sendBytes(new byte[1000]);
            return null;
        });
        var receiving = scene.run(pair.client()::receive);
        closed.awaitBlocked();
        receiving.awaitBlocked();
        pair.client().close();
        assertThat(closed.failure()).isInstanceOf(ClosedException.class);
        assertThat(receiving.failure()).isInstanceOf(ClosedException.class);
        for (int i = 0; i < sent[0]; i++) {
            assertThat(pair.server().receiveBytes()).hasSize(1000);
        }
    }

    @Test
    void aConnectionIsAMemberOfAWaitWhicheverWayItGoes() throws Exception {
        var moved = scene.pair(Kind.MOVED);
        var other = scene.pair(scene.listener(Kind.TCP), USUAL);
        List<Connection<String>> members = List.of(moved.server(), other.server());
        assertThat(Waits.any(members, Duration.ofMillis(10))).isEmpty();
        var waiting = scene.run(() -> Waits.any(members, Duration.ofMinutes(1)));
        waiting.awaitBlocked();
        moved.client().send("x");
        assertThat(waiting.get()).containsExactly(moved.server());
        other.client().send("y");
        assertThat(other.server().poll(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Waits.any(members, Duration.ZERO)).containsExactly(moved.server(), other.server());
    }

    // Deaths.

    private JavaProcess crashing(CrashPoint at, Action task) {
        return scene.keep(JavaProcess.builder(task).jvmOptions("-Dsluice.crash.at=" + at, "-Dsluice.crash.nth=1")
                .stdout(Redirect.DISCARD).stderr(Redirect.INHERIT).start());
    }

    private static void assertKilled(JavaProcess child) throws InterruptedException {
        assertThat(child.join(Scene.WATCHDOG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(child.join()).isEqualTo(new Exit.Killed(9));
    }

    private static void park() {
        while (true) {
            LockSupport.park();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTION_PIPE_ENTERED", "CONNECTION_MOVE_ANSWERED", "CONNECTION_MADE"})
    void aClientKilledInTheMoveIsForgotten(CrashPoint at) throws Exception {
        Listener<String> listener = open(Kind.UNIX, USUAL);
        Address address = listener.address();
        AuthKey key = scene.key;
        assertKilled(crashing(at, () -> Client.connect(address, key, Codec.strings())));
        if (at != CrashPoint.CONNECTION_PIPE_ENTERED) {      // the listener had its answer
            Connection<String> server = scene.accept(listener);
            assertThat(server.transport()).isEqualTo(Transport.SHARED_MEMORY);
            assertThatThrownBy(server::receive).isInstanceOf(PeerDiedException.class);
            server.close();
        } else {
            Scene.until("it is refused", () -> listener.refused() == 1);
        }
        Scene.until("the pipe is gone", () -> spaces().isEmpty());
        assertWorks(scene.pair(listener, USUAL), Transport.SHARED_MEMORY);
    }

    /// The client learns it by its socket, and the space of the dead process goes with the next look at the root.
    @ParameterizedTest
    @EnumSource(names = {"CONNECTION_PIPE_MADE", "CONNECTION_MOVE_OFFERED", "CONNECTION_MOVE_AGREED"})
    void aListenerKilledInTheMoveLeavesNothing(CrashPoint at) throws Exception {
        String path = ((Address.Unix) scene.address(Kind.UNIX)).path();
        AuthKey key = scene.key;
        JavaProcess child = crashing(at, () -> {
            var _ = Listener.open(Address.unix(Path.of(path)), key, Codec.strings());
            park();
        });
        Address address = Address.unix(Path.of(path));
        Scene.until("it listens", () -> Files.exists(Path.of(path)) && listens(address));
        assertThatThrownBy(() -> Client.connect(address, key, Codec.strings())).isInstanceOf(ConnectException.class);
        long pid = child.pid();
        assertKilled(child);
        Scene.until("the pipe is gone", () -> spaces(pid).isEmpty());
        scene.listener(Kind.MOVED).close();                  // takes the place of the dead one, and its files along
    }

    /// A file is there before its socket listens.
    private boolean listens(Address address) {
        try (SocketChannel probe = SocketChannel.open(Sockets.of(address))) {
            return probe.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /// Each side in turn, in the middle of its work.
    @Test
    void aKilledPeerOfAMovedConnectionIsSeenByAllWaits() throws Exception {
        Listener<String> listener = open(Kind.TCP, USUAL);
        Address address = listener.address();
        AuthKey key = scene.key;
        JavaProcess child = scene.child(() -> {
            Connection<String> connection = Client.connect(address, key, Codec.strings());
            connection.send("last");
            connection.receive();
        });
        Connection<String> server = scene.accept(listener);
        assertThat(server.transport()).isEqualTo(Transport.SHARED_MEMORY);
        assertThat(server.receive()).isEqualTo("last");
        var receiving = scene.run(server::receive);
        var waiting = scene.runVirtual(() -> Waits.any(List.of(server), Duration.ofMinutes(1)));
        receiving.awaitBlocked();
        child.kill();
        assertThat(receiving.failure()).isInstanceOf(PeerDiedException.class)
                .hasMessageContaining(address.toString());
        assertThat(waiting.get()).containsExactly(server);
        assertThatThrownBy(() -> server.send("x")).isInstanceOf(BrokenPipeException.class);
        server.close();
        Scene.until("earlier connections have left too", () -> spaces().isEmpty());
    }
}
