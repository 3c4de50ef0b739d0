package io.sluice.core.ring;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.error.ClosedException;
import io.sluice.core.memory.MemoryFault;
import java.lang.ref.Reference;

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
///   slow keeps it, however long it takes, and every message behind it waits.
/// - **Close:** a claim ends with the producer that it came from. When that is closed, or the claim is collected as
///   garbage, its space is given up.
/// - **Allocation:** none, after the first message through each of the last eight producers that it served.
public final class Claim implements AutoCloseable {
    private static final int MOST_HOLDS = 8;

    private final MemoryBuffer buffer = new MemoryBuffer();

    private Hold hold;
    private Hold[] holds = {};

    /// A claim of nothing.
    public Claim() {}

    /// Whether the last record was claimed through this hold, and is not open.
    boolean isIdleIn(Hold last) {
        return hold == last && last.isIdle();
    }

    /// The hold of this claim in the ring of a producer.
    Hold holdOf(RingProducer producer) {
        Hold last = hold;
        return last != null && last.isOf(producer) ? last : changeTo(producer);
    }

    private Hold changeTo(RingProducer producer) {
        for (Hold known : holds) {
            if (known.isOf(producer)) {
                hold = known;
                return known;
            }
        }
        Hold[] more = new Hold[Math.min(holds.length + 1, MOST_HOLDS)];
        System.arraycopy(holds, 0, more, 1, more.length - 1);
        Hold dropped = holds.length < MOST_HOLDS ? null : holds[MOST_HOLDS - 1];
        more[0] = producer.newHold(this);
        hold = more[0];
        holds = more;
        if (dropped != null) {
            dropped.close();
        }
        return hold;
    }

    void open(long payload, int length) {
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
        return hold == null ? 0 : hold.position();
    }

    /// Whether something is claimed, and neither committed nor aborted.
    ///
    /// @return true if so; false also if the producer was closed since
    public boolean isOpen() {
        return hold != null && hold.isOpen();
    }

    /// Makes the message readable: a few stores, and a system call if a consumer sleeps.
    ///
    /// @throws IllegalStateException if nothing is claimed
    /// @throws ClosedException if the producer or its ring was closed since the claim; then the message is not
    ///     delivered
    /// @throws ShutdownException if the ring has one producer and was shut down since the claim; then the message is
    ///     not delivered
    public void commit() {
        Hold own = hold;
        if (own == null || !own.isOpen()) {
            throw own != null && own.isEnded() ? closed() : nothingClaimed("commit");
        }
        if (!end(own, SlotWord.COMMITTED)) {
            throw closed();
        }
    }

    private ClosedException closed() {
        return new ClosedException(
                "ring '%s': commit: the producer was closed; the message is not sent".formatted(hold.ringName));
    }

    /// Gives the space up; readers step over it.
    ///
    /// @throws IllegalStateException if nothing is claimed
    public void abort() {
        if (isOpen()) {
            boolean _ = end(hold, SlotWord.ABORTED);
        } else if (hold == null || !hold.isEnded()) {
            throw nothingClaimed("abort");
        }
    }

    /// Aborts if something is claimed; otherwise does nothing.
    @Override
    public void close() {
        if (isOpen()) {
            boolean _ = end(hold, SlotWord.ABORTED);
        }
    }

    private static IllegalStateException nothingClaimed(String operation) {
        return new IllegalStateException(operation + ": nothing is claimed; call tryClaim first, and commit or "
                + "abort once");
    }

    private boolean end(Hold own, int state) {
        try {
            return own.finish(state);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
