package io.sluice.shm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// A file in the address space of this process.
///
/// A mapping that other threads may still use is sealed, not unmapped: its range then shows private zero pages, for as
/// long as the process lives, so that a late access reads or writes nothing of anybody and cannot crash.
public final class Mapping {
    private static final int READ_WRITE = 1 | 2;
    private static final int SHARED = 1;
    private static final int SEALED = 2 | 0x10 | 0x20 | 0x4000; // private, fixed, anonymous, no reserve
    private static final int DONT_DUMP = 16;

    private static final MethodHandle MMAP = Native.capturing(
            "mmap",
            Native.NOT_VARIADIC,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP =
            Native.capturing("munmap", Native.NOT_VARIADIC, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MADVISE =
            Native.capturing("madvise", Native.NOT_VARIADIC, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

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
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            long address = Native.result(
                    (long) MMAP.invokeExact(state, 0L, length, READ_WRITE, SHARED, descriptor, 0L), state);
            Errno.check(address, "mmap", name);
            int ignored = (int) MADVISE.invokeExact(state, address, length, DONT_DUMP); // refused: dumps are larger
            return new Mapping(address, length, name);
        } catch (Throwable failure) {
            throw Native.rethrow(failure);
        }
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
    public void seal() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            long result = (long) MMAP.invokeExact(state, address, length, READ_WRITE, SEALED, -1, 0L);
            Errno.check(Native.result(result, state), "mmap over the closed mapping", name);
        } catch (Throwable failure) {
            throw Native.rethrow(failure);
        }
    }

    /// Gives the range back. Only for a mapping whose address no other thread has seen.
    public void unmap() {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) MUNMAP.invokeExact(Native.state(arena), address, length);
        } catch (Throwable failure) {
            throw Native.rethrow(failure);
        }
    }
}
