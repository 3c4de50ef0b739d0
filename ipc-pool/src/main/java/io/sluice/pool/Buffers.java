package io.sluice.pool;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.pool.codec.Values;
import io.sluice.shm.object.KeptObjects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Memory in which tasks are encoded before they are submitted. A thread takes a buffer and brings it back, so one that
/// submits while it encodes, as in a `writeObject`, has two; and what is large is not kept.
///
/// - **Threads:** any.
/// - **Lifetime:** that of a pool. Not of a thread: a thread-local would keep this library's class loader reachable.
final class Buffers {
    private static final int FIRST_BYTES = 1024;
    private static final int PLACES = 8;

    private final AtomicReferenceArray<ExpandableMemoryBuffer> idle = new AtomicReferenceArray<>(PLACES);

    /// A value as bytes.
    ///
    /// @param kept gets the shared objects that it captured
    /// @throws io.sluice.core.codec.CodecException if it does not travel
    byte[] encode(Values values, Object value, KeptObjects kept) {
        int place = (int) Thread.currentThread().threadId() & (PLACES - 1);
        ExpandableMemoryBuffer taken = idle.getAndSet(place, null);
        ExpandableMemoryBuffer buffer = taken != null ? taken : new ExpandableMemoryBuffer(FIRST_BYTES);
        byte[] bytes = new byte[kept.collect(() -> values.encode(value, buffer, 0))];
        buffer.getBytes(0, bytes);
        buffer.trim();
        idle.setRelease(place, buffer);
        return bytes;
    }
}
