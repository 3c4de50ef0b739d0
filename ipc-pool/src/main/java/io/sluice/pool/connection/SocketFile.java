package io.sluice.pool.connection;

import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.linux.OfdLocks;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The file of a Unix-domain socket, and a lock file beside it that says whether its listener lives.
///
/// - **Threads:** one.
final class SocketFile implements Closeable {
    /*
     * The listener holds a lock on `<path>.lock` as long as it lives; the kernel drops it at its death. The holder of
     * the lock may remove a socket file that is there: its listener is dead. Without the lock, a new listener could not
     * tell a dead one from one that has made its file and does not listen yet.
     *
     * The lock file is removed under its lock. An opener that has locked a file which was removed meanwhile sees that
     * the name leads elsewhere, and begins again.
     */
    private static final String LOCK = ".lock";
    private static final String SOCKET = "a socket";

    private final Path path;
    private final OfdLocks lock;
    private FileStatus socket;

    private SocketFile(Path path, OfdLocks lock) {
        this.path = path;
        this.lock = lock;
    }

    /// Where the sockets are whose addresses were made here.
    ///
    /// @return the directory of this user for it; need not exist
    static Path usualDirectory() {
        return Path.of(System.getProperty("java.io.tmpdir"), "sluice-sockets-" + FileCalls.user());
    }

    /// Reserves a path, and removes the socket file of a dead listener there.
    ///
    /// @throws BindException if a live listener has it
    /// @throws UnsafeLocationException if the directory is not private to this user, or another kind of file is there
    static SocketFile reserve(Address.Unix address) throws IOException {
        Path path = Path.of(address.path());
        prepareDirectory(path.getParent());
        if (path.getParent().equals(usualDirectory())) {
            sweep(path.getParent());
        }
        SocketFile file = lock(path);
        if (file == null) {
            throw inUse(address);
        }
        try {
            file.removeStale(address);
            return file;
        } catch (IOException | RuntimeException | Error refused) {
            file.unlock();
            throw refused;
        }
    }

    private static BindException inUse(Address.Unix address) {
        return new BindException(("listener '%s': expected a free address, found a live listener; close that one, or"
                + " choose another path").formatted(address));
    }

    private static void prepareDirectory(Path directory) {
        String name = directory.toString();
        int made = FileCalls.makeDirectory(FileCalls.WORKING_DIRECTORY, name);
        if (made < 0 && made != -Errno.EEXIST) {
            throw Errno.failure("mkdirat", name, -made, "make the directory of the socket first, with mode 0700");
        }
        FileStatus status = FileCalls.status(FileCalls.WORKING_DIRECTORY, name);
        if (status == null || !status.isDirectory()) {
            throw unsafe(directory, "is not a directory");
        }
        if (status.owner() != FileCalls.user()) {
            throw unsafe(directory,
                    "belongs to user %d, this is user %d".formatted(status.owner(), FileCalls.user()));
        }
        if (status.isOpenToOthers()) {
            throw unsafe(directory, "has mode %s".formatted(status.permissions()));
        }
    }

    private static UnsafeLocationException unsafe(Path path, String why) {
        return new UnsafeLocationException(("'%s' %s; expected a directory of this user with mode 0700: choose one for"
                + " the socket, or use Address.unix()").formatted(path, why));
    }

    /// @return null if a live listener has the lock
    private static SocketFile lock(Path path) {
        String name = path + LOCK;
        int flags = Linux.O_RDWR | Linux.O_CREAT | Linux.O_CLOEXEC | Linux.O_NOFOLLOW;
        while (true) {
            int descriptor = FileCalls.open(FileCalls.WORKING_DIRECTORY, name, flags, 0_600);
            Errno.check(descriptor, "openat", name);
            OfdLocks locks = new OfdLocks(descriptor, name);
            boolean done = false;
            try {
                if (!locks.tryExclusive(0, 1)) {
                    return null;
                }
                FileStatus now = FileCalls.status(FileCalls.WORKING_DIRECTORY, name);
                if (now != null && now.isSameFileAs(FileCalls.status(descriptor))) {
                    done = true;
                    return new SocketFile(path, locks);
                }
            } finally {
                if (!done) {
                    locks.close();
                }
            }
        }
    }

    private void removeStale(Address.Unix address) throws IOException {
        FileStatus found = FileCalls.status(FileCalls.WORKING_DIRECTORY, path.toString());
        if (found == null) {
            return;
        }
        if (!found.type().equals(SOCKET)) {
            throw new UnsafeLocationException(("listener '%s': expected a free path or the socket of a dead listener,"
                    + " found %s; remove it, or choose another path").formatted(address, found.type()));
        }
        if (answers()) {             // a program that does not use the lock file
            throw inUse(address);
        }
        remove(path.toString());
    }

    private boolean answers() {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return probe.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /// Remembers the socket file that was just made.
    void made() {
        socket = FileCalls.status(FileCalls.WORKING_DIRECTORY, path.toString());
    }

    /// Removes both files, unless another file has taken the place of the socket.
    @Override
    public void close() {
        FileStatus now = FileCalls.status(FileCalls.WORKING_DIRECTORY, path.toString());
        if (socket != null && now != null && now.isSameFileAs(socket)) {
            remove(path.toString());
        }
        unlock();
    }

    private void unlock() {
        remove(path + LOCK);
        lock.close();
    }

    private static void remove(String name) {
        int removed = FileCalls.unlink(FileCalls.WORKING_DIRECTORY, name);
        if (removed != -Errno.ENOENT) {
            Errno.check(removed, "unlinkat", name);
        }
    }

    /// Removes what dead listeners have left in a directory of this user. What cannot be removed stays.
    private static void sweep(Path directory) {
        List<String> names = new ArrayList<>();
        int descriptor = FileCalls.open(FileCalls.WORKING_DIRECTORY, directory.toString(),
                Linux.O_RDONLY | Linux.O_DIRECTORY | Linux.O_CLOEXEC | Linux.O_NOFOLLOW, 0);
        if (descriptor < 0) {
            return;
        }
        try {
            FileStatus status = FileCalls.status(descriptor);
            if (status.owner() != FileCalls.user() || FileCalls.names(descriptor, names) < 0) {
                return;
            }
        } finally {
            FileCalls.close(descriptor);
        }
        for (String name : names) {
            if (name.endsWith(LOCK)) {
                Path path = directory.resolve(name.substring(0, name.length() - LOCK.length()));
                SocketFile dead = lock(path);
                if (dead != null) {
                    dead.made();         // it is dead, so its file goes with it
                    dead.close();
                }
            }
        }
    }
}
