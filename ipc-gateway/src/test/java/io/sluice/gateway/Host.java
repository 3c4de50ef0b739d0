package io.sluice.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.files.TestFolders;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.space.SpaceOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// A root of spaces for one test, which stands for the memory of one host or of several, and the gateways that the test
/// starts there. At the end running processes are killed, and all files are removed.
final class Host implements AutoCloseable {
    private static final String HOME = "sluice.home";
    static final long WATCHDOG_SECONDS = 120;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Path root = TestFolders.makeRoot();
    private final List<Process> running = new ArrayList<>();
    private final List<Local> threads = new ArrayList<>();

    /// A running gateway: in a thread of this process, or in a process of its own.
    abstract static class Run {
        abstract String text();

        /// Waits for its end. @return its exit code
        abstract int await();

        /// Waits until it has printed a text.
        void awaitText(String expected) {
            Host.await(() -> text().contains(expected), () -> "expected '%s' in:%n%s".formatted(expected, text()));
        }
    }

    /// One in a thread.
    static final class Local extends Run {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final GatewayCommand command;
        private final Thread thread;
        private volatile int code = -1;

        private Local(String arguments) {
            PrintStream stream = new PrintStream(out, true, UTF_8);
            command = new GatewayCommand(new Report(stream, stream));
            thread = Thread.ofPlatform().daemon().name(arguments)
                    .start(() -> code = command.execute(arguments.split(" ")));
        }

        @Override
        String text() {
            return out.toString(UTF_8);
        }

        @Override
        int await() {
            try {
                assertThat(thread.join(Duration.ofSeconds(WATCHDOG_SECONDS))).as("ended in time:%n%s", text()).isTrue();
                return code;
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        void stop() {
            command.stop();
            await();
        }
    }

    /// One in a process.
    static final class Child extends Run {
        private final Process process;
        private final Path out;

        private Child(Process process, Path out) {
            this.process = process;
            this.out = out;
        }

        @Override
        String text() {
            try {
                return Files.readString(out);
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }

        @Override
        int await() {
            try {
                assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).as("ended in time:%n%s", text())
                        .isTrue();
                return process.exitValue();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        void signal(String name) throws IOException, InterruptedException {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
        }

        boolean isAlive() {
            return process.isAlive();
        }

        void kill() {
            process.destroyForcibly();
            assertThat(await()).isEqualTo(137);
        }
    }

    Host() {
        System.setProperty(HOME, root.toString());
    }

    Path root() {
        return root;
    }

    SharedSpace space(String name) {
        return SharedSpace.open(name, SpaceOptions.under(root));
    }

    /// A port of UDP that is free, and the next one too.
    static int freePort() {
        for (int i = 0; i < 1000; i++) {
            try (DatagramSocket first = bound(0); DatagramSocket _ = bound(first.getLocalPort() + 1)) {
                return first.getLocalPort();
            } catch (IOException taken) {
                // another one
            }
        }
        throw new AssertionError("no free port");
    }

    /// What all gateways in threads have printed, for a failure.
    String texts() {
        return threads.stream().map(Local::text).collect(Collectors.joining());
    }

    private static DatagramSocket bound(int port) throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /// Starts a gateway in a thread.
    Local gateway(String arguments) {
        Local local = new Local(arguments);
        threads.add(local);
        return local;
    }

    /// Starts a gateway in a process.
    ///
    /// @param prefix of the command line, as `ip netns exec`
    Child process(List<String> prefix, List<String> jvmOptions, String arguments) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.addAll(List.of("--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED"));
        return start(prefix, options, GatewayCommand.class.getName(), arguments);
    }

    /// Starts a class of the class path.
    Child start(List<String> prefix, List<String> jvmOptions, String mainClass, String arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(List.of(arguments.split(" ")));
        try {
            Path out = Files.createTempFile(root, "out", ".text");
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
            builder.environment().put("SLUICE_HOME", root.toString());
            Process process = builder.start();
            running.add(process);
            return new Child(process, out);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Waits, with a watchdog and without a ceiling that could be met.
    static void await(BooleanSupplier condition, Supplier<String> description) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not happen: " + description.get());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public void close() {
        threads.forEach(Local::stop);
        System.clearProperty(HOME);
        for (Process process : running) {
            process.destroyForcibly();
        }
        try {
            for (Process process : running) {
                process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            var _ = TestFolders.remove(root);
        }
    }
}
