package io.sluice.core.buffer;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.NativeAccess;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// An address and a capacity: the one bounds check of the buffers, their bulk copies, and their equality.
///
/// Reads call [#check]; writes call [#ensure]. Its slow path is the only difference between a window, which throws
/// there, and a growing buffer. Both read fields of this class only, so the fast path has no virtual call. An address
/// is computed from `this.address` after the check, never before: growth changes it.
@SuppressWarnings("ReachabilityFenceUsage") // no finally: after a throw, no method here touches memory
abstract sealed class MemoryWindow implements MutableDirectBuffer permits PlainAccess {
    static final boolean CHECKED = !Boolean.getBoolean("sluice.disable.bounds.checks");

    long address;
    int capacity;
    private final boolean expandable;

    MemoryWindow(boolean expandable) {
        NativeAccess.require();
        this.expandable = expandable;
    }

    /// Makes room for a write that does not fit, or throws.
    abstract void grow(int index, int length);

    final void check(int index, int length) {
        if (CHECKED && beyond(index, length)) {
            throw outOfBounds(index, length);
        }
    }

    final void ensure(int index, int length) {
        if ((CHECKED || expandable) && beyond(index, length)) {
            grow(index, length);
        }
    }

    /// Overflow is impossible: neither `capacity` nor, where it is subtracted, `length` is negative. A constant length
    /// leaves two comparisons of `index`, cheaper than one of a sum of longs.
    private boolean beyond(int index, int length) {
        return (index | length) < 0 || index > capacity - length;
    }

    final IndexOutOfBoundsException outOfBounds(int index, int length) {
        return new IndexOutOfBoundsException(
            "index=" + index + " with length=" + length + " is outside the capacity=" + capacity + " of the buffer");
    }

    @Override
    public final void boundsCheck(int index, int length) {
        if (beyond(index, length)) {
            throw outOfBounds(index, length);
        }
    }

    /// The absolute address of the first byte.
    ///
    /// @return the address
    @Override
    public final long addressOffset() {
        return address;
    }

    @Override
    public final int capacity() {
        return capacity;
    }

    /// There is no array: the memory is native.
    ///
    /// @return `null`
    @Override
    public final byte[] byteArray() {
        return null;
    }

    // Bulk.

    @Override
    public final void setMemory(int index, int length, byte value) {
        ensure(index, length);
        Memory.fill(address + index, length, value);
        Reference.reachabilityFence(this);
    }

    @Override
    public final void getBytes(int index, byte[] dst) {
        getBytes(index, dst, 0, dst.length);
    }

    @Override
    public final void getBytes(int index, byte[] dst, int offset, int length) {
        check(index, length);
        Memory.copyTo(address + index, dst, offset, length);
        Reference.reachabilityFence(this);
    }

    @Override
    public final void getBytes(int index, MutableDirectBuffer dstBuffer, int dstIndex, int length) {
        dstBuffer.putBytes(dstIndex, this, index, length);
    }

    @Override
    public final void getBytes(int index, ByteBuffer dstBuffer, int length) {
        int position = dstBuffer.position();
        Objects.checkFromIndexSize(position, length, dstBuffer.limit());
        getBytes(index, dstBuffer, position, length);
        dstBuffer.position(position + length);
    }

    @Override
    public final void getBytes(int index, ByteBuffer dstBuffer, int dstOffset, int length) {
        check(index, length);
        Objects.checkFromIndexSize(dstOffset, length, dstBuffer.capacity());
        if (dstBuffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (dstBuffer.isDirect()) {
            Memory.copy(address + index, addressOf(dstBuffer) + dstOffset, length);
            Reference.reachabilityFence(dstBuffer);
        } else {
            Memory.copyTo(address + index, dstBuffer.array(), dstBuffer.arrayOffset() + dstOffset, length);
        }
        Reference.reachabilityFence(this);
    }

    @Override
    public final void putBytes(int index, byte[] src) {
        putBytes(index, src, 0, src.length);
    }

    @Override
    public final void putBytes(int index, byte[] src, int offset, int length) {
        ensure(index, length);
        Memory.copyFrom(src, offset, address + index, length);
        Reference.reachabilityFence(this);
    }

    @Override
    public final void putBytes(int index, ByteBuffer srcBuffer, int length) {
        int position = srcBuffer.position();
        Objects.checkFromIndexSize(position, length, srcBuffer.limit());
        putBytes(index, srcBuffer, position, length);
        srcBuffer.position(position + length);
    }

    @Override
    public final void putBytes(int index, ByteBuffer srcBuffer, int srcIndex, int length) {
        Objects.checkFromIndexSize(srcIndex, length, srcBuffer.capacity());
        ensure(index, length);
        if (srcBuffer.isDirect()) {
            Memory.copy(addressOf(srcBuffer) + srcIndex, address + index, length);
            Reference.reachabilityFence(srcBuffer);
        } else if (srcBuffer.hasArray()) {
            Memory.copyFrom(srcBuffer.array(), srcBuffer.arrayOffset() + srcIndex, address + index, length);
        } else {
            MemorySegment readOnly = MemorySegment.ofBuffer(srcBuffer.duplicate().clear());
            Memory.segment(address + index, length).copyFrom(readOnly.asSlice(srcIndex, length));
        }
        Reference.reachabilityFence(this);
    }

    @Override
    public final void putBytes(int index, DirectBuffer srcBuffer, int srcIndex, int length) {
        if (CHECKED) {
            srcBuffer.boundsCheck(srcIndex, length);
        }
        ensure(index, length);
        byte[] array = srcBuffer.byteArray();
        if (array == null) {
            Memory.copy(srcBuffer.addressOffset() + srcIndex, address + index, length);
        } else {
            Memory.copyFrom(array, srcBuffer.wrapAdjustment() + srcIndex, address + index, length);
        }
        Reference.reachabilityFence(srcBuffer);
        Reference.reachabilityFence(this);
    }

    /// The absolute address of index 0 of a direct buffer.
    static long addressOf(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct).address() - direct.position();
    }

    // Contents; the same order and the same hash as those of Agrona's buffers.

    /// Compares the contents, eight bytes at a time as signed longs of native order, then the capacities.
    ///
    /// @param that any buffer
    /// @return negative, zero or positive
    @Override
    public final int compareTo(DirectBuffer that) {
        int length = Math.min(capacity, that.capacity());
        int i = 0;
        for (int end = length & ~7; i < end; i += 8) {
            int order = Long.compare(Memory.getLong(address + i), that.getLong(i));
            if (order != 0) {
                return order;
            }
        }
        for (; i < length; i++) {
            int order = Byte.compare(Memory.getByte(address + i), that.getByte(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(capacity, that.capacity());
    }

    /// Whether the other is a buffer of this package with the same bytes.
    ///
    /// @param other anything
    /// @return whether the contents are equal
    @Override
    public final boolean equals(Object other) {
        return this == other
            || (other instanceof MemoryWindow that && capacity == that.capacity && compareTo(that) == 0);
    }

    /// A hash of the contents; it changes with them.
    ///
    /// @return the hash
    @Override
    public final int hashCode() {
        int hash = 19;
        int i = 0;
        for (int end = capacity & ~7; i < end; i += 8) {
            hash = 31 * hash + Long.hashCode(Memory.getLong(address + i));
        }
        for (; i < capacity; i++) {
            hash = 31 * hash + Memory.getByte(address + i);
        }
        return hash;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[address=0x" + Long.toHexString(address) + ", capacity=" + capacity + "]";
    }
}
