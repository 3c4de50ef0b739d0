package io.sluice.pool;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.pool.codec.Values;
import io.sluice.shm.object.KeptObjects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Memory in which tasks are encoded before they are submitted. A thread takes a buffer and returns it, so a thread
/// that submits while it encodes, as in a `writeObject`, has two. Large memory is not kept.
///
/// - **Threads:** any.
/// - **Lifetime:** that of a pool. Not of a thread: a thread-local would keep the class loader of Sluice reachable.
final class Buffers {
    private static final int FIRST_BYTES = 1024;
    private static final int COUNT = 8;

    private final AtomicReferenceArray<ExpandableMemoryBuffer> idle = new AtomicReferenceArray<>(COUNT);

    /// Encodes a value.
    ///
    /// @param kept gets the shared objects that it captured
    /// @throws io.sluice.core.codec.CodecException if it does not travel
    byte[] encode(Values values, Object value, KeptObjects kept) {
        int index = (int) Thread.currentThread().threadId() & (COUNT - 1);
        ExpandableMemoryBuffer taken = idle.getAndSet(index, null);
        ExpandableMemoryBuffer buffer = taken != null ? taken : new ExpandableMemoryBuffer(FIRST_BYTES);
        byte[] bytes = kept.collect(() -> {
            byte[] copy = new byte[values.encode(value, buffer, 0)];
            buffer.getBytes(0, copy);
            return copy;
        });
        buffer.trim();
        idle.setRelease(index, buffer);
        return bytes;
    }
}
