package io.sluice.core.buffer;

import io.sluice.core.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/// Native scratch memory that grows when a write does not fit, for encoding a message of unknown length.
///
/// - **Lifetime:** the memory belongs to the buffer and is freed by the garbage collector; after a growth the previous
///   block stays only as long as a [MemoryBuffer] that wrapped it does. An address taken from [#address] is valid until
///   the next growth, and while this buffer is reachable.
/// - **Growth:** to at least twice the capacity, to at most [#MAX_CAPACITY]; new bytes are zero. Reads never grow it. A
///   growth without enough memory throws an `OutOfMemoryError` and leaves the buffer as it was. The memory counts
///   against `-XX:MaxDirectMemorySize`.
/// - **Shrinking:** [#trim] gives the memory of a large message back, for a buffer that is kept for many messages.
/// - **Threads:** one at a time.
/// - **Allocation:** only in a growth, and as for [MemoryBuffer].
public final class ExpandableMemoryBuffer extends TextAccess {
    /// The largest capacity, in bytes: 2^30.
    public static final int MAX_CAPACITY = 1 << 30;

    /// The largest capacity that [#trim] does not reduce, in bytes: 2^20.
    public static final int KEPT_CAPACITY = 1 << 20;

    private static final int DEFAULT_CAPACITY = 256;
    private static final int LINE = 64;

    private MemorySegment block;
    private MemorySegment small;     // the block before the growth beyond KEPT_CAPACITY, for trim()

    /// Creates a buffer of 256 bytes.
    public ExpandableMemoryBuffer() {
        this(DEFAULT_CAPACITY);
    }

    /// Creates a buffer.
    ///
    /// @param initialCapacity in bytes, from 0 to [#MAX_CAPACITY]; rounded up to whole lines of 64 bytes
    /// @throws IllegalArgumentException if the capacity is negative or too large
    public ExpandableMemoryBuffer(int initialCapacity) {
        super(true);
        if (initialCapacity < 0 || initialCapacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                "initialCapacity=" + initialCapacity + " is not between 0 and " + MAX_CAPACITY + " bytes");
        }
        use(allocate(initialCapacity));
    }

    private static MemorySegment allocate(int bytes) {
        return Arena.ofAuto().allocate(Math.max(LINE, (bytes + LINE - 1) & -LINE), LINE);
    }

    /// Address and capacity belong to one block: they change together, and no step between can fail.
    private void use(MemorySegment memory) {
        int bytes = (int) memory.byteSize();
        long start = memory.address();
        block = memory;
        capacity = bytes;
        address = start;
    }

    @Override
    @SuppressWarnings("ReachabilityFenceUsage") // no finally: after a throw, no method here touches memory
    void grow(int index, int length) {
        long needed = (long) index + length;
        if (index < 0 || length < 0) {
            throw outOfBounds(index, length);
        }
        if (needed > MAX_CAPACITY) {
            throw new IndexOutOfBoundsException("index=" + index + " with length=" + length + " needs " + needed
                + " bytes; this buffer grows to at most " + MAX_CAPACITY + " bytes: split the message");
        }
        MemorySegment previous = block;
        MemorySegment next = allocate((int) Math.min(MAX_CAPACITY, Math.max(needed, 2L * capacity)));
        Memory.copy(previous.address(), next.address(), previous.byteSize());
        if (previous.byteSize() <= KEPT_CAPACITY && next.byteSize() > KEPT_CAPACITY) {
            small = previous;
        }
        use(next);
        Reference.reachabilityFence(previous);
    }

    /// Gives the memory of a large message back: a buffer that has grown beyond [#KEPT_CAPACITY] returns to its
    /// capacity before that growth, with undefined bytes. A smaller buffer is not changed, at the cost of a comparison.
    /// Call it after each message. Allocates nothing and cannot fail. The garbage collector frees the memory.
    public void trim() {
        if (capacity > KEPT_CAPACITY && small != null) {
            use(small);
            small = null;
        }
    }

    /// The absolute address of the first byte, until the next growth.
    ///
    /// @return the address
    public long address() {
        return address;
    }

    /// The object that keeps the memory alive.
    MemorySegment block() {
        return block;
    }

    /// This buffer grows.
    ///
    /// @return `true`
    @Override
    public boolean isExpandable() {
        return true;
    }

    /// Grows the buffer to at least `limit`.
    ///
    /// @param limit in bytes
    /// @throws IndexOutOfBoundsException if it is negative or above [#MAX_CAPACITY]
    @Override
    public void checkLimit(int limit) {
        ensure(limit, 0);
    }

    /// The memory is not that of a `ByteBuffer`.
    ///
    /// @return `null`
    @Override
    public ByteBuffer byteBuffer() {
        return null;
    }

    @Override
    public int wrapAdjustment() {
        return 0;
    }

    /// Not supported: this buffer owns its memory.
    ///
    /// @param buffer ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(byte[] buffer) {
        throw ownsItsMemory();
    }

    /// Not supported: this buffer owns its memory.
    ///
    /// @param buffer ignored
    /// @param offset ignored
    /// @param length ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(byte[] buffer, int offset, int length) {
        throw ownsItsMemory();
    }

    /// Not supported: this buffer owns its memory.
    ///
    /// @param buffer ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(ByteBuffer buffer) {
        throw ownsItsMemory();
    }

    /// Not supported: this buffer owns its memory.
    ///
    /// @param buffer ignored
    /// @param offset ignored
    /// @param length ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(ByteBuffer buffer, int offset, int length) {
        throw ownsItsMemory();
    }

    /// Not supported: this buffer owns its memory.
    ///
    /// @param buffer ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(DirectBuffer buffer) {
        throw ownsItsMemory();
    }

    /// Not supported: this buffer owns its memory.
    ///
    /// @param buffer ignored
    /// @param offset ignored
    /// @param length ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(DirectBuffer buffer, int offset, int length) {
        throw ownsItsMemory();
    }

    /// Not supported: this buffer owns its memory.
    ///
    /// @param address ignored
    /// @param length ignored
    /// @throws UnsupportedOperationException always
    @Override
    public void wrap(long address, int length) {
        throw ownsItsMemory();
    }

    private static UnsupportedOperationException ownsItsMemory() {
        return new UnsupportedOperationException(
            "ExpandableMemoryBuffer owns its memory and cannot be moved; use MemoryBuffer as a window");
    }
}
