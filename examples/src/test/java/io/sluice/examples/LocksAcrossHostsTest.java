package io.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.core.files.TestFolders;
import io.sluice.core.codec.Codec;
import io.sluice.examples.Snippets.Snippet;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The snippets about locks across hosts do what their page promises, with a server of Valkey or Redis that this test
/// starts on a free port. Without its program on the `PATH` the tests are skipped.
class LocksAcrossHostsTest {
    private static final String PAGE = "docs/beyond-one-host.md";
    private static final long WATCHDOG_SECONDS = 120;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int ATTEMPTS = 3;

    private static final List<Process> started = new ArrayList<>();
    private static Path files;
    private static Path root;
    private static String address;

    /// A snippet that runs.
    private record Running(Process process, Path output) {
        String text() throws IOException {
            return Files.readString(output);
        }

        void awaitText(String expected) throws IOException {
            await(() -> text().contains(expected), expected + " in:\n" + text());
        }

        void type(String line) throws IOException {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        }

        void signal(String name) throws IOException, InterruptedException {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor()).isZero();
        }

        boolean isStopped() throws IOException {
            String stat = Files.readString(Path.of("/proc/%d/stat".formatted(process.pid())));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        }

        void awaitEnd() throws IOException, InterruptedException {
            assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).as(text()).isTrue();
            assertThat(process.exitValue()).as(text()).isZero();
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition, String what) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @BeforeAll
    static void startServer() throws IOException {
        Optional<Path> program = Stream.of("valkey-server", "redis-server").flatMap(LocksAcrossHostsTest::onPath)
                .findFirst();
        assumeTrue(program.isPresent(), "neither valkey-server nor redis-server is on the PATH; install one with"
                + " apt-get install --no-install-recommends redis-server");
        files = Files.createTempDirectory("sluice-locks-");
        root = TestFolders.makeRoot();
        for (int attempt = 1; address == null && attempt <= ATTEMPTS; attempt++) {
            address = server(program.get());
        }
        assertThat(address).as("address of a server, after %d attempts", ATTEMPTS).isNotNull();
        Snippets.compile(snippets(), files);
    }

    private static Stream<Path> onPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable);
    }

    /// Starts a server at a port that was free. @return its address; null if another process has taken the port
    private static String server(Path program) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path output = Files.createTempFile(files, "server-", ".txt");
        Process process = new ProcessBuilder(program.toString(), "--bind", "127.0.0.1", "--port", "" + port,
                "--dir", files.toString(), "--save", "", "--daemonize", "no")
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        started.add(process);
        await(() -> !process.isAlive() || answers(port), Files.readString(output));
        return process.isAlive() ? "redis://127.0.0.1:" + port : null;
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    @AfterAll
    static void nothingIsLeft() {
        started.forEach(process -> process.destroyForcibly().onExit().join());
        if (root != null) {
            TestFolders.remove(files);
            TestFolders.remove(root);
        }
    }

    private static List<Snippet> snippets() throws IOException {
        return Snippets.of(PAGE).stream().filter(snippet -> snippet.source().contains("org.redisson")).toList();
    }

    private static Running start(String about) throws IOException {
        Snippet snippet = snippets().stream().filter(one -> one.source().contains(about)).findFirst().orElseThrow();
        Path output = Files.createTempFile(files, "output-", ".txt");
        Process process = Snippets.command(snippet, files, root, output, address).start();
        started.add(process);
        return new Running(process, output);
    }

    /// Stopped by SIGSTOP until its lease is over and the next holder has written.
    @Test
    void theLateWriteOfAHolderThatWasStoppedIsRefused() throws Exception {
        try (SharedSpace bank = SharedSpace.open("bank", SpaceOptions.under(root));
                var ledger = bank.queue("ledger", Codec.strings(), 100)) {
            Running first = start("getFencedLock");
            first.awaitText("has the lock, token 1");
            first.signal("STOP");
            await(first::isStopped, "stopped");

            Running second = start("getFencedLock");
            second.awaitText("has the lock, token 2");
            second.type("of the second");
            second.awaitEnd();
            assertThat(second.text()).contains("wrote of the second");

            first.signal("CONT");
            first.type("of the first");
            first.awaitEnd();
            assertThat(first.text()).contains("refused of the first");
            assertThat(ledger.poll()).isEqualTo("of the second");
            assertThat(ledger.poll()).isNull();
        }
    }

    @Test
    void thePermitOfAHolderThatWasKilledComesBack() throws Exception {
        Running first = start("getPermitExpirableSemaphore");
        first.awaitText("has a licence");
        first.process().destroyForcibly().onExit().join();

        Running second = start("getPermitExpirableSemaphore");
        second.awaitText("has a licence");
        second.type("works");
        second.awaitEnd();
        assertThat(second.text()).containsPattern("works (in time|after the lease)");
    }
}
