package io.sluice.shm.linux;

import io.sluice.shm.error.SystemCallException;

/// Error numbers of Linux, in words and with what helps. The calls of this package answer with a result or with the
/// negative number; a caller treats the numbers that are outcomes to it, and hands the others to [#check].
public final class Errno {
    /// The file is not there.
    public static final int ENOENT = 2;
    /// No such process.
    public static final int ESRCH = 3;
    /// Interrupted by a signal.
    public static final int EINTR = 4;
    /// No memory, or too many mappings.
    public static final int ENOMEM = 12;
    /// Not now; a lock is held.
    public static final int EAGAIN = 11;
    /// Not allowed.
    public static final int EACCES = 13;
    /// The name is taken.
    public static final int EEXIST = 17;
    /// Across file systems.
    public static final int EXDEV = 18;
    /// Not a directory.
    public static final int ENOTDIR = 20;
    /// A directory.
    public static final int EISDIR = 21;
    /// The call does not take this.
    public static final int EINVAL = 22;
    /// No space.
    public static final int ENOSPC = 28;
    /// Not in this kernel.
    public static final int ENOSYS = 38;
    /// The directory has entries.
    public static final int ENOTEMPTY = 39;
    /// A symbolic link where none may be.
    public static final int ELOOP = 40;
    /// Not on this file system.
    public static final int EOPNOTSUPP = 95;
    /// Time is up.
    public static final int ETIMEDOUT = 110;

    private Errno() {}

    /// Passes a result on, and throws for a negative error number.
    ///
    /// @param result of a call of this package
    /// @param call its name
    /// @param object the file or name it was made for
    /// @return the result
    /// @throws SystemCallException if it is an error
    public static long check(long result, String call, String object) {
        if (result < 0) {
            throw failure(call, object, (int) -result);
        }
        return result;
    }

    /// The exception for an error number.
    ///
    /// @param call name of the call
    /// @param object the file or name it was made for
    /// @param errno the error number, positive
    /// @return the exception, not thrown
    public static SystemCallException failure(String call, String object, int errno) {
        return failure(call, object, errno, remedy(errno));
    }

    /// The exception for an error number for which the caller knows what helps.
    ///
    /// @param call name of the call
    /// @param object the file or name it was made for
    /// @param errno the error number, positive
    /// @param remedy what helps
    /// @return the exception, not thrown
    public static SystemCallException failure(String call, String object, int errno, String remedy) {
        return new SystemCallException(call, object, errno, words(errno), remedy);
    }

    static String words(int errno) {
        return switch (errno) {
            case 1 -> "EPERM: operation not permitted";
            case ENOENT -> "ENOENT: no such file or directory";
            case ESRCH -> "ESRCH: no such process";
            case EINTR -> "EINTR: interrupted by a signal";
            case 5 -> "EIO: input/output error";
            case 9 -> "EBADF: bad file descriptor";
            case EAGAIN -> "EAGAIN: resource temporarily unavailable";
            case ENOMEM -> "ENOMEM: cannot allocate memory";
            case EACCES -> "EACCES: permission denied";
            case 14 -> "EFAULT: bad address";
            case 16 -> "EBUSY: device or resource busy";
            case EEXIST -> "EEXIST: file exists";
            case EXDEV -> "EXDEV: link across file systems";
            case ENOTDIR -> "ENOTDIR: not a directory";
            case EISDIR -> "EISDIR: is a directory";
            case EINVAL -> "EINVAL: invalid argument";
            case 23 -> "ENFILE: too many open files in the system";
            case 24 -> "EMFILE: too many open files";
            case 27 -> "EFBIG: file too large";
            case ENOSPC -> "ENOSPC: no space left on device";
            case 30 -> "EROFS: read-only file system";
            case 36 -> "ENAMETOOLONG: file name too long";
            case 37 -> "ENOLCK: no locks available";
            case ENOSYS -> "ENOSYS: not implemented by this kernel";
            case ENOTEMPTY -> "ENOTEMPTY: directory not empty";
            case ELOOP -> "ELOOP: a symbolic link, and none is followed";
            case EOPNOTSUPP -> "EOPNOTSUPP: not supported by this file system";
            case ETIMEDOUT -> "ETIMEDOUT: timed out";
            case 122 -> "EDQUOT: disk quota exceeded";
            default -> "errno " + errno;
        };
    }

    private static String remedy(int errno) {
        return switch (errno) {
            case 1, EACCES -> "run as the owner of the directory, or choose another root with SLUICE_HOME";
            case ENOENT -> "make sure that the parent directory exists, or choose another root with SLUICE_HOME";
            case ENOMEM -> "raise the limit on memory (ulimit -v, cgroup memory.max) or on mappings (vm.max_map_count)";
            case 24 -> "raise the limit on open files (ulimit -n)";
            case 23 -> "raise the system's limit on open files (fs.file-max)";
            case 30 -> "choose a writable root with SLUICE_HOME";
            case 37 -> "use a file system with record locks, such as tmpfs";
            case ENOSPC, 122 -> "free or add space, or choose another root with SLUICE_HOME";
            case ENOSYS, EOPNOTSUPP -> "use a local file system, such as tmpfs, and Linux 5.4 or later";
            default -> "";
        };
    }
}
