package io.sluice.shm.linux;

/// One range of addresses in which an observer maps file after file, for reading alone, and which it gives back as a
/// whole: removing a mapping interrupts every core on which the process runs, so a thousand removals would cost more
/// than all the looks.
///
/// - **Threads:** one at a time.
public final class MappingWindow implements ObserverMappings, AutoCloseable {
    private static final long BYTES = 1L << 36;
    private static final int MOST_FILES = 512;
    private static final int READ = 1;
    private static final int SHARED = 1;
    private static final int FIXED = 0x10;
    private static final int RESERVED = 2 | 0x20 | 0x4000; // private, anonymous, no reserve

    private long address;
    private long reserved;
    private long used;
    private int files;

    /// Makes a window; addresses are reserved with the first file.
    public MappingWindow() {}

    @Override
    public long map(int descriptor, FileStatus status, long length, String name) {
        if (files == MOST_FILES || used + length > BYTES) {
            close();
        }
        if (address == 0) {
            long size = Math.max(BYTES, length);
            long range = Native.syscall(Linux.SYS_MMAP, 0, size, 0, RESERVED, -1, 0);
            Errno.check(range, "mmap of a range of addresses", name);
            address = range;
            reserved = size;
        }
        long at = Native.syscall(Linux.SYS_MMAP, address + used, length, READ, SHARED | FIXED, descriptor, 0);
        Errno.check(at, "mmap", name);
        used += length;
        files++;
        return at;
    }

    /// Gives the range back. The next file reserves another one.
    @Override
    public void close() {
        if (address != 0) {
            long ignored = Native.plainSyscall(Linux.SYS_MUNMAP, address, reserved, 0, 0, 0, 0);
            address = 0;
            used = 0;
            files = 0;
        }
    }
}
