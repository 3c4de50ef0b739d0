package io.sluice.core.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Folders of one test, for the tests of every module.
public final class TestFolders {
    private TestFolders() {}

    /// Makes a folder in shared memory, as a root of spaces: only this user may enter it.
    ///
    /// @return its path, which no other test has
    public static Path makeRoot() {
        try {
            return Files.createTempDirectory(Path.of("/dev/shm"), "sluice-test-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// Removes a folder with all that is in it. What another process removes at the same time is no failure.
    ///
    /// @param folder to remove
    /// @return what was removed, the folder itself last
    public static List<Path> remove(Path folder) {
        List<Path> removed = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    return remove(file);
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    return remove(file);
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                    return remove(visited);
                }

                private FileVisitResult remove(Path path) throws IOException {
                    if (Files.deleteIfExists(path)) {
                        removed.add(path);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        return removed;
    }
}
