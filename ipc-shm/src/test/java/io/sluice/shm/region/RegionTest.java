package io.sluice.shm.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.error.ClosedException;
import io.sluice.core.memory.Memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file of shared memory from its creation to its end.
class RegionTest {
    private Path path;
    private Directory directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        path = Files.createTempDirectory(Path.of("/dev/shm"), "sluice-test-");
        directory = Directory.open(path);
    }

    @AfterEach
    void removeDirectory() throws IOException {
        CrashHook.script(null);
        System.clearProperty(NewFile.NO_TMPFILE);
        for (String name : directory.names()) {
            Files.delete(path.resolve(name));
        }
        assertThat(directory.removeIfEmpty()).isTrue();
        assertThat(directory.removeIfEmpty()).isFalse();
        directory.close();
    }

    private static RegionHeader header() {
        return new RegionHeader(1, 5000, 0, UUID.randomUUID(), new long[8], false, "", 0x1401, 1, 1);
    }

    private Region attach() {
        return Region.attach(directory, "r", header -> {}, joined -> true);
    }

    /// Until the initializer is done no process sees a file under the name, and afterwards a complete one; a second
    /// creator is refused. The same where files without a name do not exist.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRegionAppearsWholeOrNotAtAll(boolean hidden) {
        System.setProperty(NewFile.NO_TMPFILE, Boolean.toString(hidden));
        List<String> seen = new ArrayList<>();
        CrashHook.script(point -> seen.add(point + " " + directory.names().contains("r")));
        Region made = Region.create(directory, "r", header(), created -> {
            assertThat(directory.names()).doesNotContain("r").hasSize(hidden ? 1 : 0);
            Memory.putLong(created.body(), 42);
        });
        assertThat(Region.create(directory, "r", header(), created -> {})).isNull();
        assertThat(directory.names()).containsExactly("r");
        Region attached = attach();
        assertThat(Memory.getLong(attached.body())).isEqualTo(42);
        assertThat(attached.header().id()).isEqualTo(made.header().id());
        assertThat(seen)
                .containsExactly(
                        "CREATE_UNNAMED false", "CREATE_NAMED true", "CREATE_UNNAMED true", "ATTACH_MAPPED true");
        made.close();
        attached.close();
    }

    /// A name that is replaced during an attach leads to the new file.
    @Test
    void attachingEndsAtTheFileThatHasTheName() {
        Region.create(directory, "r", header(), created -> {}).close();
        AtomicReference<Region> replacement = new AtomicReference<>();
        Region attached = Region.attach(
                directory,
                "r",
                header -> {
                    if (replacement.get() == null) {
                        directory.unlink("r");
                        replacement.set(Region.create(directory, "r", header(), created -> {}));
                    }
                },
                joined -> true);
        assertThat(attached.header().id()).isEqualTo(replacement.get().header().id());
        assertThat(attached.isStillNamed()).isTrue();
        attached.close();
        replacement.get().close();
    }

    /// Nothing is there: null. The check or the joining throws: nothing stays open.
    @Test
    void whatThrowsWhileAttachingLeavesNothingOpen() throws IOException {
        assertThat(attach()).isNull();
        Region.create(directory, "r", header(), created -> {}).close();
        long before = openFiles();
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> Region.attach(directory, "r", header -> {
                                throw new IllegalStateException("check");
                            }, joined -> true))
                    .hasMessage("check");
            assertThatThrownBy(() -> Region.attach(directory, "r", header -> {}, joined -> {
                                throw new IllegalStateException("join");
                            }))
                    .hasMessage("join");
        }
        assertThat(openFiles()).isEqualTo(before);
    }

    private static long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    /// A closed region shows zeros, and cannot be mapped afresh any more.
    @Test
    void aClosedRegionIsZero() {
        Region region = Region.create(directory, "r", header(), created -> {});
        Memory.putLong(region.body(), 42);
        region.seal();
        assertThat(Memory.getLong(region.body())).isZero();
        assertThat(region.mapAfresh(file -> assertThat(Memory.getLong(file + RegionLayout.BODY)).isEqualTo(42)))
                .isTrue();
        region.close();
        region.close();
        assertThat(Memory.getLong(region.body())).isZero();
        assertThat(region.mapAfresh(file -> {})).isFalse();
    }

    /// A remover and an attacher exclude each other.
    @Test
    void removingAndAttachingExcludeEachOther() {
        Region.create(directory, "r", header(), created -> {}).close();
        try (RegionFile remover = RegionFile.open(directory, "r");
                RegionFile attacher = RegionFile.open(directory, "r")) {
            assertThat(attacher.tryStartAttach()).isTrue();
            assertThat(remover.tryStartRemoval()).isFalse();
            attacher.endAttachOrRemoval();
            assertThat(remover.tryStartRemoval()).isTrue();
            assertThat(attacher.tryStartAttach()).isFalse();
            assertThat(remover.participants()).hasSize(1024).containsOnly(0);
        }
    }

    /// A closed directory refuses every name.
    @Test
    void aClosedDirectoryRefuses() {
        Directory other = Directory.open(path);
        other.close();
        other.close();
        assertThatThrownBy(() -> other.unlink("r"))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("was closed");
    }
}
