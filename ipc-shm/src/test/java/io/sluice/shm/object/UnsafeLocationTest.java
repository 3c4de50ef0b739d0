package io.sluice.shm.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.error.UnsafeLocationException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Existing files and directories at the place of a space: none is used that is not private, and none is changed.
class UnsafeLocationTest {
    private final TestRoot root = new TestRoot();

    @AfterEach
    void removeEverything() {
        root.close();
    }

    private void assertRefused(Path path, String why) {
        assertThatThrownBy(() -> Space.open(path, "s"))
                .isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("'" + path + "' " + why)
                .hasMessageContaining("SLUICE_HOME");
    }

    /// A root or a space that others may enter.
    @Test
    void aDirectoryOpenToOthersIsRefused() throws IOException {
        Path open = Files.createDirectory(root.path().resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRefused(open, "has mode 0777, 0700 is needed");
        Path space = Files.createDirectory(root.path().resolve("s"));
        Files.setPosixFilePermissions(space, PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> root.open("s"))
                .isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("/s' has mode 0750, 0700 is needed");
        assertThat(space).isEmptyDirectory();
    }

    /// A symbolic link, even one to a directory of ours.
    @Test
    void aSymbolicLinkIsNotFollowed() throws IOException {
        Path target = Files.createDirectory(root.path().resolve("target"));
        Path link = Files.createSymbolicLink(root.path().resolve("link"), target);
        assertRefused(link, "is a symbolic link, not a directory");
        Files.createSymbolicLink(root.path().resolve("s"), target);
        assertThatThrownBy(() -> root.open("s"))
                .isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("/s' is a symbolic link");
    }

    /// A file where a directory should be.
    @Test
    void aFileIsNotADirectory() throws IOException {
        assertRefused(Files.createFile(root.path().resolve("file")), "is a regular file, not a directory");
    }

    /// A directory of another user, whatever its mode.
    @Test
    void aDirectoryOfAnotherUserIsRefused() throws IOException, InterruptedException {
        Path foreign = Files.createDirectory(root.path().resolve("foreign"));
        Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwx------"));
        assumeTrue(new ProcessBuilder("chown", "54321", foreign.toString()).start().waitFor() == 0, "needs chown");
        assertRefused(foreign, "belongs to user 54321, this is user ");
    }

    /// A parent that is not there is not made.
    @Test
    void aRootWithoutAParentIsRefused() {
        assertThatThrownBy(() -> Space.open(root.path().resolve("no/where"), "s"))
                .isInstanceOf(SystemCallException.class)
                .hasMessageContaining("mkdirat of '" + root.path() + "/no/where' failed, ENOENT: no such file")
                .hasMessageContaining("make sure that the parent directory exists");
    }

    /// The file under an object's name must be private and regular, with one name.
    @Test
    void anObjectThatIsNotAPrivateFileIsRefused() throws IOException {
        try (Space space = root.open("s")) {
            Path directory = space.path();
            space.open(TestRoot.persistent("q")).close();
            Files.createSymbolicLink(directory.resolve("link"), directory.resolve("q"));
            Files.createDirectory(directory.resolve("dir"));
            assertObjectRefused(space, "link", "is a symbolic link, not a regular file");
            assertObjectRefused(space, "dir", "is a directory, not a regular file");
            Files.createLink(directory.resolve("second"), directory.resolve("q"));
            assertObjectRefused(space, "q", "has 2 names, 1 is expected");
            Files.delete(directory.resolve("second"));
            Files.setPosixFilePermissions(directory.resolve("q"), PosixFilePermissions.fromString("rw-r-----"));
            assertObjectRefused(space, "q", "has mode 0640, 0600 is needed");
        }
    }

    /// A named pipe does not make the opener wait for its other end.
    @Test
    void aNamedPipeIsRefusedAtOnce() throws IOException, InterruptedException {
        try (Space space = root.open("s")) {
            Path pipe = space.path().resolve("fifo");
            int made = new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start().waitFor();
            assumeTrue(made == 0, "needs mkfifo");
            assertObjectRefused(space, "fifo", "is a named pipe, not a regular file");
        }
    }

    private static void assertObjectRefused(Space space, String name, String why) {
        assertThatThrownBy(() -> space.open(TestRoot.persistent(name)))
                .isInstanceOf(UnsafeLocationException.class)
                .hasMessageContaining("/" + name + "' " + why);
    }
}
