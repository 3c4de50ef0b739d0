package io.sluice.core.ring;

import io.sluice.core.memory.MemoryBuffer;

/// Space in a ring that its owner writes in place, and then makes readable with [#commit()] or gives up with
/// [#abort()] or [#close()]. Made once and used for one message after the other:
///
/// ```java
/// try (claim) {
///     if (producer.tryClaim(claim, type, Long.BYTES)) {
///         claim.buffer().putLong(0, price);
///         claim.commit();
///     }
/// }   // whatever was not committed is aborted here, also when the writing threw
/// ```
///
/// - **Threads:** one at a time.
/// - **Death:** readers step over a claim whose owner died, as soon as the kernel has said so. An owner that is only
///   slow keeps it, however long it takes, and everybody behind it waits.
/// - **Allocation:** none.
public final class Claim implements AutoCloseable {
    private final MemoryBuffer buffer = new MemoryBuffer();

    private RingProducer producer;
    private boolean open;
    private long position;
    private int slots;

    /// A claim of nothing.
    public Claim() {}

    void open(RingProducer owner, long at, int count, long payload, int length) {
        if (producer != owner) {
            producer = owner;        // a reference costs the collector's barrier, so it is written once
        }
        open = true;
        position = at;
        slots = count;
        buffer.wrap(payload, length);
    }

    /// Where to write. The bytes are undefined until written; those not written are sent as they are.
    ///
    /// @return a window of exactly the length claimed; it must not be used after commit or abort
    public MemoryBuffer buffer() {
        return buffer;
    }

    /// Where in the ring the message stands: grows from message to message, and names it as long as the ring lives.
    ///
    /// @return the position of the last claim
    public long position() {
        return position;
    }

    /// Whether something is claimed, and neither committed nor aborted.
    ///
    /// @return true if so
    public boolean isOpen() {
        return open;
    }

    /// Makes the message readable: one release store, and a system call if somebody sleeps.
    ///
    /// @throws IllegalStateException if nothing is claimed, or the ring was closed meanwhile
    public void commit() {
        end("commit");
        producer.commit(position, slots);
    }

    /// Gives the space up; readers step over it.
    ///
    /// @throws IllegalStateException if nothing is claimed
    public void abort() {
        end("abort");
        producer.abort(position, slots);
    }

    /// Aborts if something is claimed; otherwise does nothing.
    @Override
    public void close() {
        if (open) {
            abort();
        }
    }

    private void end(String operation) {
        if (!open) {
            throw new IllegalStateException(operation + ": nothing is claimed; call tryClaim first, and commit or "
                    + "abort once");
        }
        open = false;
    }
}
