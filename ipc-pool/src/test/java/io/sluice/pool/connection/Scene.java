package io.sluice.pool.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.sluice.core.codec.Codec;
import io.sluice.core.files.TestFolders;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.pipe.Connection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// Listeners, clients, processes and files of a test. At its end all are gone, and so are threads and descriptors.
final class Scene {
    static final Duration WATCHDOG = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();
    // A strong reference: the level of a logger that was collected is lost.
    static final Logger LOGGER = Logger.getLogger("io.sluice.pool.connection");

    /// The ways of messages: two kinds of sockets, and a Unix-domain socket that moves to shared memory.
    enum Kind { UNIX, TCP, MOVED }

    final AuthKey key = AuthKey.generate();
    final Path folder;
    private final long descriptors;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    Scene() {
        LOGGER.setLevel(Level.OFF);
        warmUp();
        try {
            folder = Files.createTempDirectory("sluice-test-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        descriptors = descriptors();
    }

    /// Opens what the JVM keeps for good: pollers of virtual threads, the source of random numbers.
    private static void warmUp() {
        try (var listener = Listener.open(Address.unix(), AuthKey.of(new byte[16]));
                var connection = Client.connect(listener.address(), AuthKey.of(new byte[16]));
                var other = listener.accept()) {
            connection.send("x");
            assertThat(other.receive()).isEqualTo("x");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Address address(Kind kind) {
        return kind != Kind.TCP ? Address.unix(folder.resolve("socket"))
                : Address.tcp(InetAddress.getLoopbackAddress().getHostAddress(), 0);
    }

    Listener<String> listener(Kind kind) throws IOException {
        return listener(kind, ConnectionOptions.defaults());
    }

    Listener<String> listener(Kind kind, ConnectionOptions options) throws IOException {
        return keep(Listener.open(address(kind), key, Codec.strings(), options.withSharedMemory(kind == Kind.MOVED)));
    }

    /// Both sides of a new connection.
    record Pair(Connection<String> client, Connection<String> server) {}

    Pair pair(Kind kind) throws IOException, InterruptedException {
        return pair(listener(kind), ConnectionOptions.defaults());
    }

    Pair pair(Listener<String> listener, ConnectionOptions options) throws IOException, InterruptedException {
        Connection<String> client = keep(Client.connect(listener.address(), key, Codec.strings(), options));
        return new Pair(client, keep(accept(listener)));
    }

    <E> Connection<E> accept(Listener<E> listener) throws InterruptedException {
        Connection<E> accepted = listener.accept(WATCHDOG.toSeconds(), TimeUnit.SECONDS);
        assertThat(accepted).as("a client has connected to %s", listener).isNotNull();
        return keep(accepted);
    }

    /// A socket that knows nothing of the protocol.
    SocketChannel raw(Address address) throws IOException {
        SocketChannel channel = address instanceof Address.Unix(String path)
                ? SocketChannel.open(UnixDomainSocketAddress.of(path)) : SocketChannel.open(Sockets.of(address));
        synchronized (opened) {
            opened.add(channel);
        }
        return channel;
    }

    <T extends AutoCloseable> T keep(T closeable) {
        synchronized (opened) {
            opened.add(closeable);
        }
        return closeable;
    }

    /// A child of this JVM that is killed at the end.
    JavaProcess child(Action task) {
        JavaProcess child = JavaProcess.builder(task).stdout(Redirect.DISCARD).stderr(Redirect.INHERIT).start();
        return keep(child);
    }

    /// Runs something in a thread of its own.
    <T> Running<T> run(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "test");
        threads.add(thread);
        thread.start();
        return new Running<>(task, thread);
    }

    /// Runs something in a virtual thread.
    <T> Running<T> runVirtual(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofVirtual().name("test").start(task);
        threads.add(thread);
        return new Running<>(task, thread);
    }

    /// Work in a thread of its own.
    record Running<T>(FutureTask<T> task, Thread thread) {
        T get() throws Exception {
            return task.get(WATCHDOG.toSeconds(), TimeUnit.SECONDS);
        }

        Throwable failure() throws Exception {
            try {
                throw new AssertionError("expected a failure, found " + get());
            } catch (ExecutionException e) {
                return e.getCause();
            }
        }

        /// Waits until the thread waits in a socket, or for a lock or condition.
        void awaitBlocked() {
            until(thread + " waits", () -> Stream.of(thread.getStackTrace()).anyMatch(frame ->
                    frame.getMethodName().equals("park") || frame.getMethodName().equals("wait")
                            || frame.getClassName().endsWith("linux.Futex")
                            || frame.getClassName().contains("EPollSelector")));
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > WATCHDOG.toNanos()) {
                fail("timed out waiting until " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    static long descriptors() {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] read(SocketChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("end after " + bytes.position() + " of " + length + " bytes");
            }
        }
        return bytes.array();
    }

    static void write(SocketChannel channel, byte[]... parts) throws IOException {
        for (byte[] part : parts) {
            ByteBuffer bytes = ByteBuffer.wrap(part);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /// Waits for the end of a socket's stream, and skips what comes before. A reset counts.
    static void awaitEnd(SocketChannel channel) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(256);
            while (channel.read(bytes) >= 0) {
                bytes.clear();
            }
        } catch (IOException reset) {
            // The end too.
        }
    }

    /// Proves the key by hand.
    static void prove(SocketChannel channel, AuthKey key) throws IOException {
        byte[] hello = read(channel, Handshake.MAGIC_BYTES + Handshake.NONCE_BYTES);
        byte[] theirs = Arrays.copyOfRange(hello, Handshake.MAGIC_BYTES, hello.length);
        byte[] mine = new byte[Handshake.NONCE_BYTES];
        write(channel, Handshake.magic(), mine, Handshake.proofOfClient(key, theirs, mine));
        byte[] answer = read(channel, 1 + Handshake.MAC_BYTES);
        assertThat(answer[0]).isEqualTo(Handshake.ADMITTED);
    }

    /// A connected raw socket that has authenticated, and said that it has a codec.
    SocketChannel authenticated(Address address, String identity) throws IOException {
        SocketChannel channel = raw(address);
        greet(channel, key, identity);
        return channel;
    }

    /// Does the client's side of the whole handshake by hand.
    static void greet(SocketChannel channel, AuthKey key, String identity) throws IOException {
        prove(channel, key);
        byte[] text = identity.getBytes(StandardCharsets.UTF_8);
        write(channel, frame(text.length, Frame.GREETING, text));
        byte[] header = read(channel, Frame.HEADER_BYTES);
        read(channel, ByteBuffer.wrap(header).getInt());
    }

    static byte[] frame(int length, byte kind, byte[] body) {
        return ByteBuffer.allocate(Frame.HEADER_BYTES + body.length).putInt(length).put(kind).put(body).array();
    }

    /// Closes everything, and checks that nothing is left.
    void close() throws Exception {
        LOGGER.setLevel(null);               // for the next class in this JVM
        for (AutoCloseable closeable : opened.reversed()) {
            if (closeable instanceof JavaProcess child) {
                end(child);
            }
            closeable.close();
        }
        for (Thread thread : threads) {
            thread.interrupt();
            assertThat(thread.join(WATCHDOG)).as("%s has ended", thread).isTrue();
        }
        assertThat(TestFolders.remove(folder)).as("files").containsExactly(folder);
        until("no descriptor is left of " + descriptors(), () -> descriptors() <= descriptors);
        until("nothing in shared memory is left", () -> SpaceRoot.usual().spaces().stream().noneMatch(
                name -> name.startsWith("connections-" + ProcessHandle.current().pid() + "-")));
        until("no thread of a listener is left", () -> !threadDump().contains("sluice-"));
    }

    /// All threads, the virtual ones too, which have names that begin with `sluice-` in this package.
    static String threadDump() {
        try {
            Path file = Files.createTempFile("sluice-test-threads-", ".txt");
            Files.delete(file);
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            String dump = Files.readString(file);
            Files.delete(file);
            assertThat(dump).contains("main");
            return dump.replace(file.toString(), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(JavaProcess child) throws InterruptedException {
        child.kill();
        assertThat(child.join(WATCHDOG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
