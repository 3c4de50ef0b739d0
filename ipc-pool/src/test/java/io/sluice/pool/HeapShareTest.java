package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pool.process.ProcessContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The heaps of all workers of a pool together fit into the memory limit of a container.
class HeapShareTest {
    private static final long GIB = 1L << 30;

    @TempDir
    private Path root;

    @BeforeEach
    void aMachineOf16Gib() throws IOException {
        write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:        1000 kB\n");
    }

    private void write(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private HeapShare share() {
        return HeapShare.of(root.resolve("proc"), root.resolve("groups"));
    }

    @ParameterizedTest
    @CsvSource({"1, 512", "2, 512", "4, 256", "16, 64", "200, 16"})
    void allHeapsTogetherAreHalfOfTheLimit(int workers, int megabytes) {
        assertThat(new HeapShare(2 * GIB).options(workers, List.of())).containsExactly("-Xmx" + megabytes + "m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx1g", "-XX:MaxHeapSize=1g", "-XX:MaxRAMPercentage=50", "-XX:MaxRAM=1g",
        "-Xms256m", "-Xmn200m", "-XX:InitialHeapSize=1g", "-XX:MinHeapSize=1g", "-XX:InitialRAMPercentage=40",
        "-XX:NewSize=200m", "-XX:MaxNewSize=200m"})
    void aChosenHeapSizeIsKept(String option) {
        assertThat(new HeapShare(2 * GIB).options(4, List.of("-ea", option))).isEmpty();
    }

    @Test
    void aGroupOfVersion2AndItsAncestorsCount() throws IOException {
        write("proc/self/cgroup", "0::/pods/one\n");
        write("groups/pods/memory.max", Long.toString(2 * GIB));
        write("groups/pods/one/memory.max", "max\n");
        assertThat(share()).isEqualTo(new HeapShare(2 * GIB));
        write("groups/pods/one/memory.max", Long.toString(GIB) + "\n");
        assertThat(share()).isEqualTo(new HeapShare(GIB));
    }

    @Test
    void aContainerWhoseGroupIsTheVisibleRootHasItsLimit() throws IOException {
        write("proc/self/cgroup", "0::/docker/0123456789ab\n");
        write("groups/memory.max", Long.toString(GIB));
        assertThat(share()).isEqualTo(new HeapShare(GIB));
    }

    @Test
    void aGroupOfVersion1Counts() throws IOException {
        write("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/docker/one\n1:name=systemd:/b\n");
        write("groups/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(share().options(4, List.of())).isEmpty();
        write("groups/memory/docker/one/memory.limit_in_bytes", Long.toString(GIB));
        assertThat(share()).isEqualTo(new HeapShare(GIB));
    }

    /// No group, no limit, or a limit above the memory of the machine.
    @Test
    void withoutALimitNoOptionIsGiven() throws IOException {
        assertThat(share().options(4, List.of())).isEmpty();
        write("proc/self/cgroup", "0::/\n");
        assertThat(share().options(4, List.of())).isEmpty();
        write("groups/memory.max", "max\n");
        assertThat(share().options(4, List.of())).isEmpty();
        write("groups/memory.max", Long.toString(64 * GIB));
        assertThat(share().options(4, List.of())).isEmpty();
    }

    @Test
    void aWorkerHasTheChosenHeap() throws Exception {
        List<String> options = new HeapShare(GIB).options(4, List.of());
        try (ProcessPool pool = ProcessPool.builder().workers(1).jvmOptions(options.toArray(String[]::new)).build()) {
            assertThat(pool.submit(() -> Runtime.getRuntime().maxMemory()).get()).isBetween(100L << 20, 128L << 20);
        }
    }

    @Test
    void aWorkerHasInheritedOptionsOnce() throws Exception {
        try (ProcessPool pool = ProcessPool.builder().workers(1).jvmOptions("-Dshown=own")
                .context(ProcessContext.spawn().inheritJvmOptions()).build()) {
            List<String> arguments = pool.submit(() -> List.copyOf(
                    ManagementFactory.getRuntimeMXBean().getInputArguments())).get();
            List<String> inherited = ProcessContext.inheritableJvmOptions();
            assertThat(arguments).containsAll(inherited).containsOnlyOnce("-Dshown=own");
            // Every JVM started here has access to native code in any case.
            inherited.forEach(option -> assertThat(Collections.frequency(arguments, option)).as(option).isEqualTo(
                    Collections.frequency(inherited, option)
                            + (option.equals("--enable-native-access=ALL-UNNAMED")
                                    && !ProcessPool.class.getModule().isNamed() ? 1 : 0)));
        }
    }

    /// Options of the pool come after inherited ones.
    @Test
    void aWorkerHasTheOptionsOfThisJvmOnDemand() throws Exception {
        System.setProperty("set.later", "not an option");
        try (ProcessPool pool =
                ProcessPool.builder().workers(1).inheritJvmOptions().jvmOptions("-Dshown=own").build()) {
            assertThat(pool.submit(() -> System.getProperty("shown") + System.getProperty("set.later")).get())
                    .isEqualTo("ownnull");
            String temporary = System.getProperty("java.io.tmpdir");
            assertThat(pool.submit(() -> System.getProperty("java.io.tmpdir")).get()).isEqualTo(temporary);
        } finally {
            System.clearProperty("set.later");
        }
    }
}
