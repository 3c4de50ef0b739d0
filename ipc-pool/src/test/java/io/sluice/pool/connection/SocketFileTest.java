package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.pool.connection.Scene.Kind;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.error.UnsafeLocationException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The file of a Unix-domain socket: its permissions, its end, and who may replace it.
@Timeout(120)
class SocketFileTest {
    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() throws Exception {
        scene.close();
    }

    private Path path() {
        return scene.folder.resolve("socket");
    }

    private static String permissions(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void theFilesBelongToTheirUserAlone() throws Exception {
        Path directory = scene.folder.resolve("made");
        Listener<Object> listener = scene.keep(Listener.open(Address.unix(directory.resolve("s")), scene.key));
        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve("s"))).isEqualTo("rw-------");
        assertThat(permissions(directory.resolve("s.lock"))).isEqualTo("rw-------");
        listener.close();
        assertThat(directory).isEmptyDirectory();
        Files.delete(directory);
    }

    @Test
    void aMadeAddressIsInADirectoryOfThisUser() throws Exception {
        Listener<Object> listener = scene.keep(Listener.open(Address.unix(), scene.key));
        Path file = Path.of(((Address.Unix) listener.address()).path());
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(permissions(file.getParent())).isEqualTo("rwx------");
        listener.close();
        assertThat(file).doesNotExist();
        assertThat(Path.of(file + ".lock")).doesNotExist();
    }

    @Test
    void aDirectoryThatIsOpenToOthersIsRefused() throws Exception {
        Path directory = Files.createDirectory(scene.folder.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        Address address = Address.unix(directory.resolve("s"));
        assertThatThrownBy(() -> Listener.open(address, scene.key)).isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("'" + directory + "' has mode 0750; expected a directory of this user with mode")
                .hasMessageContaining("Address.unix()");
        assertThat(directory).isEmptyDirectory();
        Files.delete(directory);
        Path link = Files.createSymbolicLink(scene.folder.resolve("link"), Path.of("/tmp"));
        assertThatThrownBy(() -> Listener.open(Address.unix(link.resolve("s")), scene.key))
                .isInstanceOf(UnsafeLocationException.class).hasMessageContaining("is not a directory");
        Files.delete(link);
        assertThatThrownBy(() -> Listener.open(Address.unix(Path.of("/absent/of/all/s")), scene.key))
                .isInstanceOf(SystemCallException.class).hasMessageContaining("make the directory of the socket first");
    }

    @Test
    void aLiveListenerKeepsItsAddress() throws Exception {
        Listener<String> listener = scene.listener(Kind.UNIX);
        assertThatThrownBy(() -> Listener.open(listener.address(), scene.key)).isInstanceOf(BindException.class)
                .hasMessageContaining("listener '" + listener.address() + "'")
                .hasMessageContaining("found a live listener; close that one, or choose another path");
        var pair = scene.pair(listener, ConnectionOptions.defaults());
        pair.client().send("undisturbed");
        assertThat(pair.server().receive()).isEqualTo("undisturbed");
        Listener<String> port = scene.keep(Listener.open(Address.tcp("127.0.0.1", 0), scene.key, Codec.strings()));
        assertThatThrownBy(() -> Listener.open(port.address(), scene.key)).isInstanceOf(BindException.class)
                .hasMessageContaining("expected a free address of this host").hasMessageContaining("another port");
    }

    @Test
    void aProgramWithoutALockFileKeepsItsSocketToo() throws Exception {
        Path path = path();
        try (ServerSocketChannel other = Sockets.openServer(Address.unix(path))) {
            other.bind(UnixDomainSocketAddress.of(path));
            assertThatThrownBy(() -> Listener.open(Address.unix(path), scene.key)).isInstanceOf(BindException.class);
        }
        assertThat(path).as("stale from here on").exists();
        scene.keep(Listener.open(Address.unix(path), scene.key)).close();
        assertThat(path).doesNotExist();
    }

    @Test
    void anotherFileAtThePathStays() throws Exception {
        Files.writeString(path(), "precious");
        assertThatThrownBy(() -> Listener.open(Address.unix(path()), scene.key))
                .isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("expected a free path or the socket of a dead listener, found a regular file");
        assertThat(path()).hasContent("precious");
        assertThat(Path.of(path() + ".lock")).doesNotExist();
        Files.delete(path());
    }

    @Test
    void aFileThatReplacedTheSocketStays() throws Exception {
        Listener<String> listener = scene.listener(Kind.UNIX);
        Files.delete(path());
        Files.writeString(path(), "not ours");
        listener.close();
        assertThat(path()).hasContent("not ours");
        Files.delete(path());
    }

    /// The child says that it listens by connecting back, and is killed.
    @Test
    void theFileOfAKilledListenerIsReplaced() throws Exception {
        Listener<String> desk = scene.keep(Listener.open(Address.unix(), scene.key, Codec.strings()));
        Address address = Address.unix(path());
        killListener(desk, address);
        assertThat(path()).exists();
        assertThatThrownBy(() -> Client.connect(address, scene.key)).isInstanceOf(ConnectException.class);
        Listener<String> next = scene.listener(Kind.UNIX);
        var pair = scene.pair(next, ConnectionOptions.defaults());
        pair.client().send("works");
        assertThat(pair.server().receive()).isEqualTo("works");
    }

    /// In a directory of this test alone, since every listener removes what others have left.
    @Test
    void whatKilledListenersLeftAmongMadeAddressesIsRemovedByTheNextOne() throws Exception {
        Listener<String> desk = scene.keep(Listener.open(Address.unix(), scene.key, Codec.strings()));
        String usual = System.setProperty("java.io.tmpdir", scene.folder.toString());
        try {
            Address address = Address.unix();
            Listener<Object> live = scene.keep(Listener.open(Address.unix(), scene.key));
            killListener(desk, address);
            Path left = Path.of(((Address.Unix) address).path());
            assertThat(left).exists();
            Listener<Object> next = scene.keep(Listener.open(Address.unix(), scene.key));
            assertThat(left).doesNotExist();
            assertThat(Path.of(left + ".lock")).doesNotExist();
            scene.keep(Client.connect(live.address(), scene.key));           // the live ones stay
            next.close();
            live.close();
            assertThat(left.getParent()).isEmptyDirectory();
            Files.delete(left.getParent());
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
    }

    private void killListener(Listener<String> desk, Address address) throws Exception {
        AuthKey key = scene.key;
        Address back = desk.address();
        JavaProcess child = scene.child(() -> listen(address, back, key));
        assertThat(scene.accept(desk).receive()).isEqualTo("listening");
        child.kill();
        assertThat(child.join(Scene.WATCHDOG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private static void listen(Address address, Address back, AuthKey key) throws Exception {
        var listener = Listener.open(address, key);
        Client.connect(back, key, Codec.strings()).send("listening");
        listener.accept();
    }

    @Test
    void theEndOfTheJvmRemovesTheFile() throws Exception {
        AuthKey key = scene.key;
        Address address = Address.unix(path());
        Listener<String> desk = scene.keep(Listener.open(Address.unix(), scene.key, Codec.strings()));
        Address back = desk.address();
        JavaProcess child = scene.child(() -> listen(address, back, key));
        assertThat(scene.accept(desk).receive()).isEqualTo("listening");
        assertThat(path()).exists();
        child.terminate();
        assertThat(child.join(Scene.WATCHDOG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(child.join()).isNotInstanceOf(Exit.Failed.class);
        assertThat(path()).doesNotExist();
        assertThat(Path.of(path() + ".lock")).doesNotExist();
    }

    /// A close that returned before the socket is closed would let a later open fail, or a connect succeed.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVED")
    void anAddressIsFreeAsSoonAsItsListenerIsClosed(Kind kind) throws Exception {
        Listener<String> first = scene.listener(kind);
        Address address = first.address();
        first.close();
        for (int i = 0; i < 200; i++) {
            var listener = Listener.open(address, scene.key);
            if (i % 2 == 0) {
                Thread.currentThread().interrupt();
            }
            listener.close();
            assertThat(Thread.interrupted()).isEqualTo(i % 2 == 0);
            assertThatThrownBy(() -> Client.connect(address, scene.key)).isInstanceOf(ConnectException.class)
                    .hasMessageContaining("expected a listener, found none");
        }
    }

    /// Openers of one path at the same time, each closing soon: at most one has it at any time.
    @Test
    void ofManyOpenersOneGetsThePath() throws Exception {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger times = new AtomicInteger();
        List<Scene.Running<Void>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(scene.run(() -> {
                for (int k = 0; k < 100; k++) {
                    try (var listener = Listener.open(Address.unix(path()), scene.key)) {
                        assertThat(open.incrementAndGet()).isEqualTo(1);
                        times.incrementAndGet();
                        assertThat(Files.exists(path())).as("%s", listener).isTrue();
                        open.decrementAndGet();
                    } catch (BindException taken) {
                        assertThat(taken).hasMessageContaining("live listener");
                    }
                }
                return null;
            }));
        }
        for (var one : all) {
            one.get();
        }
        assertThat(times.get()).isPositive();
    }
}
