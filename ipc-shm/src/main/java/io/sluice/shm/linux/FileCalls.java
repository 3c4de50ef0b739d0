package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;

/// Files by descriptor, relative to a directory by descriptor, so that no process can change what a path means between
/// two calls. Each method is one system call and answers with its result or the negative error number; see [Errno].
public final class FileCalls {
    /// Paths are relative to the working directory, or absolute.
    public static final int WORKING_DIRECTORY = -100;

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final long BASIC_STATS = 0x7ff;
    private static final int RENAME_NOREPLACE = 1;
    private static final long FILL_BYTES = 1 << 16;

    private FileCalls() {}

    /// Opens a file.
    ///
    /// @param directory descriptor
    /// @param name path below it
    /// @param flags of [Linux]
    /// @param mode permissions of a new file
    /// @return a descriptor or the negative error number
    public static int open(int directory, String name, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(name).address();
            return (int) Native.syscall(Linux.SYS_OPENAT, directory, path, flags, mode, 0, 0);
        }
    }

    /// Closes a descriptor; an error is ignored.
    ///
    /// @param descriptor what to close
    public static void close(int descriptor) {
        long ignored = Native.plainSyscall(Linux.SYS_CLOSE, descriptor, 0, 0, 0, 0, 0);
    }

    /// Reads bytes into memory, as many as there are.
    ///
    /// @param descriptor of the file
    /// @param address where to
    /// @param length in bytes
    /// @param offset in the file, in bytes
    /// @return how many bytes were read, fewer only at the end of the file; or the negative error number
    public static long read(int descriptor, long address, long length, long offset) {
        return transfer(Linux.SYS_PREAD64, descriptor, address, length, offset);
    }

    /// Writes bytes from memory.
    ///
    /// @param descriptor of the file
    /// @param address where from
    /// @param length in bytes
    /// @param offset in the file, in bytes
    /// @return `length`, or the negative error number
    public static long write(int descriptor, long address, long length, long offset) {
        return transfer(Linux.SYS_PWRITE64, descriptor, address, length, offset);
    }

    private static long transfer(long number, int descriptor, long address, long length, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            long done = 0;
            while (done < length) {
                long result = Native.syscall(
                        state, number, descriptor, address + done, length - done, offset + done, 0, 0);
                if (result == 0) {
                    break;
                }
                if (result > 0) {
                    done += result;
                } else if (result != -Errno.EINTR) {
                    return result;
                }
            }
            return done;
        }
    }

    /// Reads bytes into an array.
    ///
    /// @param descriptor of the file
    /// @param target receives them
    /// @param offset in the file, in bytes
    /// @return how many bytes were read, fewer than fit only at the end of the file; or the negative error number
    public static int read(int descriptor, byte[] target, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, target.length));
            int count = (int) read(descriptor, copy.address(), target.length, offset);
            MemorySegment.copy(copy, JAVA_BYTE, 0, target, 0, Math.max(0, count));
            return count;
        }
    }

    /// Writes an array.
    ///
    /// @param descriptor of the file
    /// @param source what to write
    /// @param offset in the file, in bytes
    /// @return its length, or the negative error number
    public static int write(int descriptor, byte[] source, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) write(descriptor, arena.allocateFrom(JAVA_BYTE, source).address(), source.length, offset);
        }
    }

    /// Reserves space for an empty file and enlarges it to that, so that no later access can find the file system full.
    ///
    /// @param descriptor of the file
    /// @param length in bytes
    /// @return 0 or the negative error number
    public static int allocate(int descriptor, long length) {
        long result;
        do {
            result = Native.syscall(Linux.SYS_FALLOCATE, descriptor, 0, 0, length, 0, 0);
        } while (result == -Errno.EINTR);
        return (int) (result == -Errno.EOPNOTSUPP ? fill(descriptor, length) : result);
    }

    /// Reserves space on a file system that cannot do so by itself: with zeros.
    private static long fill(int descriptor, long length) {
        byte[] zeros = new byte[(int) Math.min(length, FILL_BYTES)];
        for (long at = 0; at < length; at += zeros.length) {
            int result = write(descriptor, zeros, Math.min(at, length - zeros.length));
            if (result < 0) {
                return result;
            }
        }
        return 0;
    }

    /// Gives a file without a name its name, if the name is free.
    ///
    /// @param descriptor of the file
    /// @param directory descriptor
    /// @param name below it
    /// @return 0 or the negative error number
    public static int link(int descriptor, int directory, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long source = arena.allocateFrom("/proc/self/fd/" + descriptor).address();
            long target = arena.allocateFrom(name).address();
            return (int) Native.syscall(
                    Linux.SYS_LINKAT, WORKING_DIRECTORY, source, directory, target, AT_SYMLINK_FOLLOW, 0);
        }
    }

    /// Gives a file another name, if that is free.
    ///
    /// @param directory descriptor
    /// @param from its name
    /// @param to the new one
    /// @return 0 or the negative error number
    public static int rename(int directory, String from, String to) {
        try (Arena arena = Arena.ofConfined()) {
            long source = arena.allocateFrom(from).address();
            long target = arena.allocateFrom(to).address();
            return (int) Native.syscall(
                    Linux.SYS_RENAMEAT2, directory, source, directory, target, RENAME_NOREPLACE, 0);
        }
    }

    /// Removes a name.
    ///
    /// @param directory descriptor
    /// @param name below it
    /// @return 0 or the negative error number
    public static int unlink(int directory, String name) {
        return remove(directory, name, 0);
    }

    /// Removes an empty directory.
    ///
    /// @param directory descriptor of its parent
    /// @param name below it
    /// @return 0 or the negative error number
    public static int removeDirectory(int directory, String name) {
        return remove(directory, name, AT_REMOVEDIR);
    }

    private static int remove(int directory, String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(name).address();
            return (int) Native.syscall(Linux.SYS_UNLINKAT, directory, path, flags, 0, 0, 0);
        }
    }

    /// Makes a directory with permissions 0700.
    ///
    /// @param directory descriptor of its parent
    /// @param name below it
    /// @return 0 or the negative error number
    public static int makeDirectory(int directory, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(name).address();
            return (int) Native.syscall(Linux.SYS_MKDIRAT, directory, path, 0_700, 0, 0, 0);
        }
    }

    /// Lists a directory from its beginning. The position belongs to the descriptor, so callers exclude each other.
    ///
    /// @param directory descriptor
    /// @param names receives the names, without `.` and `..`, in no order
    /// @return 0 or the negative error number
    public static long names(int directory, Collection<String> names) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate(DIRENT_BUFFER_BYTES, 8);
            long result = Native.syscall(Linux.SYS_LSEEK, directory, 0, 0, 0, 0, 0);
            while (result >= 0) {
                result = Native.syscall(
                        Linux.SYS_GETDENTS64, directory, entries.address(), DIRENT_BUFFER_BYTES, 0, 0, 0);
                if (result <= 0) {
                    return result;
                }
                // struct linux_dirent64 { u64 inode; s64 offset; u16 length; u8 type; char name[] }
                for (long at = 0; at < result; at += Short.toUnsignedLong(entries.get(JAVA_SHORT, at + 16))) {
                    String name = entries.getString(at + 19);
                    if (!name.equals(".") && !name.equals("..")) {
                        names.add(name);
                    }
                }
            }
            return result;
        }
    }

    private static final long DIRENT_BUFFER_BYTES = 32_768;

    /// Looks at an open file.
    ///
    /// @param descriptor of the file
    /// @return its status
    /// @throws io.sluice.shm.error.SystemCallException if that fails
    public static FileStatus status(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATX_BYTES, 8);
            Errno.check(statx(arena, descriptor, "", AT_EMPTY_PATH, buffer), "statx", "descriptor " + descriptor);
            return decode(buffer);
        }
    }

    /// Looks at a name, not through it if it is a symbolic link.
    ///
    /// @param directory descriptor
    /// @param name below it
    /// @return its status, or null if it is not there
    /// @throws io.sluice.shm.error.SystemCallException if that fails
    public static FileStatus status(int directory, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATX_BYTES, 8);
            long result = statx(arena, directory, name, AT_SYMLINK_NOFOLLOW, buffer);
            if (result == -Errno.ENOENT) {
                return null;
            }
            Errno.check(result, "statx", name);
            return decode(buffer);
        }
    }

    // struct statx has one layout on all machines; struct stat does not.
    private static final long STATX_BYTES = 256;

    private static long statx(Arena arena, int directory, String name, int flags, MemorySegment buffer) {
        long path = arena.allocateFrom(name).address();
        return Native.syscall(Linux.SYS_STATX, directory, path, flags, BASIC_STATS, buffer.address(), 0);
    }

    private static FileStatus decode(MemorySegment statx) {
        return new FileStatus(
                Short.toUnsignedInt(statx.get(JAVA_SHORT, 28)),
                statx.get(JAVA_INT, 20),
                statx.get(JAVA_INT, 16),
                statx.get(JAVA_LONG, 40),
                (long) statx.get(JAVA_INT, 136) << 32 | Integer.toUnsignedLong(statx.get(JAVA_INT, 140)),
                statx.get(JAVA_LONG, 32));
    }

    /// How much an ordinary user can still write where the file is, and how much there is in all.
    ///
    /// @param descriptor of a file
    /// @return free and total bytes, or null if that cannot be known
    public static Space space(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            // struct statfs { s64 type, blockSize, blocks, free, available, files, freeFiles; s32 id[2];
            //                 s64 nameLength, fragmentSize, flags, spare[4] }
            MemorySegment statfs = arena.allocate(120, 8);
            if (Native.syscall(Linux.SYS_FSTATFS, descriptor, statfs.address(), 0, 0, 0, 0) < 0) {
                return null;
            }
            long fragment = statfs.get(JAVA_LONG, 72);
            long unit = fragment != 0 ? fragment : statfs.get(JAVA_LONG, 8);
            return new Space(unit * statfs.get(JAVA_LONG, 32), unit * statfs.get(JAVA_LONG, 16));
        }
    }

    /// The room on a file system.
    ///
    /// @param freeBytes what is left
    /// @param totalBytes what there is
    public record Space(long freeBytes, long totalBytes) {}

    /// The user that the kernel checks permissions for.
    ///
    /// @return effective user id
    public static int user() {
        return (int) Native.syscall(Linux.SYS_GETEUID, 0, 0, 0, 0, 0, 0);
    }
}
