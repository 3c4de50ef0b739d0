package io.sluice.core.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;

/// What a claim holds in the ring of one producer. It survives the claim, so that the slots are given up when the
/// producer is closed, or when the claim is collected as garbage.
///
/// - **Threads:** the claim's, one at a time; and one that ends it.
final class Hold implements Runnable {
    /*
     *   NOTHING   no slots
     *   BUSY      the claim's thread is claiming, committing or aborting: a few instructions, without a wait
     *   OPEN      the slots at `position` are the claim's
     *
     * The claim's thread alone writes the state, with plain stores, until the hold is ended:
     *
     *   the claim's thread               the one that closes
     *   state = BUSY                     closed = true
     *   fence                            heavy fence
     *   closed? then state = OPEN,       wait while the state is BUSY
     *   and the closer ends it           OPEN? then abort the slots
     *   write the word, state = NOTHING
     *
     * One of the two fences comes first. If it is the thread's, the closer sees BUSY, or what came after it, and
     * waits until the word is written. If it is the closer's, the thread sees `closed`, and touches no slot; whether
     * the closer saw OPEN before the BUSY or after it, it aborts the slots, and it alone. So a commit delivers, or
     * throws and does not deliver. The claiming side is the same: an only producer looks after a fence and before it
     * touches the tail, which may be its successor's by then; one of many looks after the exchange of the word, which
     * is a fence, and takes the claim back.
     *
     * A claim that is garbage has no thread: Claim's methods keep it reachable to their end.
     */
    private static final int NOTHING = 0;
    private static final int BUSY = 1;
    private static final int OPEN = 2;
    private static final int SPINS = 1000;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Hold.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final String ringName;
    long position;
    int slots;
    private RingProducer producer;
    private Cleaner.Cleanable cleanable;

    @SuppressWarnings("UnusedVariable")      // through STATE
    private int state;

    Hold(RingProducer producer) {
        this.producer = producer;
        this.ringName = producer.ring.name;
    }

    /// Ends the hold when the claim is garbage, if [#end()] does not do it before.
    void endWith(Claim claim, Cleaner cleaner) {
        cleanable = cleaner.register(claim, this);
    }

    boolean isOf(RingProducer other) {
        return producer == other;
    }

    boolean isOpen() {
        return (int) STATE.getAcquire(this) == OPEN;
    }

    /// The first step of each change, before the thread looks whether the producer is closed.
    void begin() {
        STATE.setOpaque(this, BUSY);
    }

    /// The last step of each change.
    void settle(boolean open) {
        STATE.setRelease(this, open ? OPEN : NOTHING);
    }

    /// Writes the word of the record, as COMMITTED or ABORTED.
    ///
    /// @return false if the producer was closed; then the closer has given the slots up, or does it now
    boolean finish(int newState) {
        RingProducer owner = producer;
        if (owner == null) {
            return false;
        }
        boolean written = false;
        begin();
        try {
            owner.ring.parking.fence();
            if (owner.isClosed()) {
                return false;
            }
            owner.finish(position, slots, newState);
            written = true;
        } finally {
            settle(!written);
        }
        owner.finished(newState);
        return true;
    }

    /// Gives up what is held, for good. The producer is closed, or the claim is not used any more. A second call does
    /// nothing; one at the same time waits for the first.
    void end() {
        run();
        cleanable.clean();
    }

    /// What [#end()] does; also called when the claim was collected.
    @Override
    @SuppressWarnings("ThreadPriorityCheck")     // the busy thread may need this processor
    public synchronized void run() {
        RingProducer owner = producer;
        if (owner == null) {
            return;
        }
        int seen = (int) STATE.getVolatile(this);
        for (int spins = 1; seen == BUSY; spins++) {
            if (spins % SPINS == 0) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
            seen = (int) STATE.getVolatile(this);
        }
        try {
            if (seen == OPEN) {
                owner.finish(position, slots, SlotWord.ABORTED);
                settle(false);
                owner.finished(SlotWord.ABORTED);
            }
        } finally {
            producer = null;
            owner.forget(this);
        }
    }
}
