package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The size of a terminal.
///
/// @param rows how many lines of text
/// @param columns how many characters a line
public record WindowSize(int rows, int columns) {
    /// `ioctl_tty(2)`; the same number on both architectures. It fills a `struct winsize`: four short numbers.
    private static final long TIOCGWINSZ = 0x5413;

    /// Asks for the size of a terminal now: one system call.
    ///
    /// @param descriptor of the terminal
    /// @return null if the descriptor is no terminal, or the terminal does not tell
    public static WindowSize of(int descriptor) {
        Linux.require();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(4 * Short.BYTES, Short.BYTES);
            if (Native.syscall(Linux.SYS_IOCTL, descriptor, TIOCGWINSZ, size.address(), 0, 0, 0) < 0) {
                return null;
            }
            int rows = Short.toUnsignedInt(size.get(JAVA_SHORT, 0));
            int columns = Short.toUnsignedInt(size.get(JAVA_SHORT, Short.BYTES));
            return rows == 0 || columns == 0 ? null : new WindowSize(rows, columns);
        }
    }
}
