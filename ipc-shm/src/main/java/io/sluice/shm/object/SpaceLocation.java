package io.sluice.shm.object;

import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.region.Directory;

import java.nio.file.Path;

/// Where a space is: a private directory in a private directory.
///
/// @param root the directory of spaces
/// @param directory of the space
/// @param removableRoot whether the root is removed when it is empty: it is the default one, or was made here
public record SpaceLocation(Path root, Directory directory, boolean removableRoot) {
    private static final String PROPERTY = "sluice.home";
    private static final String VARIABLE = "SLUICE_HOME";

    /// The directory of spaces.
    ///
    /// @param requested the caller's choice, or null
    /// @return an absolute path
    public static Path root(Path requested) {
        if (requested != null) {
            return requested.toAbsolutePath().normalize();
        }
        String home = System.getProperty(PROPERTY, System.getenv(VARIABLE));
        return home == null || home.isEmpty()
                ? defaultRoot()
                : Path.of(home).toAbsolutePath().normalize();
    }

    private static Path defaultRoot() {
        return Path.of("/dev/shm/sluice-" + Integer.toUnsignedString(FileCalls.user()));
    }

    /// Opens both directories, and makes those that are not there.
    ///
    /// @param temporary whether the space is noted in [TemporarySpaces], before its directory is made
    /// @return the location, or null if another process removed one of them at this moment
    static SpaceLocation openOrCreate(Path requested, String name, boolean temporary) {
        Path root = root(requested);
        boolean made = FileCalls.status(FileCalls.WORKING_DIRECTORY, root.toString()) == null;
        try (Directory checked = Directory.openOrCreate(root)) {
            if (temporary) {
                TemporarySpaces.note(root, name);
            }
            Directory space = Directory.openOrCreate(checked.path().resolve(name));
            return new SpaceLocation(root, space, made || root.equals(defaultRoot()));
        } catch (NoSuchObjectException removed) {
            return null;
        } catch (SystemCallException refused) {
            boolean parentIsThere = FileCalls.status(FileCalls.WORKING_DIRECTORY, root.getParent().toString()) != null;
            if (refused.errno() == Errno.ENOENT && parentIsThere) {
                return null;
            }
            throw refused;
        }
    }

    /// Opens both directories as they are.
    ///
    /// @return the location
    /// @throws NoSuchObjectException if one of them is not there
    static SpaceLocation open(Path requested, String name) {
        Path root = root(requested);
        try (Directory checked = Directory.open(root)) {
            return new SpaceLocation(root, Directory.open(checked.path().resolve(name)), root.equals(defaultRoot()));
        }
    }

    /// Removes the directory of the space if it is empty, with its note, and the root if that is empty then.
    void removeIfEmpty() {
        if (directory.removeIfEmpty()) {
            CrashPoint.SPACE_REMOVED.reached();
            TemporarySpaces.forget(root, directory.path().getFileName().toString());
        }
        if (removableRoot) {
            try (Directory empty = Directory.open(root)) {
                empty.removeIfEmpty();
            } catch (NoSuchObjectException removed) {
                // Another process has removed it.
            }
        }
    }
}
