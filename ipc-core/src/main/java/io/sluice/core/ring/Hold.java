package io.sluice.core.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;

/// What a claim holds in the ring of one producer. It survives the claim, so that the slots are given up when the
/// producer is closed, or when the claim is collected as garbage.
///
/// - **Threads:** the claim's, one at a time; and one that ends it.
final class Hold implements Runnable, AutoCloseable {
    /*
     *    63          32   31    30           0
     *    +-------------+------+--------------+
     *    | type        | OPEN | length       |     of the message that is open
     *    +-------------+------+--------------+
     *    | 0           | 0    | other states |
     *    +-------------+------+--------------+
     *
     *   NOTHING   no slots
     *   BUSY      the claim's thread is claiming, committing or aborting: a few instructions, without a wait
     *   OPEN      the slots at `position` are the claim's
     *   ENDED     the producer is closed; what was open has been aborted
     *
     * The claim's thread alone writes the state, with plain stores, until the hold is ended:
     *
     *   the claim's thread               the closer
     *   state = BUSY                     closed = true
     *   fence                            heavy fence
     *   closed? then state = OPEN,       wait while the state is BUSY
     *   and the closer ends it           OPEN? then abort the slots; state = ENDED
     *   write the word, state = NOTHING
     *
     * One of the two fences comes first. If it is the thread's, the closer sees BUSY, or what came after it, and
     * waits until the word is written. If it is the closer's, the thread sees `closed`, and touches no slot; whether
     * the closer saw OPEN before the BUSY or after it, it aborts the slots, and it alone. So a commit delivers, or
     * throws and does not deliver.
     *
     * To claim is the same where a claim writes into the ring. The producer of a broadcast looks after a fence and
     * before it touches the tail, which may be its successor's by then. One of many producers looks after the exchange
     * of the word, which is a fence, and takes the claim back. An only producer writes nothing to claim a record of one
     * slot. It goes from NOTHING to OPEN at once, and then looks after a fence: either the closer sees OPEN and aborts
     * the record, or the claim is refused before its writer touches slots that may be a successor's.
     *
     * A claim that is garbage has no thread: Claim's methods keep it reachable to their end.
     */
    private static final long NOTHING = 0;
    private static final long BUSY = 1;
    private static final long ENDED = 2;
    private static final long OPEN = 1L << 31;
    private static final int SPINS = 1000;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Hold.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final String ringName;
    private long position;
    private RingProducer producer;
    private Cleaner.Cleanable cleanable;
    private long state;

    Hold(RingProducer producer) {
        this.producer = producer;
        this.ringName = producer.ring.name;
    }

    /// Ends the hold when the claim is garbage, if [#close()] does not do it before.
    void endWith(Claim claim, Cleaner cleaner) {
        cleanable = cleaner.register(claim, this);
    }

    boolean isOf(RingProducer other) {
        return producer == other;
    }

    boolean isIdle() {
        return (long) STATE.getAcquire(this) == NOTHING;
    }

    boolean isOpen() {
        return isOpen((long) STATE.getAcquire(this));
    }

    private static boolean isOpen(long state) {
        return (int) state < 0;
    }

    /// Whether the producer was closed while the claim was open.
    boolean isEnded() {
        return (long) STATE.getAcquire(this) == ENDED;
    }

    /// Position of the record that is open, or was last.
    long position() {
        return position;
    }

    /// Payload in bytes of a record with that open state.
    static int length(long open) {
        return (int) open & Integer.MAX_VALUE;
    }

    /// Length and type of a record with that open state, as they stand in its slot.
    static long header(long open) {
        return open ^ OPEN;
    }

    /// The first step of each change that touches the ring, before the thread looks whether the producer is closed.
    void begin() {
        STATE.setOpaque(this, BUSY);
    }

    /// The last step of a change that leaves no slots.
    void settle() {
        STATE.setRelease(this, NOTHING);
    }

    /// The last step of a claim.
    void open(long at, int type, int length) {
        position = at;
        STATE.setRelease(this, RingLayout.header(type, length) | OPEN);
    }

    /// The claim's thread has seen that the producer is closed. Waits until the closer has come by, or does its work.
    void yieldToCloser() {
        run();
        settle();
    }

    /// Writes the word of the record, as COMMITTED or ABORTED.
    ///
    /// @return false if the producer was closed; then the closer has given the slots up
    /// @throws ShutdownException if the ring was shut down and the record could not be committed any more; then it is
    ///     aborted
    boolean finish(int newState) {
        RingProducer owner = producer;
        if (owner == null) {
            settle();                    // opened when the closer had come by
            return false;
        }
        long open = state;
        int written = SlotWord.FREE;
        STATE.setOpaque(this, BUSY);
        try {
            owner.parking.fence();
            if (!owner.isClosed()) {
                written = owner.finish(position, open, newState);
            }
        } finally {
            STATE.setRelease(this, written == SlotWord.FREE ? open : NOTHING);
        }
        if (written == SlotWord.FREE) {
            yieldToCloser();
            return false;
        }
        owner.finished(written);
        if (written != newState) {
            throw owner.ring.refused();
        }
        return true;
    }

    /// Gives up what is held, for good. The producer is closed, or the claim is not used any more. A second call does
    /// nothing; one at the same time waits for the first.
    @Override
    public void close() {
        run();
        cleanable.clean();
    }

    /// What [#close()] does; also called when the claim was collected.
    @Override
    @SuppressWarnings("ThreadPriorityCheck")     // the busy thread may need this processor
    public synchronized void run() {
        RingProducer owner = producer;
        if (owner == null) {
            return;
        }
        long seen = (long) STATE.getVolatile(this);
        for (int spins = 1; seen == BUSY; spins++) {
            if (spins % SPINS == 0) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
            seen = (long) STATE.getVolatile(this);
        }
        try {
            if (isOpen(seen)) {
                owner.finish(position, seen, SlotWord.ABORTED);
                STATE.setRelease(this, ENDED);
                owner.finished(SlotWord.ABORTED);
            }
        } finally {
            producer = null;
            owner.forget(this);
        }
    }
}
