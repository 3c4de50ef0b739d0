package io.sluice.shm.region;

import static io.sluice.shm.linux.Linux.O_CLOEXEC;
import static io.sluice.shm.linux.Linux.O_DIRECTORY;
import static io.sluice.shm.linux.Linux.O_NOFOLLOW;
import static io.sluice.shm.linux.Linux.O_NONBLOCK;
import static io.sluice.shm.linux.Linux.O_RDONLY;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.linux.Linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A directory that belongs to this user alone, held by a descriptor, so that names below it mean the same from one
/// call to the next whatever happens to the path.
///
/// - **Threads:** any; a call after [#close] throws [ClosedException] and never meets a descriptor that was reused.
public final class Directory implements AutoCloseable {
    private final FileStatus status;
    private volatile Path path;
    private int descriptor;
    private boolean goesWithProcess;

    private Directory(Path path, int descriptor, FileStatus status) {
        this.path = path;
        this.descriptor = descriptor;
        this.status = status;
    }

    /// Opens a directory, and makes it first if it is not there.
    ///
    /// @param path where; only its last part is made and checked
    /// @return the directory
    /// @throws UnsafeLocationException if it is a link, no directory, another user's, or open to others
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public static Directory openOrCreate(Path path) {
        int made = FileCalls.makeDirectory(FileCalls.WORKING_DIRECTORY, path.toString());
        if (made < 0 && made != -Errno.EEXIST) {
            throw Errno.failure("mkdirat", path.toString(), -made);
        }
        return open(path);
    }

    /// Opens a directory that is there.
    ///
    /// @param path where; only its last part is checked
    /// @return the directory
    /// @throws NoSuchObjectException if nothing is there
    /// @throws UnsafeLocationException if it is a link, no directory, another user's, or open to others
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public static Directory open(Path path) {
        FileStatus seen = FileCalls.status(FileCalls.WORKING_DIRECTORY, path.toString());
        if (seen == null) {
            throw new NoSuchObjectException("'%s': no such directory; open the space first".formatted(path));
        }
        check(path, seen);
        int descriptor = FileCalls.open(
                FileCalls.WORKING_DIRECTORY, path.toString(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
        if (descriptor == -Errno.ENOENT) {
            throw new NoSuchObjectException("'%s': no such directory; open the space first".formatted(path));
        }
        Errno.check(descriptor, "openat", path.toString());
        try {
            FileStatus opened = FileCalls.status(descriptor); // decides; the check by name gave the better message
            check(path, opened);
            return new Directory(path, descriptor, opened);
        } catch (RuntimeException | Error refused) {
            FileCalls.close(descriptor);
            throw refused;
        }
    }

    private static void check(Path path, FileStatus status) {
        int user = FileCalls.user();
        if (!status.isDirectory()) {
            throw unsafe(path, "is " + status.type() + ", not a directory");
        }
        if (status.owner() != user) {
            throw unsafe(path, "belongs to user %d, this is user %d".formatted(status.owner(), user));
        }
        if (status.isOpenToOthers()) {
            throw unsafe(path, "has mode %s, 0700 is needed".formatted(status.permissions()));
        }
    }

    private static UnsafeLocationException unsafe(Path path, String why) {
        return new UnsafeLocationException(
                "'%s' %s; repair it yourself, or choose another root with SLUICE_HOME".formatted(path, why));
    }

    /// Where it is.
    ///
    /// @return its path
    public Path path() {
        return path;
    }

    /// What Linux said about it when it was opened.
    ///
    /// @return its status
    public FileStatus status() {
        return status;
    }

    /// Whether the path still leads here.
    ///
    /// @return whether
    public boolean isStillThere() {
        FileStatus now = FileCalls.status(FileCalls.WORKING_DIRECTORY, path.toString());
        return now != null && now.isSameFileAs(status);
    }

    /// Whether a name below is still that file.
    ///
    /// @param name below the directory
    /// @param file status of an open file
    /// @return whether
    public synchronized boolean isStill(String name, FileStatus file) {
        FileStatus now = FileCalls.status(descriptor(), name);
        return now != null && now.isSameFileAs(file);
    }

    /// Looks at a name below, not through it if it is a symbolic link.
    ///
    /// @param name below the directory
    /// @return its status, or null if it is not there
    public synchronized FileStatus statusOf(String name) {
        return FileCalls.status(descriptor(), name);
    }

    /// Opens a file below, never through a link, never inherited by a child.
    ///
    /// @param name below the directory
    /// @param flags of [io.sluice.shm.linux.Linux], besides those
    /// @return a descriptor or the negative error number
    public synchronized int openFile(String name, int flags) {
        int result = FileCalls.open(descriptor(), name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0_600);
        if (result >= 0 && (flags & Linux.O_CREAT) != 0) {
            appeared(name);
        }
        return result;
    }

    /// Refuses a file that is not private to this user.
    ///
    /// @param name below the directory
    /// @param file its status
    /// @throws UnsafeLocationException if it is no regular file, another user's, or open to others
    public void checkPrivate(String name, FileStatus file) {
        int user = status.owner();     // checked when it was opened; no call and no path, for a look at many files
        if (!file.isRegular()) {
            throw unsafe(path.resolve(name), "is " + file.type() + ", not a regular file");
        }
        if (file.owner() != user) {
            throw unsafe(path.resolve(name), "belongs to user %d, this is user %d".formatted(file.owner(), user));
        }
        if (file.isOpenToOthers()) {
            throw unsafe(path.resolve(name), "has mode %s, 0600 is needed".formatted(file.permissions()));
        }
    }

    /// Reports an error to the log of the space: see [ErrorLog].
    ///
    /// - **Blocking:** some file accesses, and 20 ms more if another process writes and is stopped.
    /// - **Errors:** none. A report is about a failure that is handled elsewhere, and must not become another one: it is
    ///   lost if it cannot be written, as for want of a descriptor to load the log's class with.
    ///
    /// @param pid process id that it is about; 0 if about none
    /// @param text the same for the same error: without times, addresses and process ids
    public void report(long pid, String text) {
        try {
            ErrorLog.write(this, pid, text);
        } catch (RuntimeException | OutOfMemoryError | LinkageError lost) {
            // As documented.
        }
    }

    /// Makes the exception for a file that could not be opened.
    ///
    /// @param name below the directory
    /// @param errno the error number, positive
    /// @return the exception, not thrown
    public RuntimeException cannotOpen(String name, int errno) {
        return switch (errno) {
            case Errno.ELOOP -> unsafe(path.resolve(name), "is a symbolic link, not a regular file");
            case Errno.EISDIR -> unsafe(path.resolve(name), "is a directory, not a regular file");
            default -> Errno.failure("openat", path.resolve(name).toString(), errno);
        };
    }

    synchronized int link(int file, String name) {
        int result = FileCalls.link(file, descriptor(), name);
        if (result == 0) {
            appeared(name);
        }
        return result;
    }

    synchronized int rename(String from, String to) {
        int result = FileCalls.rename(descriptor(), from, to);
        if (result == 0) {
            appeared(to);
        }
        return result;
    }

    /// Moves the directory to a path of its own, and registers it for removal at the end of the JVM, after its last
    /// shutdown hook: with its files, and with those that this object makes in it later. Names below stay valid.
    ///
    /// The removal goes by path and checks nothing, so no other process may know the new path or find it.
    ///
    /// @param target absolute path on the same file system, where nothing is, with a name that is never used again
    /// @return false, with nothing changed, if it could not be moved
    public synchronized boolean goWithProcess(Path target) {
        if (!isStillThere()
                || FileCalls.rename(FileCalls.WORKING_DIRECTORY, path.toString(), target.toString()) != 0) {
            return false;
        }
        CrashPoint.SPACE_MOVED.reached();
        path = target;
        goesWithProcess = true;
        removeAtExit(target); // first, since the last path is removed first
        names().forEach(this::appeared);
        return true;
    }

    private void appeared(String name) {
        if (goesWithProcess) {
            removeAtExit(path.resolve(name));
        }
    }

    /// Registers a file, or a directory that is empty by then, for removal at the end of the JVM, after its last
    /// shutdown hook.
    ///
    /// @param path what to remove, and not another file of that name
    public static void removeAtExit(Path path) {
        try {
            path.toFile().deleteOnExit();
        } catch (IllegalStateException tooLate) {
            // The hooks have run, and a daemon thread still runs: the next opener or lister removes what it leaves.
        }
    }

    /// Removes a name below.
    ///
    /// @param name below the directory
    /// @return whether it was there
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public synchronized boolean unlink(String name) {
        int result = FileCalls.unlink(descriptor(), name);
        if (result == -Errno.ENOENT) {
            return false;
        }
        Errno.check(result, "unlinkat", path.resolve(name).toString());
        return true;
    }

    /// The names below, hidden ones too; of a directory that was removed, none. Needs no other descriptor.
    ///
    /// @return in no order
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public synchronized List<String> names() {
        List<String> names = new ArrayList<>();
        long result = FileCalls.names(descriptor(), names);
        if (result == -Errno.ENOENT) {
            return List.of();
        }
        Errno.check(result, "getdents64", path.toString());
        return names;
    }

    /// Removes the directory itself if it is empty.
    ///
    /// @return whether
    public boolean removeIfEmpty() {
        return isStillThere() && FileCalls.removeDirectory(FileCalls.WORKING_DIRECTORY, path.toString()) == 0;
    }

    private int descriptor() {
        if (descriptor < 0) {
            throw new ClosedException("directory '%s' was closed by this process".formatted(path));
        }
        return descriptor;
    }

    @Override
    public synchronized void close() {
        if (descriptor >= 0) {
            FileCalls.close(descriptor);
            descriptor = -1;
        }
    }
}
