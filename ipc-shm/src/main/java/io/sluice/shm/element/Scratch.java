package io.sluice.shm.element;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.ring.Claim;

/// What one operation needs to encode or decode an element. See [Scratches].
public final class Scratch {
    private static final int INITIAL_BYTES = 1024;

    /// Where elements are encoded, and large ones read.
    public final ExpandableMemoryBuffer bytes = new ExpandableMemoryBuffer(INITIAL_BYTES);
    /// Shows a small element where it lies.
    public final MemoryBuffer window = new MemoryBuffer();
    /// The claim of a put.
    public final Claim claim = new Claim();

    /// The next one of the same stripe, and how many there are from this one on; see [Scratches].
    Scratch next;
    int count;

    Scratch() {}
}
