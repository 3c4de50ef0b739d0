package io.sluice.journal;

import io.sluice.core.files.TestFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A root of spaces in `/dev/shm` and a folder for journals, of one test; both are removed with it.
public final class Folders implements AutoCloseable {
    private final Path root = TestFolders.makeRoot();
    private final Path files;

    /// Makes both.
    public Folders() {
        try {
            files = Files.createTempDirectory("sluice-test-");
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// The root of spaces.
    ///
    /// @return its path
    public Path root() {
        return root;
    }

    /// A path for a journal, or a file.
    ///
    /// @param name of it
    /// @return a path; nothing is made
    public Path file(String name) {
        return files.resolve(name);
    }

    @Override
    public void close() {
        var _ = TestFolders.remove(root);
        var _ = TestFolders.remove(files);
    }
}
