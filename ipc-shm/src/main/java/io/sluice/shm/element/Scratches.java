package io.sluice.shm.element;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// The scratch memory of one handle, kept from operation to operation.
///
/// An operation takes a scratch out and puts it back at its end, so no two operations use one at the same time: a
/// codec may use any queue or pipe inside `encode` and `decode`, its own included, to any depth. The memory belongs to
/// the handle and is freed with it: no thread-local refers to this library.
///
/// - **Threads:** any; threads of different stripes do not contend.
/// - **Allocation:** none, unless operations are nested deeper than before, or more threads than stripes use the handle
///   at the same time.
public final class Scratches {
    /*
     * The first thread of a stripe owns a scratch there, which no other thread touches. So it takes it and puts it back
     * by plain stores; a nested operation of that thread finds it taken. An owner that ends leaves it to the handle.
     *
     * Besides, a stripe holds a stack of scratches for the other threads. A take exchanges the stack for null, which
     * gives the taker the whole of it: it keeps the first scratch and puts the rest back. So no scratch ever has two
     * users, and there is no compare-and-set that could suffer from ABA. A store that overwrites what another thread has
     * just put back leaves a scratch to the garbage collector, and so does an operation that fails without putting its
     * scratch back. Both are harmless, since a thread that finds no scratch makes one.
     */
    private static final int STRIPES = 8;
    /// References of 4 bytes on 128 bytes: neighbouring lines are prefetched in pairs.
    private static final int STRIDE = 32;
    private static final int MOST_KEPT = 16;
    /// Owner of a scratch that has none; no thread has this id.
    private static final long SHARED = 0;

    private final AtomicReferenceArray<Scratch> owned = new AtomicReferenceArray<>(STRIPES);
    private final AtomicReferenceArray<Scratch> kept = new AtomicReferenceArray<>(STRIPES * STRIDE);

    /// No scratches yet.
    public Scratches() {}

    /// Takes a scratch out; to be followed by [#put] in a `finally`, by the same thread.
    ///
    /// @return a scratch that no other operation uses
    public Scratch take() {
        long thread = Thread.currentThread().threadId();
        int stripe = stripeOf(thread);
        Scratch own = owned.getAcquire(stripe);
        if (own != null && own.owner == thread && !own.isTaken) {
            own.isTaken = true;
            return own;
        }
        return own == null ? takeFirst(stripe, thread) : takeKept(stripe);
    }

    private static int stripeOf(long thread) {
        return (int) thread & STRIPES - 1;
    }

    private Scratch takeFirst(int stripe, long thread) {
        Scratch own = new Scratch(thread);
        own.isTaken = true;
        return owned.compareAndSet(stripe, null, own) ? own : takeKept(stripe);
    }

    private Scratch takeKept(int index) {
        int stripe = index * STRIDE;
        Scratch scratch = kept.getAndSet(stripe, null);      // pairs with the release in put
        if (scratch == null) {
            return new Scratch(SHARED);
        }
        if (scratch.next != null) {
            kept.setRelease(stripe, scratch.next);
            scratch.next = null;
        }
        return scratch;
    }

    /// Puts a scratch back. Memory beyond the size that `ExpandableMemoryBuffer.trim` keeps is freed.
    ///
    /// @param scratch of [#take]
    public void put(Scratch scratch) {
        scratch.bytes.trim();
        if (scratch.claim.isOpen()) {
            return;                      // the abort failed too: this claim cannot be used again
        }
        if (scratch.owner != SHARED) {
            scratch.isTaken = false;
            return;
        }
        int stripe = stripeOf(Thread.currentThread().threadId()) * STRIDE;
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
