package io.sluice.shm.element;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.ring.Claim;

/// The memory that one operation needs to encode or decode an element. See [Scratches].
public final class Scratch {
    private static final int INITIAL_BYTES = 1024;

    /// Receives encoded elements, and large elements that are read.
    public final ExpandableMemoryBuffer bytes = new ExpandableMemoryBuffer(INITIAL_BYTES);
    /// A view of a small element in place.
    public final MemoryBuffer window = new MemoryBuffer();
    /// The claim of a put.
    public final Claim claim = new Claim();

    /// Id of the only thread that uses it, or 0; and whether an operation of that thread does. See [Scratches].
    final long owner;
    boolean isTaken;
    /// The next scratch of the same stripe, and the length of the list from this one on.
    Scratch next;
    int count;

    Scratch(long owner) {
        this.owner = owner;
    }
}
