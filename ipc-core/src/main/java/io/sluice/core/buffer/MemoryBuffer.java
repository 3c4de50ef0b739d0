package io.sluice.core.buffer;

import io.sluice.core.memory.Memory;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;

/// A reusable window over native memory, with the interface of Agrona's buffers. SBE flyweights and Agrona-style
/// handlers use it to work on a claim or a message in place.
///
/// Create one per thread and move it from message to message with [#wrap(long, int)]; that costs two stores. It needs
/// no JVM flag and never uses `Unsafe`, unlike Agrona's own buffers.
///
/// - **Lifetime:** the window does not own its memory and does not keep it mapped; the source of an address
///   defines how long it is valid. A wrapped direct [ByteBuffer] is kept reachable.
/// - **Bounds:** each access is checked once and fails with `IndexOutOfBoundsException`, naming index, length and
///   capacity; `-Dsluice.disable.bounds.checks=true` removes the checks, and with them all safety.
/// - **Alignment:** plain accesses take any index; ordered ones need the natural alignment of the absolute address, see
///   [#verifyAlignment], and throw `IllegalArgumentException` without.
/// - **Threads:** the memory may be shared by any number of threads and processes under the ordering each method names;
///   moving the window is not thread-safe.
/// - **Allocation:** none, except where a method returns a new `String` or encodes one as UTF-8.
public final class MemoryBuffer extends TextAccess implements AtomicBuffer {
    private ByteBuffer wrapped;
    private Object retained;
    private int wrapAdjustment;

    /// Creates a window of no bytes; move it with one of the `wrap` methods.
    public MemoryBuffer() {
        super(false);
    }

    /// Creates a window.
    ///
    /// @param address absolute address of the first byte
    /// @param length in bytes
    /// @throws IllegalArgumentException if `length` is negative
    public MemoryBuffer(long address, int length) {
        super(false);
        wrap(address, length);
    }

    /// Moves the window.
    ///
    /// @param address absolute address of the first byte
    /// @param length in bytes
    /// @throws IllegalArgumentException if `length` is negative
    @Override
    public void wrap(long address, int length) {
        if (length < 0) {
            throw negativeLength(length);
        }
        this.address = address;
        this.capacity = length;
        if (retained != null) {
            retain(null, null, 0);
        }
    }

    private static IllegalArgumentException negativeLength(int length) {
        return new IllegalArgumentException("length=" + length + ": a window cannot have a negative length");
    }

    private void retain(Object retained, ByteBuffer wrapped, int wrapAdjustment) {
        this.retained = retained;
        this.wrapped = wrapped;
        this.wrapAdjustment = wrapAdjustment;
    }

    /// Moves the window onto a direct buffer, from its index 0 to its capacity.
    ///
    /// @param buffer direct
    /// @throws UnsupportedOperationException if the buffer is backed by an array
    @Override
    public void wrap(ByteBuffer buffer) {
        wrap(buffer, 0, buffer.capacity());
    }

    /// Moves the window onto a part of a direct buffer; its position and limit do not matter.
    ///
    /// @param buffer direct
    /// @param offset first byte, counted from index 0 of the buffer
    /// @param length in bytes
    /// @throws UnsupportedOperationException if the buffer is backed by an array
    @Override
    public void wrap(ByteBuffer buffer, int offset, int length) {
        if (!buffer.isDirect()) {
            throw onHeap();
        }
        Objects.checkFromIndexSize(offset, length, buffer.capacity());
        wrap(addressOf(buffer) + offset, length);
        retain(buffer, buffer, offset);
    }

    /// Moves the window onto another native buffer.
    ///
    /// @param buffer over native memory
    /// @throws UnsupportedOperationException if the buffer is backed by an array
    @Override
    public void wrap(DirectBuffer buffer) {
        wrap(buffer, 0, buffer.capacity());
    }

    /// Moves the window onto a part of another native buffer.
    ///
    /// @param buffer over native memory
    /// @param offset first byte, counted from index 0 of the buffer
    /// @param length in bytes
    /// @throws UnsupportedOperationException if the buffer is backed by an array
    @Override
    public void wrap(DirectBuffer buffer, int offset, int length) {
        if (buffer.byteArray() != null) {
            throw onHeap();
        }
        Objects.checkFromIndexSize(offset, length, buffer.capacity());
        Object owner = switch (buffer) {
            case MemoryBuffer window -> window.retained;
            case ExpandableMemoryBuffer expandable -> expandable.block();
            default -> buffer.byteBuffer() != null ? buffer.byteBuffer() : buffer;
        };
        ByteBuffer source = buffer.byteBuffer();
        int adjustment = buffer.wrapAdjustment() + offset;
        wrap(buffer.addressOffset() + offset, length);
        retain(owner, source, adjustment);
    }

    /// Not supported: this is a window over native memory.
    ///
    /// @param buffer ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(byte[] buffer) {
        throw onHeap();
    }

    /// Not supported: this is a window over native memory.
    ///
    /// @param buffer ignored
    /// @param offset ignored
    /// @param length ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(byte[] buffer, int offset, int length) {
        throw onHeap();
    }

    private static UnsupportedOperationException onHeap() {
        return new UnsupportedOperationException("MemoryBuffer is a window over native memory and cannot wrap an array;"
            + " copy the bytes with putBytes, or wrap ByteBuffer.allocateDirect(length) or an address");
    }

    /// The direct buffer under this window.
    ///
    /// @return the one that was wrapped, or `null` if this window was given an address
    @Override
    public ByteBuffer byteBuffer() {
        return wrapped;
    }

    @Override
    public int wrapAdjustment() {
        return wrapAdjustment;
    }

    /// A window never grows.
    ///
    /// @return `false`
    @Override
    public boolean isExpandable() {
        return false;
    }

    @Override
    void grow(int index, int length) {
        throw outOfBounds(index, length);
    }

    @Override
    public void checkLimit(int limit) {
        if (limit < 0 || limit > capacity) {
            throw outOfBounds(limit, 0);
        }
    }

    /// Checks that every index that is a multiple of 8 can be accessed with ordering.
    ///
    /// @throws IllegalStateException if the address of the first byte is not a multiple of [#ALIGNMENT]
    @Override
    public void verifyAlignment() {
        if ((address & (ALIGNMENT - 1)) != 0) {
            throw new IllegalStateException("address 0x" + Long.toHexString(address) + " is not a multiple of "
                + ALIGNMENT + "; ordered access needs an aligned buffer");
        }
    }

    // Ordered, 64 bits.

    @Override
    public long getLongVolatile(int index) {
        check(index, 8);
        return Memory.getLongVolatile(address + index);
    }

    @Override
    public long getLongAcquire(int index) {
        check(index, 8);
        return Memory.getLongAcquire(address + index);
    }

    @Override
    public long getLongOpaque(int index) {
        check(index, 8);
        return Memory.getLongOpaque(address + index);
    }

    @Override
    public void putLongVolatile(int index, long value) {
        check(index, 8);
        Memory.putLongVolatile(address + index, value);
    }

    @Override
    public void putLongRelease(int index, long value) {
        check(index, 8);
        Memory.putLongRelease(address + index, value);
    }

    @Override
    public void putLongOrdered(int index, long value) {
        check(index, 8);
        Memory.putLongRelease(address + index, value);
    }

    @Override
    public void putLongOpaque(int index, long value) {
        check(index, 8);
        Memory.putLongOpaque(address + index, value);
    }

    @Override
    public long addLongRelease(int index, long increment) {
        check(index, 8);
        return Memory.getAndAddLongRelease(address + index, increment);
    }

    @Override
    public long addLongOrdered(int index, long increment) {
        return addLongRelease(index, increment);
    }

    /// Adds without being atomic: an opaque read, then an opaque write, for a word with one writer.
    ///
    /// @param index in bytes, aligned to 8
    /// @param increment what to add
    /// @return the value before
    @Override
    public long addLongOpaque(int index, long increment) {
        check(index, 8);
        long before = Memory.getLongOpaque(address + index);
        Memory.putLongOpaque(address + index, before + increment);
        return before;
    }

    @Override
    public boolean compareAndSetLong(int index, long expectedValue, long updateValue) {
        check(index, 8);
        return Memory.compareAndSetLong(address + index, expectedValue, updateValue);
    }

    @Override
    public long compareAndExchangeLong(int index, long expectedValue, long updateValue) {
        check(index, 8);
        return Memory.compareAndExchangeLong(address + index, expectedValue, updateValue);
    }

    @Override
    public long getAndSetLong(int index, long value) {
        check(index, 8);
        return Memory.getAndSetLong(address + index, value);
    }

    @Override
    public long getAndAddLong(int index, long delta) {
        check(index, 8);
        return Memory.getAndAddLong(address + index, delta);
    }

    // Ordered, 32 bits.

    @Override
    public int getIntVolatile(int index) {
        check(index, 4);
        return Memory.getIntVolatile(address + index);
    }

    @Override
    public int getIntAcquire(int index) {
        check(index, 4);
        return Memory.getIntAcquire(address + index);
    }

    @Override
    public int getIntOpaque(int index) {
        check(index, 4);
        return Memory.getIntOpaque(address + index);
    }

    @Override
    public void putIntVolatile(int index, int value) {
        check(index, 4);
        Memory.putIntVolatile(address + index, value);
    }

    @Override
    public void putIntRelease(int index, int value) {
        check(index, 4);
        Memory.putIntRelease(address + index, value);
    }

    @Override
    public void putIntOrdered(int index, int value) {
        check(index, 4);
        Memory.putIntRelease(address + index, value);
    }

    @Override
    public void putIntOpaque(int index, int value) {
        check(index, 4);
        Memory.putIntOpaque(address + index, value);
    }

    @Override
    public int addIntRelease(int index, int increment) {
        check(index, 4);
        return Memory.getAndAddIntRelease(address + index, increment);
    }

    @Override
    public int addIntOrdered(int index, int increment) {
        return addIntRelease(index, increment);
    }

    /// Adds without being atomic: an opaque read, then an opaque write, for a word with one writer.
    ///
    /// @param index in bytes, aligned to 4
    /// @param increment what to add
    /// @return the value before
    @Override
    public int addIntOpaque(int index, int increment) {
        check(index, 4);
        int before = Memory.getIntOpaque(address + index);
        Memory.putIntOpaque(address + index, before + increment);
        return before;
    }

    @Override
    public boolean compareAndSetInt(int index, int expectedValue, int updateValue) {
        check(index, 4);
        return Memory.compareAndSetInt(address + index, expectedValue, updateValue);
    }

    @Override
    public int compareAndExchangeInt(int index, int expectedValue, int updateValue) {
        check(index, 4);
        return Memory.compareAndExchangeInt(address + index, expectedValue, updateValue);
    }

    @Override
    public int getAndSetInt(int index, int value) {
        check(index, 4);
        return Memory.getAndSetInt(address + index, value);
    }

    @Override
    public int getAndAddInt(int index, int delta) {
        check(index, 4);
        return Memory.getAndAddInt(address + index, delta);
    }

    // Ordered, 8 and 16 bits.

    @Override
    public short getShortVolatile(int index) {
        check(index, 2);
        return Memory.getShortVolatile(address + index);
    }

    @Override
    public void putShortVolatile(int index, short value) {
        check(index, 2);
        Memory.putShortVolatile(address + index, value);
    }

    @Override
    public char getCharVolatile(int index) {
        check(index, 2);
        return Memory.getCharVolatile(address + index);
    }

    @Override
    public void putCharVolatile(int index, char value) {
        check(index, 2);
        Memory.putCharVolatile(address + index, value);
    }

    @Override
    public byte getByteVolatile(int index) {
        check(index, 1);
        return Memory.getByteVolatile(address + index);
    }

    @Override
    public void putByteVolatile(int index, byte value) {
        check(index, 1);
        Memory.putByteVolatile(address + index, value);
    }
}
