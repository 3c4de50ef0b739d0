package io.sluice.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// A root of spaces in `/dev/shm` and a folder for journals, of one test; both are removed with it.
public final class Folders implements AutoCloseable {
    private final Path root;
    private final Path files;

    /// Makes both.
    public Folders() {
        try {
            root = Files.createTempDirectory(Path.of("/dev/shm"), "sluice-test-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
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
        remove(root);
        remove(files);
    }

    private static void remove(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException goneMeanwhile) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}
