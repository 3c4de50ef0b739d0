package io.sluice.shm.region;

import static io.sluice.shm.linux.Linux.O_CREAT;
import static io.sluice.shm.linux.Linux.O_EXCL;
import static io.sluice.shm.linux.Linux.O_RDWR;
import static io.sluice.shm.linux.Linux.O_TMPFILE;

import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/// A file that no process can see until it is complete.
///
/// It has no name (`O_TMPFILE`), and vanishes with its creator, until [#publish] gives it one. Where the file system or
/// a missing `/proc` does not allow that, it has a hidden name, [#PREFIX] and the creator's token, and is renamed.
public final class NewFile implements AutoCloseable {
    /// How the hidden names begin; the creator's token in hexadecimal and a dash follow.
    public static final String PREFIX = ".new-";

    /// System property of tests: `true` makes every file start with a hidden name.
    static final String NO_TMPFILE = "sluice.test.no-tmpfile";

    /// Whether `/proc` is there, through which a file without a name gets one.
    private static final boolean PROC = Files.isDirectory(Path.of("/proc/self/fd"));

    private final Directory directory;
    private final String name;
    private final int token;
    private int descriptor;
    private String hidden;

    /// Makes the file.
    ///
    /// @param directory where it will appear
    /// @param name what it will be called
    /// @param bytes its size; all reserved
    /// @param token owner token of this process, 0 if it has none yet
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses, as when there is no space
    public NewFile(Directory directory, String name, long bytes, int token) {
        this.directory = directory;
        this.name = name;
        this.token = token;
        boolean withoutName = PROC && !Boolean.getBoolean(NO_TMPFILE);
        int unnamed = withoutName ? directory.openFile(".", O_TMPFILE | O_RDWR) : -Errno.EOPNOTSUPP;
        if (unnamed == -Errno.EOPNOTSUPP || unnamed == -Errno.EISDIR || unnamed == -Errno.EINVAL) {
            openHidden();
        } else {
            descriptor = (int) Errno.check(unnamed, "openat(O_TMPFILE)", path());
        }
        try {
            reserve(bytes);
        } catch (RuntimeException | Error refused) {
            close();
            throw refused;
        }
    }

    private void openHidden() {
        hidden = PREFIX + Integer.toHexString(token) + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        int result = directory.openFile(hidden, O_CREAT | O_EXCL | O_RDWR);
        descriptor = (int) Errno.check(result, "openat(O_CREAT)", path());
    }

    /// Checks the free space first, so that a size beyond it is refused at once.
    private void reserve(long bytes) {
        FileCalls.Space space = FileCalls.space(descriptor);
        boolean tooLarge = space != null && bytes > space.freeBytes();
        int result = tooLarge ? -Errno.ENOSPC : FileCalls.allocate(descriptor, bytes);
        if (result == -Errno.ENOSPC) {
            String room = space == null
                    ? "what is free is unknown"
                    : String.format(Locale.ROOT, "%,d of %,d are free", space.freeBytes(), space.totalBytes());
            throw Errno.failure(
                    "posix_fallocate",
                    path(),
                    Errno.ENOSPC,
                    "it needs %,d bytes, %s; remove objects, enlarge the file system (mount -o remount,size=2g "
                                    .formatted(bytes, room)
                            + "/dev/shm; docker run --shm-size=2g), or choose another root with SLUICE_HOME");
        }
        Errno.check(result, "posix_fallocate", path());
    }

    /// The file, for writing and mapping.
    ///
    /// @return descriptor, valid until [#close] or [#publish]
    public int descriptor() {
        return descriptor;
    }

    /// Gives the file its name, if that is free.
    ///
    /// @return whether it was
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public boolean publish() {
        int result = hidden == null ? directory.link(descriptor, name) : directory.rename(hidden, name);
        if (result == -Errno.EEXIST) {
            return false;
        }
        Errno.check(result, hidden == null ? "linkat" : "renameat2", path());
        hidden = null;
        return true;
    }

    /// Hands the descriptor to the caller, which must close it; this object is of no use afterwards.
    ///
    /// @return the descriptor
    public int release() {
        int released = descriptor;
        descriptor = -1;
        return released;
    }

    private String path() {
        return directory.path().resolve(name).toString();
    }

    /// Drops the file unless it was published or released.
    @Override
    public void close() {
        if (descriptor >= 0) {
            FileCalls.close(descriptor);
            descriptor = -1;
        }
        if (hidden != null) {
            directory.unlink(hidden);
            hidden = null;
        }
    }
}
