package io.sluice.shm.object;

import static io.sluice.shm.linux.Linux.O_CREAT;
import static io.sluice.shm.linux.Linux.O_RDWR;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.SluiceException;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.owner.Registry;
import io.sluice.shm.region.Directory;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Notes which spaces of a root may hold temporary objects, so that a process finds those without a live owner and need
/// not check the others.
final class TemporarySpaces {
    /*
     * The root has a directory `.temporary`, if there is a temporary space. It contains:
     *   an empty file with the name of each space that was opened for temporary objects: its note;
     *   the directory `.ending-<random>` of each space whose only process ends; see ProcessEnd.
     *
     * A note is a hint: without one the space is not removed, and a superfluous one costs a check. Whether a space has
     * a live owner is decided by the kernel's locks in `.alive`; a stopped process keeps them.
     *
     * No live space lacks its note. An opener writes the note before it makes the directory, so that a death in between
     * leaves a note, and writes it again once it has entered. A remover takes the note away
     *   - when the directory is gone, and writes it again if it finds a directory afterwards. Either it sees the
     *     newcomer's directory, or the newcomer makes that directory, and writes the second note, later;
     *   - or, if persistent objects stay, while it has closed the door and found nothing temporary. A newcomer then
     *     waits at the door, and writes its second note later.
     * A death of a remover before it took the note away leaves a note without a space, which the next one removes.
     */
    static final String DIRECTORY = ".temporary";
    private static final String ENDING = ".ending-";

    private TemporarySpaces() {}

    /// Notes a space. Two calls of Linux if there is a note.
    static void note(Path root, String name) {
        int result = -Errno.ENOENT;
        while (result == -Errno.ENOENT) { // the directory of notes is removed when it is empty, also at this moment
            try (Directory notes = Directory.openOrCreate(root.resolve(DIRECTORY))) {
                result = notes.openFile(name, O_CREAT | O_RDWR);
                if (result < 0 && result != -Errno.ENOENT) {
                    throw notes.cannotOpen(name, -result);
                }
            } catch (NoSuchObjectException removed) {
                // Try again.
            }
        }
        FileCalls.close(result);
        CrashPoint.SPACE_NOTED.reached();
    }

    /// Removes the note of a space whose directory is gone.
    static void forget(Path root, String name) {
        erase(root, name);
        if (FileCalls.status(FileCalls.WORKING_DIRECTORY, root.resolve(name).toString()) != null) {
            note(root, name);
        }
    }

    /// Removes a note, and the directory of notes if it is empty then. The caller has closed the door, or checks again
    /// afterwards.
    static void erase(Path root, String name) {
        String notes = root.resolve(DIRECTORY).toString();
        FileCalls.unlink(FileCalls.WORKING_DIRECTORY, notes + "/" + name);
        FileCalls.removeDirectory(FileCalls.WORKING_DIRECTORY, notes);
    }

    /// Removes temporary spaces without a live owner, and the temporary objects of other spaces without one. A space
    /// that cannot be removed stays.
    ///
    /// @param root directory of spaces
    /// @param most how many spaces are checked; of more than these, a random choice
    /// @return the names of the spaces that were removed
    static List<String> removeAbandoned(Path root, int most) {
        Path notes = root.resolve(DIRECTORY);
        if (FileCalls.status(FileCalls.WORKING_DIRECTORY, notes.toString()) == null) {
            return List.of();
        }
        List<String> removed = new ArrayList<>();
        try (Directory directory = Directory.open(notes)) {
            List<String> names = directory.names();
            if (names.size() > most) {
                Collections.shuffle(names);
                names = names.subList(0, most);
            }
            for (String name : names) {
                if (name.startsWith(ENDING)) {
                    removeIfAbandoned(notes.resolve(name), () -> {});
                } else if (Names.isAllowed(name) && removeIfAbandoned(root, name)) {
                    removed.add(name);
                }
            }
            directory.removeIfEmpty();
        } catch (SluiceException | UncheckedIOException refused) {
            // Removed meanwhile, or not private to this user. The next opener of that space gets the exception.
        }
        Collections.sort(removed);
        return removed;
    }

    /// Removes a space that has no live owner and holds nothing persistent.
    ///
    /// @return whether it was there and is gone
    static boolean removeIfAbandoned(Path root, String name) {
        Path space = root.resolve(name);
        boolean removed = removeIfAbandoned(space, () -> erase(root, name));
        if (FileCalls.status(FileCalls.WORKING_DIRECTORY, space.toString()) == null) {
            forget(root, name);
        }
        return removed;
    }

    /// @param nothingTemporaryLeft called while the door is closed, if only persistent objects are left
    private static boolean removeIfAbandoned(Path space, Runnable nothingTemporaryLeft) {
        try (Directory directory = Directory.open(space)) {
            Cleaner cleaner = new Cleaner(space.getFileName().toString(), directory, Set.of());
            boolean abandoned = Registry.removeIfUnused(directory, () -> {
                boolean nothingLeft = cleaner.removeLeftovers();
                if (!nothingLeft && cleaner.failures() == 0) {
                    nothingTemporaryLeft.run();
                }
                return nothingLeft;
            });
            boolean removed = abandoned && directory.removeIfEmpty();
            if (removed) {
                CrashPoint.SPACE_REMOVED.reached();
            }
            return removed;
        } catch (SluiceException | UncheckedIOException refused) {
            return false; // as above
        }
    }

    /// Moves a space to a path at which no process looks for it, and has the JVM remove it when it ends.
    ///
    /// @param removesRoot whether the root is removed too, if it is empty then
    /// @return whether it was moved
    static boolean moveAway(Path root, Directory directory, boolean removesRoot) {
        Path notes = root.resolve(DIRECTORY);
        if (removesRoot) {
            Directory.removeAtExit(root);
        }
        Directory.removeAtExit(notes);
        long random = ThreadLocalRandom.current().nextLong();
        return directory.goWithProcess(notes.resolve(ENDING + Long.toHexString(random)));
    }
}
