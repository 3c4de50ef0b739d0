package io.sluice.core.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.sluice.core.owner.Reachability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Raw memory by absolute address: the only class of the project that reads or writes shared words.
///
/// One `static final` segment spans the whole address space, so that the compiler sees one constant base and one
/// constant handle wherever the access stands; an instance-field segment loses a factor of five as soon as the same
/// code has met segments of another kind. The price is that nothing here checks an address. The owner of an address
/// checks bounds once per object; `MemoryBuffer` is an ordinary buffer with a check for each access.
///
/// - **Threads:** any number, in any process that maps the same page.
/// - **Ordering:** plain methods carry none and are for words that an acquire has published; the others are named
///   after the modes of [VarHandle], and mean between processes what they mean between threads.
/// - **Alignment:** every ordered method needs its natural alignment and throws `IllegalArgumentException` without;
///   plain ones take any address.
/// - **Allocation:** none.
/// - **Truncation:** an access to a page that its file has lost is an `InternalError` of the JVM, see [MemoryFault].
@SuppressWarnings("restricted")   // the one place that turns addresses into memory
public final class Memory {
    /*
     * Each compare-and-set is preceded by a read. HotSpot's interpreter survives the fault of a read, but not that of a
     * compare-and-set, which is C++ code of the JVM there: SIGBUS ends the process. Compiled code survives both; C2
     * removes the unused read.
     */
    /// How many bytes of a fill are written one by one; the rest is copied from them, twice as much each time.
    private static final int FILL_FIRST = 16;

    @SuppressWarnings("restricted") // this line needs --enable-native-access, the only flag of the project
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final VarHandle BYTE = JAVA_BYTE.varHandle();
    private static final VarHandle SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.varHandle();
    private static final VarHandle CHAR = ValueLayout.JAVA_CHAR_UNALIGNED.varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT_UNALIGNED.varHandle();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG_UNALIGNED.varHandle();
    private static final VarHandle FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.varHandle();
    private static final VarHandle DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.varHandle();
    private static final VarHandle ATOMIC_SHORT = ValueLayout.JAVA_SHORT.varHandle();
    private static final VarHandle ATOMIC_CHAR = ValueLayout.JAVA_CHAR.varHandle();
    private static final VarHandle ATOMIC_INT = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle ATOMIC_LONG = ValueLayout.JAVA_LONG.varHandle();

    private Memory() {}

    // Plain.

    /// Reads one byte.
    ///
    /// @param address absolute
    /// @return the byte
    public static byte getByte(long address) {
        return (byte) BYTE.get(ALL, address);
    }

    /// Writes one byte.
    ///
    /// @param address absolute
    /// @param value the byte
    public static void putByte(long address, byte value) {
        BYTE.set(ALL, address, value);
    }

    /// Reads two bytes in native order.
    ///
    /// @param address absolute
    /// @return the value
    public static short getShort(long address) {
        return (short) SHORT.get(ALL, address);
    }

    /// Writes two bytes in native order.
    ///
    /// @param address absolute
    /// @param value the value
    public static void putShort(long address, short value) {
        SHORT.set(ALL, address, value);
    }

    /// Reads one UTF-16 unit in native order.
    ///
    /// @param address absolute
    /// @return the value
    public static char getChar(long address) {
        return (char) CHAR.get(ALL, address);
    }

    /// Writes one UTF-16 unit in native order.
    ///
    /// @param address absolute
    /// @param value the value
    public static void putChar(long address, char value) {
        CHAR.set(ALL, address, value);
    }

    /// Reads four bytes in native order.
    ///
    /// @param address absolute
    /// @return the value
    public static int getInt(long address) {
        return (int) INT.get(ALL, address);
    }

    /// Writes four bytes in native order.
    ///
    /// @param address absolute
    /// @param value the value
    public static void putInt(long address, int value) {
        INT.set(ALL, address, value);
    }

    /// Reads eight bytes in native order.
    ///
    /// @param address absolute
    /// @return the value
    public static long getLong(long address) {
        return (long) LONG.get(ALL, address);
    }

    /// Writes eight bytes in native order.
    ///
    /// @param address absolute
    /// @param value the value
    public static void putLong(long address, long value) {
        LONG.set(ALL, address, value);
    }

    /// Reads a float in native order.
    ///
    /// @param address absolute
    /// @return the value
    public static float getFloat(long address) {
        return (float) FLOAT.get(ALL, address);
    }

    /// Writes a float in native order.
    ///
    /// @param address absolute
    /// @param value the value
    public static void putFloat(long address, float value) {
        FLOAT.set(ALL, address, value);
    }

    /// Reads a double in native order.
    ///
    /// @param address absolute
    /// @return the value
    public static double getDouble(long address) {
        return (double) DOUBLE.get(ALL, address);
    }

    /// Writes a double in native order.
    ///
    /// @param address absolute
    /// @param value the value
    public static void putDouble(long address, double value) {
        DOUBLE.set(ALL, address, value);
    }

    // Ordered, 8 and 16 bits.

    /// Volatile read.
    ///
    /// @param address absolute
    /// @return the value
    public static byte getByteVolatile(long address) {
        return (byte) BYTE.getVolatile(ALL, address);
    }

    /// Volatile write.
    ///
    /// @param address absolute
    /// @param value the value
    public static void putByteVolatile(long address, byte value) {
        BYTE.setVolatile(ALL, address, value);
    }

    /// Volatile read.
    ///
    /// @param address absolute, aligned to 2
    /// @return the value
    public static short getShortVolatile(long address) {
        return (short) ATOMIC_SHORT.getVolatile(ALL, address);
    }

    /// Volatile write.
    ///
    /// @param address absolute, aligned to 2
    /// @param value the value
    public static void putShortVolatile(long address, short value) {
        ATOMIC_SHORT.setVolatile(ALL, address, value);
    }

    /// Volatile read.
    ///
    /// @param address absolute, aligned to 2
    /// @return the value
    public static char getCharVolatile(long address) {
        return (char) ATOMIC_CHAR.getVolatile(ALL, address);
    }

    /// Volatile write.
    ///
    /// @param address absolute, aligned to 2
    /// @param value the value
    public static void putCharVolatile(long address, char value) {
        ATOMIC_CHAR.setVolatile(ALL, address, value);
    }

    // Ordered, 32 bits.

    /// Opaque read.
    ///
    /// @param address absolute, aligned to 4
    /// @return the value
    public static int getIntOpaque(long address) {
        return (int) ATOMIC_INT.getOpaque(ALL, address);
    }

    /// Opaque write.
    ///
    /// @param address absolute, aligned to 4
    /// @param value the value
    public static void putIntOpaque(long address, int value) {
        ATOMIC_INT.setOpaque(ALL, address, value);
    }

    /// Acquire read.
    ///
    /// @param address absolute, aligned to 4
    /// @return the value
    public static int getIntAcquire(long address) {
        return (int) ATOMIC_INT.getAcquire(ALL, address);
    }

    /// Release write.
    ///
    /// @param address absolute, aligned to 4
    /// @param value the value
    public static void putIntRelease(long address, int value) {
        ATOMIC_INT.setRelease(ALL, address, value);
    }

    /// Volatile read.
    ///
    /// @param address absolute, aligned to 4
    /// @return the value
    public static int getIntVolatile(long address) {
        return (int) ATOMIC_INT.getVolatile(ALL, address);
    }

    /// Volatile write.
    ///
    /// @param address absolute, aligned to 4
    /// @param value the value
    public static void putIntVolatile(long address, int value) {
        ATOMIC_INT.setVolatile(ALL, address, value);
    }

    /// Compare and set with volatile effects; read the word first, since an interpreted compare-and-set on a page
    /// that vanished kills the JVM where a read throws.
    ///
    /// @param address absolute, aligned to 4
    /// @param expected the value that the word must hold
    /// @param value the new one
    /// @return whether the word held `expected` and was set
    public static boolean compareAndSetInt(long address, int expected, int value) {
        int ignored = getInt(address);       // see above
        return ATOMIC_INT.compareAndSet(ALL, address, expected, value);
    }

    /// Compare and exchange with volatile effects; see [#compareAndSetInt] for why the word is read first.
    ///
    /// @param address absolute, aligned to 4
    /// @param expected the value that the word must hold
    /// @param value the new one
    /// @return the value before; `expected` if the exchange took place
    public static int compareAndExchangeInt(long address, int expected, int value) {
        int ignored = getInt(address);       // see above
        return (int) ATOMIC_INT.compareAndExchange(ALL, address, expected, value);
    }

    /// Adds with volatile effects.
    ///
    /// @param address absolute, aligned to 4
    /// @param delta what to add
    /// @return the value before
    public static int getAndAddInt(long address, int delta) {
        return (int) ATOMIC_INT.getAndAdd(ALL, address, delta);
    }

    /// Adds with release effects.
    ///
    /// @param address absolute, aligned to 4
    /// @param delta what to add
    /// @return the value before
    public static int getAndAddIntRelease(long address, int delta) {
        return (int) ATOMIC_INT.getAndAddRelease(ALL, address, delta);
    }

    /// Exchanges with volatile effects.
    ///
    /// @param address absolute, aligned to 4
    /// @param value the new one
    /// @return the value before
    public static int getAndSetInt(long address, int value) {
        return (int) ATOMIC_INT.getAndSet(ALL, address, value);
    }

    // Ordered, 64 bits.

    /// Opaque read.
    ///
    /// @param address absolute, aligned to 8
    /// @return the value
    public static long getLongOpaque(long address) {
        return (long) ATOMIC_LONG.getOpaque(ALL, address);
    }

    /// Opaque write.
    ///
    /// @param address absolute, aligned to 8
    /// @param value the value
    public static void putLongOpaque(long address, long value) {
        ATOMIC_LONG.setOpaque(ALL, address, value);
    }

    /// Acquire read.
    ///
    /// @param address absolute, aligned to 8
    /// @return the value
    public static long getLongAcquire(long address) {
        return (long) ATOMIC_LONG.getAcquire(ALL, address);
    }

    /// Release write.
    ///
    /// @param address absolute, aligned to 8
    /// @param value the value
    public static void putLongRelease(long address, long value) {
        ATOMIC_LONG.setRelease(ALL, address, value);
    }

    /// Volatile read.
    ///
    /// @param address absolute, aligned to 8
    /// @return the value
    public static long getLongVolatile(long address) {
        return (long) ATOMIC_LONG.getVolatile(ALL, address);
    }

    /// Volatile write.
    ///
    /// @param address absolute, aligned to 8
    /// @param value the value
    public static void putLongVolatile(long address, long value) {
        ATOMIC_LONG.setVolatile(ALL, address, value);
    }

    /// Compare and set with volatile effects; see [#compareAndSetInt] for why the word is read first.
    ///
    /// @param address absolute, aligned to 8
    /// @param expected the value that the word must hold
    /// @param value the new one
    /// @return whether the word held `expected` and was set
    public static boolean compareAndSetLong(long address, long expected, long value) {
        long ignored = getLong(address);     // see above
        return ATOMIC_LONG.compareAndSet(ALL, address, expected, value);
    }

    /// Compare and exchange with volatile effects; see [#compareAndSetInt] for why the word is read first.
    ///
    /// @param address absolute, aligned to 8
    /// @param expected the value that the word must hold
    /// @param value the new one
    /// @return the value before; `expected` if the exchange took place
    public static long compareAndExchangeLong(long address, long expected, long value) {
        long ignored = getLong(address);     // see above
        return (long) ATOMIC_LONG.compareAndExchange(ALL, address, expected, value);
    }

    /// Adds with volatile effects.
    ///
    /// @param address absolute, aligned to 8
    /// @param delta what to add
    /// @return the value before
    public static long getAndAddLong(long address, long delta) {
        return (long) ATOMIC_LONG.getAndAdd(ALL, address, delta);
    }

    /// Adds with release effects.
    ///
    /// @param address absolute, aligned to 8
    /// @param delta what to add
    /// @return the value before
    public static long getAndAddLongRelease(long address, long delta) {
        return (long) ATOMIC_LONG.getAndAddRelease(ALL, address, delta);
    }

    /// Exchanges with volatile effects.
    ///
    /// @param address absolute, aligned to 8
    /// @param value the new one
    /// @return the value before
    public static long getAndSetLong(long address, long value) {
        return (long) ATOMIC_LONG.getAndSet(ALL, address, value);
    }

    // Bulk; plain.

    /// Copies bytes, overlapping or not.
    ///
    /// @param from absolute
    /// @param to absolute
    /// @param length in bytes
    public static void copy(long from, long to, long length) {
        MemorySegment.copy(ALL, from, ALL, to, length);
    }

    /// Copies out of a Java array.
    ///
    /// @param from the array
    /// @param offset its first byte
    /// @param to absolute
    /// @param length in bytes
    public static void copyFrom(byte[] from, int offset, long to, int length) {
        MemorySegment.copy(from, offset, ALL, JAVA_BYTE, to, length);
    }

    /// Copies into a Java array.
    ///
    /// @param from absolute
    /// @param to the array
    /// @param offset its first byte
    /// @param length in bytes
    public static void copyTo(long from, byte[] to, int offset, int length) {
        MemorySegment.copy(ALL, JAVA_BYTE, from, to, offset, length);
    }

    /// Sets every byte.
    ///
    /// @param address absolute
    /// @param length in bytes
    /// @param value the byte
    public static void fill(long address, long length, byte value) {
        // Not MemorySegment.fill: where the compiler does not inline everything, a segment is an object for each call.
        long first = Math.min(length, FILL_FIRST);
        for (long at = 0; at < first; at++) {
            putByte(address + at, value);
        }
        for (long done = first; done < length; done += Math.min(done, length - done)) {
            copy(address, address + done, Math.min(done, length - done));
        }
    }

    /// A segment over memory of this process, for the JDK's own methods; it does not keep the memory alive.
    ///
    /// @param address absolute
    /// @param length in bytes
    /// @return the segment
    public static MemorySegment segment(long address, long length) {
        return ALL.asSlice(address, length);
    }

    /// A range as a segment that keeps an object reachable, for user code that holds only the segment.
    ///
    /// @param address absolute
    /// @param length in bytes
    /// @param kept must not become garbage before the segment
    /// @return the segment
    @SuppressWarnings("restricted")
    public static MemorySegment segment(long address, long length, Object kept) {
        return segment(address, length).reinterpret(Arena.ofAuto(), ended -> Reachability.upToHere(kept));
    }
}
