package io.sluice.shm.element;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// The scratch memory of one handle, kept from operation to operation.
///
/// A scratch is taken out for the time of an operation and put back at its end, so one that is in use is never used
/// again: a codec may use any queue or pipe inside `encode` and `decode`, its own included, to any depth. The memory
/// belongs to the handle, and goes with it: no thread refers to anything of this library.
///
/// - **Threads:** any; those with different stripes do not meet.
/// - **Allocation:** none, unless operations are nested deeper than before, or more threads than stripes use the handle
///   at the same time.
public final class Scratches {
    /*
     * A stripe holds a stack of scratches. To take is to exchange the stripe for null, which makes the whole stack the
     * taker's: it keeps the first one and puts the rest back. So no scratch is ever in two hands (there is no
     * compare-and-set that an ABA could fool). A store that overwrites what another thread has just put back loses a
     * scratch to the garbage collector, and an operation that fails without putting its scratch back does the same:
     * harmless, since the thread that finds none makes one.
     */
    private static final int STRIPES = 8;
    /// References of 4 bytes on 128 bytes: neighbouring lines are prefetched in pairs.
    private static final int STRIDE = 32;
    private static final int MOST_KEPT = 16;

    private final AtomicReferenceArray<Scratch> kept = new AtomicReferenceArray<>(STRIPES * STRIDE);

    /// No scratches yet.
    public Scratches() {}

    private static int stripe() {
        return ((int) Thread.currentThread().threadId() & STRIPES - 1) * STRIDE;
    }

    /// Takes one out; to be followed by [#put] in a `finally`.
    ///
    /// @return one that no other operation has
    public Scratch take() {
        int stripe = stripe();
        Scratch scratch = kept.getAndSet(stripe, null);      // pairs with the release in put
        if (scratch == null) {
            return new Scratch();
        }
        if (scratch.next != null) {
            kept.setRelease(stripe, scratch.next);
            scratch.next = null;
        }
        return scratch;
    }

    /// Puts one back. What a large element needed is not kept, see `ExpandableMemoryBuffer.trim`.
    ///
    /// @param scratch of [#take]
    public void put(Scratch scratch) {
        scratch.bytes.trim();
        if (scratch.claim.isOpen()) {
            return;                      // even the abort failed; the claim is of no more use
        }
        int stripe = stripe();
        scratch.count = 1;
        if (kept.getPlain(stripe) != null) {
            Scratch rest = kept.getAndSet(stripe, null);
            if (rest != null) {
                if (rest.count >= MOST_KEPT) {
                    kept.setRelease(stripe, rest);
                    return;
                }
                scratch.next = rest;
                scratch.count = rest.count + 1;
            }
        }
        kept.setRelease(stripe, scratch);                    // pairs with the exchange in take
    }
}
