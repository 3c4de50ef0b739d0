package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.files.TestFolders;
import io.sluice.core.ring.RingOptions;

import io.sluice.shm.body.RingBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A root of spaces for one test, in `/dev/shm`; when the test ends, its children are killed and all files removed.
final class TestRoot implements AutoCloseable {
    static final RingOptions SHAPE = RingOptions.manyToMany(16);

    private final Path path = TestFolders.makeRoot();
    private final List<Child> children = new ArrayList<>();

    Path path() {
        return path;
    }

    Path space(String name) {
        return path.resolve(name);
    }

    Space open(String name) {
        return Space.open(path, name);
    }

    /// Starts a JVM that takes commands; see [Child].
    ///
    /// @param options of the JVM
    Child child(String... options) {
        Child child = new Child(path, List.of(options));
        children.add(child);
        return child;
    }

    static ObjectSpec persistent(String name) {
        return spec(name, false);
    }

    static ObjectSpec temporary(String name) {
        return spec(name, true);
    }

    private static ObjectSpec spec(String name, boolean temporary) {
        return ObjectSpec.of(name, Kind.QUEUE, new RingBody(SHAPE), "test", temporary);
    }

    List<String> files(String space) {
        try (var files = Files.list(path.resolve(space))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public void close() {
        children.forEach(Child::kill);
        var _ = TestFolders.remove(path);
        assertThat(path).doesNotExist();
    }
}
