package io.sluice.shm.linux;

import io.sluice.core.memory.NativeAccess;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The machine that this JVM runs on, and the numbers that differ between the supported ones, x86-64 and aarch64.
///
/// On any other machine, and where native access is denied, this package loads and [#require] says what is wrong;
/// nothing fails in a static initialiser.
public final class Linux {
    private static final String SYSTEM = System.getProperty("os.name", "");
    private static final String MACHINE = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    private static final boolean X86 = MACHINE.equals("amd64") || MACHINE.equals("x86_64");
    private static final boolean ARM = MACHINE.equals("aarch64");

    private static final boolean DENIED = isDenied();

    static final boolean SUPPORTED = SYSTEM.equals("Linux") && (X86 || ARM);

    // System calls. Those that are new enough have one number on all machines.
    static final long SYS_CLOCK_GETTIME = ARM ? 113 : 228;
    static final long SYS_CLOSE = ARM ? 57 : 3;
    static final long SYS_FALLOCATE = ARM ? 47 : 285;
    static final long SYS_FCNTL = ARM ? 25 : 72;
    static final long SYS_FSTATFS = ARM ? 44 : 138;
    static final long SYS_FUTEX = ARM ? 98 : 202;
    static final long SYS_FUTEX_WAITV = 449;
    static final long SYS_GETDENTS64 = ARM ? 61 : 217;
    static final long SYS_GETEUID = ARM ? 175 : 107;
    static final long SYS_GETPID = ARM ? 172 : 39;
    static final long SYS_GETRANDOM = ARM ? 278 : 318;
    static final long SYS_IOCTL = ARM ? 29 : 16;
    static final long SYS_LINKAT = ARM ? 37 : 265;
    static final long SYS_LSEEK = ARM ? 62 : 8;
    static final long SYS_MADVISE = ARM ? 233 : 28;
    static final long SYS_MEMBARRIER = ARM ? 283 : 324;
    static final long SYS_MEMFD_CREATE = ARM ? 279 : 319;
    static final long SYS_MKDIRAT = ARM ? 34 : 258;
    static final long SYS_MMAP = ARM ? 222 : 9;
    static final long SYS_MUNMAP = ARM ? 215 : 11;
    static final long SYS_OPENAT = ARM ? 56 : 257;
    static final long SYS_PIDFD_OPEN = 434;
    static final long SYS_PIDFD_SEND_SIGNAL = 424;
    static final long SYS_PPOLL = ARM ? 73 : 271;
    static final long SYS_PREAD64 = ARM ? 67 : 17;
    static final long SYS_PWRITE64 = ARM ? 68 : 18;
    static final long SYS_RENAMEAT2 = ARM ? 276 : 316;
    static final long SYS_RT_SIGACTION = ARM ? 134 : 13;
    static final long SYS_SCHED_GETAFFINITY = ARM ? 123 : 204;
    static final long SYS_SCHED_SETAFFINITY = ARM ? 122 : 203;
    static final long SYS_SETPRIORITY = ARM ? 140 : 141;
    static final long SYS_STATX = ARM ? 291 : 332;
    static final long SYS_UNLINKAT = ARM ? 35 : 263;

    // Flags of openat(2). Those of the second group differ between the machines.
    /// Reading alone.
    public static final int O_RDONLY = 0;
    /// Reading, writing.
    public static final int O_RDWR = 2;
    /// Make the file if it is not there.
    public static final int O_CREAT = 0x40;
    /// Fail if the file is there.
    public static final int O_EXCL = 0x80;
    /// Closed at exec.
    public static final int O_CLOEXEC = 0x80000;
    /// Fail with `ENXIO` or at once, instead of waiting for the other end of a FIFO.
    public static final int O_NONBLOCK = 0x800;
    /// Fail if it is no directory.
    public static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    /// Fail if it is a symbolic link.
    public static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
    /// A new file without a name.
    public static final int O_TMPFILE = 0x400000 | O_DIRECTORY;

    private Linux() {}

    /// Throws on any system but Linux on x86-64 or aarch64, and where the JVM denies native access.
    ///
    /// @throws UnsupportedOperationException on another system
    /// @throws IllegalCallerException if native access is denied; names the flag that allows it
    public static void require() {
        if (!SUPPORTED) {
            throw unsupported();
        }
        NativeAccess.require();
        if (DENIED) {
            throw NativeAccess.refusal();
        }
    }

    /// Names this start of the host's kernel: the same in all its processes and containers, until it boots.
    ///
    /// @return the id, read from a file of `/proc` each time; empty if it cannot be read
    public static String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException unreadable) {
            return "";
        }
    }

    /// Whether native access is denied to this module, which may be another one than that of the core.
    @SuppressWarnings("restricted") // asks for what `Native` does
    private static boolean isDenied() {
        try {
            return MemorySegment.NULL.reinterpret(1).byteSize() != 1;
        } catch (IllegalCallerException denied) {
            return true;
        }
    }

    /// Whether [#require] would return.
    static boolean isUsable() {
        return SUPPORTED && !DENIED;
    }

    static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException(
                "Sluice needs Linux on x86-64 or aarch64; this is %s on %s".formatted(SYSTEM, MACHINE));
    }
}
