package io.sluice.shm.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// A file without a name in any file system, `memfd_create(2)`: it lives as long as a process has it open or mapped, so
/// it needs no cleaner. Other processes of this user open it by its path in `/proc`, while the creator lives.
public final class MemoryFile implements AutoCloseable {
    private static final int MFD_CLOEXEC = 1;

    private final int descriptor;
    private boolean closed;

    private MemoryFile(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Makes an empty file; children do not inherit it.
    ///
    /// @param name shown in `/proc`
    /// @return the file, open
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses, as when too many files are open
    public static MemoryFile create(String name) {
        Linux.require();
        try (Arena arena = Arena.ofConfined()) {
            long result = Native.syscall(
                    Linux.SYS_MEMFD_CREATE, arena.allocateFrom(name).address(), MFD_CLOEXEC, 0, 0, 0, 0);
            return new MemoryFile((int) Errno.check(result, "memfd_create", name));
        }
    }

    /// Where this process and others of the same user open it.
    ///
    /// @return a path that leads to it until it is closed here
    public Path path() {
        return Path.of("/proc", Long.toString(ThisProcess.pid()), "fd", Integer.toString(descriptor));
    }

    /// Closes the descriptor; mappings and descriptors of others stay. A second call does nothing.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            FileCalls.close(descriptor);
        }
    }
}
