package io.sluice.shm.linux;

/// A file in the address space of this process.
///
/// A mapping that other threads may still use is sealed, not unmapped: its range then shows private zero pages, for as
/// long as the process lives, so that a late access touches no shared memory and cannot crash.
public final class Mapping {
    private static final int READ = 1;
    private static final int READ_WRITE = 1 | 2;
    private static final int SHARED = 1;
    private static final int SEALED = 2 | 0x10 | 0x20 | 0x4000; // private, fixed, anonymous, no reserve
    private static final int DONT_DUMP = 16;

    private final long address;
    private final long length;
    private final String name;

    private Mapping(long address, long length, String name) {
        this.address = address;
        this.length = length;
        this.name = name;
    }

    /// Maps a file from its start, shared, for reading and writing, left out of core dumps.
    ///
    /// @param descriptor of the file; may be closed afterwards
    /// @param length in bytes, not more than the file has
    /// @param name of the file, for messages
    /// @return the mapping
    /// @throws io.sluice.shm.error.SystemCallException if the kernel refuses
    public static Mapping of(int descriptor, long length, String name) {
        long address = Native.syscall(Linux.SYS_MMAP, 0, length, READ_WRITE, SHARED, descriptor, 0);
        Errno.check(address, "mmap", name);
        long ignored = Native.plainSyscall(
                Linux.SYS_MADVISE, address, length, DONT_DUMP, 0, 0, 0); // refused: core dumps are larger
        return new Mapping(address, length, name);
    }

    /// Maps a file from its start, shared, for reading alone: a write through it ends the JVM.
    ///
    /// @param descriptor of the file; may be closed afterwards
    /// @param length in bytes, not more than the file has
    /// @param name of the file, for messages
    /// @return the mapping
    /// @throws io.sluice.shm.error.SystemCallException if the kernel refuses
    public static Mapping readOnly(int descriptor, long length, String name) {
        long address = Native.syscall(Linux.SYS_MMAP, 0, length, READ, SHARED, descriptor, 0);
        Errno.check(address, "mmap", name);
        return new Mapping(address, length, name);
    }

    /// Where the file begins.
    ///
    /// @return absolute address
    public long address() {
        return address;
    }

    /// How much is mapped.
    ///
    /// @return bytes
    public long length() {
        return length;
    }

    /// Puts private zero pages over the whole range, in one step. Every access of this process from here on meets
    /// them; those before have reached the file.
    ///
    /// For want of memory it tries twice: a mapping that stays keeps its file, with the locks on it, for as long as
    /// this process lives.
    public void seal() {
        long result = sealOnce();
        if (result == -Errno.ENOMEM) {
            result = sealOnce();
        }
        Errno.check(result, "mmap over the closed mapping", name);
    }

    private long sealOnce() {
        return Native.syscall(Linux.SYS_MMAP, address, length, READ_WRITE, SEALED, -1, 0);
    }

    /// Gives the range back. Only for a mapping whose address no other thread has seen.
    public void unmap() {
        long ignored = Native.plainSyscall(Linux.SYS_MUNMAP, address, length, 0, 0, 0, 0);
    }
}
