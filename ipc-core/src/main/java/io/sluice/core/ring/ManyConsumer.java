package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Reachability;
import org.agrona.concurrent.MessageHandler;

/// One of any number of consumers, each of which gets some of the messages: to take one is a compare-and-set of its
/// word. Besides the handlers of a ring it serves the queues, which hold a message while they decode it or work on it.
///
/// - **Threads:** [#take], [#giveBack] and [#acknowledge] any number; [#read] one at a time, as everywhere.
///
/// @hidden
public final class ManyConsumer extends RingConsumer {
    /*
     * The word of the first message that is not taken goes from COMMITTED or RETURNED to TAKEN(owner); that is the
     * take. From TAKEN the message is acknowledged, which releases its slots, or given back, by its taker or by the
     * cleaner of a dead one, which makes it RETURNED and counts that. Front finds the first message. The head is a
     * hint, moved before a take that would leave it too far behind.
     *
     * A thread that has the bias (Bias) leaves the exchange out, where it ends the message before it returns or takes
     * another: the word is COMMITTED until then, and recovery makes it RETURNED, as it does with TAKEN.
     */
    ManyConsumer(Ring ring, WaitStrategy strategy) {
        super(ring, strategy);
    }

    /// Takes the next message. The caller reads it through [#payload] and [#length], and then acknowledges it or
    /// gives it back.
    ///
    /// @return its position, or -1 if nothing is there to be taken
    /// @throws io.sluice.core.error.CorruptObjectException if the memory holds what no participant can have written
    public long take() {
        try {
            return takeNow();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private long takeNow() {
        StackRoom.probe();
        checkOpen();
        return ring.isShutdownNow() ? Ring.NONE : takeNext();
    }

    /// As [#take()], for a message that the calling thread will acknowledge or give back before it takes another. That
    /// is cheaper while no other thread takes. Other processes see the message until then as one that is there to be
    /// taken.
    ///
    /// @return its position, or -1 if nothing is there to be taken
    /// @throws io.sluice.core.error.CorruptObjectException if the memory holds what no participant can have written
    public long takeBriefly() {
        try {
            StackRoom.probe();
            checkOpen();
            if (ring.isShutdownNow()) {
                return Ring.NONE;
            }
            return ring.takes.enterToTake() ? takeAlone() : takeNext();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private long takeAlone() {
        long position = ring.front.next();
        if (position != Ring.NONE) {
            long word = ring.word(position);
            int seen = ring.seen(position, word);
            if (seen == SlotWord.FREE || seen == SlotWord.CLAIMED) {
                return Ring.NONE;
            }
            if (seen == SlotWord.COMMITTED && takeAt(position, SlotWord.slots(word))) {
                return position;
            }
        }
        return takeNext();
    }

    /// Takes a COMMITTED message without an exchange.
    ///
    /// @return false if the bias was revoked
    private boolean takeAt(long position, int slots) {
        TakeBias takes = ring.takes;
        if (!takes.stand(position) && !takes.isLent(position)) {
            return false;
        }
        takes.begin(position);
        if (position - ring.head() >= ring.hintLag) {
            ring.raiseHead(position);
        }
        ring.front.pass(position + slots);
        CrashPoint.TAKE_HELD.reached();
        return true;
    }

    /// Takes the next of the messages that [Ring#shutdownNow()] has left, to release it.
    ///
    /// @return its position, or -1 if nothing is left
    public long takeLeft() {
        StackRoom.probe();
        checkOpen();
        return takeNext();
    }

    private long takeNext() {
        boolean _ = ring.takes.enterToTake();
        for (;;) {
            long position = ring.front.find(true);
            if (position == Ring.NONE) {
                return Ring.NONE;
            }
            long word = ring.word(position);     // the exchange is what decides, so it may be another one by now
            int slots = SlotWord.slots(word);
            switch (ring.seen(position, word)) {
                case SlotWord.COMMITTED -> {
                    if (position - ring.head() >= ring.hintLag) {
                        ring.raiseHead(position);
                    }
                    if (ring.compareAndSetWord(position, word, slots, SlotWord.TAKEN)) {
                        CrashPoint.TAKE_WORD_SET.reached();
                        ring.front.pass(position + slots);
                        CrashPoint.TAKE_HELD.reached();
                        return position;
                    }
                }
                case SlotWord.RETURNED -> {
                    if (ring.compareAndSetWord(position, word, slots, SlotWord.TAKEN)) {
                        CrashPoint.TAKE_HELD.reached();
                        return position;
                    }
                }
                case SlotWord.ABORTED -> {
                    if (ring.compareAndSetWord(position, word, slots, SlotWord.DONE)) {
                        ring.releaseAborted(position, slots);
                        ring.space.signal();
                    }
                }
                default -> { }                   // another consumer was faster
            }
        }
    }

    /// Where the payload of a taken message begins.
    ///
    /// @param position of the message
    /// @return absolute address
    public long payload(long position) {
        return ring.wordAddress(position) + RingLayout.PAYLOAD;
    }

    /// The length of a taken message.
    ///
    /// @param position of the message
    /// @return its payload in bytes, checked
    public int length(long position) {
        int length = Memory.getInt(ring.wordAddress(position) + RingLayout.MESSAGE_LENGTH);
        int most = ring.payloadBytes(position, ring.slotsAt(position));
        return length < 0 || length > most ? -1 : length;
    }

    /// The type of a taken message.
    ///
    /// @param position of the message
    /// @return what its producer gave it
    public int type(long position) {
        return Memory.getInt(ring.wordAddress(position) + RingLayout.MESSAGE_TYPE);
    }

    /// Changes the type of a taken message: what the next taker finds if the message comes back.
    ///
    /// @param position of a message that this process has taken
    /// @param type the new one
    public void setType(long position, int type) {
        Memory.putInt(ring.wordAddress(position) + RingLayout.MESSAGE_TYPE, type);   // plain: a give-back publishes
    }

    /// Whether this process has the message: it was taken, and neither acknowledged nor given back since. Of a message
    /// that was given back, and taken again by another thread of this process, the answer is true as well.
    ///
    /// @param position of a message that this process has taken
    /// @return whether it is still to be ended
    public boolean isHeld(long position) {
        long word = ring.word(position);
        return (SlotWord.is(word, ring.turn(position), SlotWord.TAKEN) && SlotWord.owner(word) == ring.self)
                || ring.takes.isWorkingOn(position);
    }

    /// Ends the message: its slots are free.
    ///
    /// @param position of a message that this process has taken
    public void acknowledge(long position) {
        release(position, ring.slotsAt(position));
        Reachability.upToHere(this);
    }

    private void release(long position, int slots) {
        ring.release(position, slots);
        ring.takes.end(position);
        ring.signalRelease();
    }

    /// Offers the message again, to any consumer.
    ///
    /// @param position of a message that this process has taken
    public void giveBack(long position) {
        giveBack(position, ring.slotsAt(position));
    }

    private void giveBack(long position, int slots) {
        ring.giveBack(position, slots);
        ring.takes.end(position);
    }

    /// Waits until the ring has been shut down and drained, or every message in it was acknowledged.
    ///
    /// @param deadline as [io.sluice.core.park.Waiter#await] takes it
    /// @return false if the deadline passed first
    /// @throws InterruptedException if interrupted while waiting
    public boolean awaitAllReleased(long deadline) throws InterruptedException {
        return ring.awaitRelease(() -> isClosed() || ring.browser().isAllReleased(), deadline);
    }

    @Override
    long hold() {
        return takeNow();
    }

    @Override
    void letGo(long position) {
        acknowledge(position);
    }

    @Override
    int readNow(MessageHandler handler, int limit) {
        int count = 0;
        for (; count < limit && !isClosed(); count++) {
            long position = takeBriefly();
            if (position == Ring.NONE) {
                break;
            }
            int slots = ring.slotsAt(position);
            boolean handled = false;
            try {
                handle(handler, position, ring.wordAddress(position), slots);
                handled = true;
            } finally {
                if (!handled) {
                    giveBack(position, slots);
                }
            }
            release(position, slots);
        }
        return count;
    }

    @Override
    boolean hasMessage() {
        return !ring.isShutdownNow()
                && ring.front.find(true) != Ring.NONE;     // an aborted one has to be released by a consumer
    }

    @Override
    void leave() {
        ring.takes.leave();
    }
}
