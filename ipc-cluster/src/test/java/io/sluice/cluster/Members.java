package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import io.sluice.core.files.TestFolders;
import io.sluice.shm.SharedSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Members of one cluster on this machine, over the loopback interface, and a root for the spaces of their workers. At
/// the end running processes are killed, and nothing is left below the root.
final class Members implements AutoCloseable {
    static final long WATCHDOG_SECONDS = 120;
    private static final String HOME = "sluice.home";
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Path root = TestFolders.makeRoot();
    private final List<Integer> ports;
    private final List<Process> started = new ArrayList<>();
    private final List<ProcessHandle> workers = new ArrayList<>();

    /// @param size largest number of members at one time
    Members(int size) {
        System.setProperty(HOME, root.toString());
        ports = freePorts(size);
    }

    Path root() {
        return root;
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        } finally {
            sockets.forEach(socket -> {
                try {
                    socket.close();
                } catch (IOException refused) {
                    throw new UncheckedIOException(refused);
                }
            });
        }
    }

    /// The configuration of a member.
    Config config(int index) {
        return config(ports, index);
    }

    /// The configuration of a member of another cluster, which is alone there.
    Config alone(int index) {
        return config(List.of(ports.get(index)), 0);
    }

    static Config config(List<Integer> ports, int index) {
        Config config = ClusterPool.config("test-" + ports.getFirst(),
                ports.stream().map(port -> "127.0.0.1:" + port).toArray(String[]::new));
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.partition.count", "11");
        config.setProperty("hazelcast.operation.thread.count", "2");
        config.setProperty("hazelcast.operation.generic.thread.count", "2");
        config.setProperty("hazelcast.io.thread.count", "1");
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        config.getNetworkConfig().setPort(ports.get(index)).setPortAutoIncrement(false).getInterfaces().setEnabled(true)
                .addInterface("127.0.0.1");
        return config;
    }

    /// Starts a member in a process of its own.
    ///
    /// @param what it joins, as [MemberMain] takes it
    Process start(String what, int index) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xmx128m", "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), MemberMain.class.getName(), what,
                Integer.toString(index)));
        ports.forEach(port -> command.add(Integer.toString(port)));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(root.resolve("member-%d-%d.text".formatted(index, started.size())).toFile());
            builder.environment().put("SLUICE_HOME", root.toString());
            Process process = builder.start();
            started.add(process);
            return process;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    void kill(Process member) {
        workers.addAll(member.descendants().toList());
        member.destroyForcibly();
        try {
            assertThat(member.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS)).as("killed").isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// What the processes have printed, for a failure.
    String texts() {
        var texts = new StringBuilder();
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".text")).toList()) {
                texts.append(file.getFileName()).append(":\n").append(Files.readString(file));
            }
        } catch (IOException gone) {
            texts.append(gone);
        }
        return texts.toString();
    }

    static void await(BooleanSupplier condition, Supplier<String> what) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what.get()).isLessThan(end);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// A member that is killed before its first worker has opened the space of its pool leaves that space to the next
    /// process that opens one under the same root.
    private List<String> leftAfterAnOpening() {
        SharedSpace.openTemporary().close();
        return left();
    }

    /// The spaces that are left.
    private List<String> left() {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && !name.endsWith(".text")).toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            started.forEach(this::kill);
            await(() -> workers.stream().noneMatch(ProcessHandle::isAlive), () -> "workers end with their member");
            await(() -> leftAfterAnOpening().isEmpty(), () -> "left below the root: " + left());
        } finally {
            workers.forEach(ProcessHandle::destroyForcibly);
            System.clearProperty(HOME);
            var _ = TestFolders.remove(root);
        }
    }
}
