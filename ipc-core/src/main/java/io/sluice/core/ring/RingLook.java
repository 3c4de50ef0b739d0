package io.sluice.core.ring;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.RoleState;
import io.sluice.core.park.Parking;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import java.util.ArrayList;
import java.util.List;

/// What an observer sees of a ring: it has no role in it and only reads, so the memory may be mapped read-only.
///
/// - **Threads:** any. **Blocking:** never; each walk ends after one turn of the ring.
/// - **Consistency:** weak. Participants go on meanwhile; each number was true at some moment during the call.
/// - **Errors:** damaged memory gives wrong numbers or a [io.sluice.core.error.CorruptObjectException].
///
/// @hidden
@SuppressWarnings("exports")     // hidden from users; our own modules see the types it names
public final class RingLook {
    /*
     * Positions count slots, so what they give costs no walk: a hint is at most `hintLag` slots behind, and the words
     * behind it tell the rest.
     *
     *   in       the position after the last claim
     *   waiting  from the first message that can be taken up to there; of a broadcast, from the slowest cursor
     *   full     position p may be claimed once p - limit is released, and everything before that is released. So the
     *            ring is full exactly if `in - limit` is not released, and the record there is what it waits for
     *
     * A message of a ring of `SharedRing` may take several slots. Its records lie end to end and none crosses the end
     * of the array, so the first slot of the array always begins one: a walk from there finds how many slots a message
     * has on average.
     */
    private static final Average NO_MESSAGE = new Average(1, 0);

    private final Ring ring;

    /// Looks at a ring.
    ///
    /// @param name what error messages call it
    /// @param address as it is mapped in this process
    /// @param size how many bytes are mapped there
    /// @param parking makes fences that order this process behind others; it parks no thread
    /// @throws io.sluice.core.error.CorruptObjectException if the memory does not hold a ring of that size
    public RingLook(String name, long address, long size, Parking parking) {
        this.ring = new Ring(name, address, size, parking, Liveness.of(0));
    }

    /// What a record is at this moment.
    public enum State {
        /// Being written.
        CLAIMED,
        /// There to be taken.
        WAITING,
        /// There to be taken, and taken before.
        RETURNED,
        /// Being read by the process that has taken it.
        TAKEN,
        /// Read and released; its slots have not been claimed since.
        CONSUMED
    }

    // Numbers.

    /// The position after the last claim: how many slots have been claimed since the ring was created.
    ///
    /// @return the position
    public long in() {
        return ring.findTail();
    }

    /// How many slots hold what waits to be taken; in a broadcast, how far its slowest consumer is behind.
    ///
    /// @return 0 to the capacity
    public long depth() {
        long in = in();
        if (isBroadcast()) {
            long slowest = in;
            for (Subscriber subscriber : subscribers()) {
                slowest = Math.min(slowest, subscriber.cursor());
            }
            return Math.clamp(in - slowest, 0, ring.limit);
        }
        long first = ring.isShutdownNow() ? Ring.NONE : ring.front.find(false);
        return first == Ring.NONE ? 0 : Math.clamp(in - first, 0, ring.limit);
    }

    /// Most slots in use at once.
    ///
    /// @return the capacity
    public int capacity() {
        return ring.limit;
    }

    /// Whether no slot is free for a producer.
    ///
    /// @return whether
    public boolean isFull() {
        long needed = in() - ring.limit;
        if (isBroadcast()) {
            return Subscribers.slowest(ring, in()) <= needed;
        }
        return !ring.isReleased(needed);
    }

    /// What a full ring waits for: the oldest record that is not released.
    ///
    /// @param state what it is
    /// @param owner the process that reads or writes it, or else its producer
    public record Oldest(State state, int owner) {}

    /// What a full ring waits for. Of no meaning for a broadcast, see [#subscribers].
    ///
    /// @return null if the ring is not full any more, or memory tells nothing
    public Oldest oldest() {
        long needed = in() - ring.limit;
        long first = Math.max(0, needed + 1 - ring.mostSlots());      // where a record may begin that covers it
        for (long position = needed; position >= first; position--) {
            long word = ring.word(position);
            State state = state(ring.seen(position, word));
            if (state == State.CONSUMED) {
                return null;
            }
            if (state != null) {
                return new Oldest(state, SlotWord.owner(word));
            }
        }
        return null;
    }

    /// What messages are like, on average over a sample.
    ///
    /// @param slots how many slots a message takes, 1 and up; 1 if there was none
    /// @param bytes how long its payload is; 0 if there was none
    public record Average(double slots, double bytes) {}

    /// What messages are like, from a sample of those that begin at the start of the array, consumed ones too.
    ///
    /// @param sample of how many at most; each is a line of memory that the observer has to get
    /// @return the averages
    public Average average(int sample) {
        long in = in();
        if (in == 0) {
            return NO_MESSAGE;
        }
        long position = in - 1 & -ring.slots;          // where the array begins
        int records = 0;
        int taken = 0;
        int written = 0;
        long bytes = 0;
        while (position < in && records < sample) {
            long word = ring.word(position);
            int seen = ring.seen(position, word);
            int count = SlotWord.slots(word);
            if (seen == Ring.OTHER || seen == SlotWord.FREE || count == 0) {
                position++;
                continue;
            }
            if (seen != SlotWord.ABORTED) {
                records++;
                taken += count;
            }
            int length = Memory.getInt(ring.wordAddress(position) + RingLayout.MESSAGE_LENGTH);
            if (seen != SlotWord.ABORTED && seen != SlotWord.CLAIMED && length >= 0
                    && length <= ring.payloadBytes(position, count)) {
                written++;
                bytes += length;
            }
            position += count;
        }
        return records == 0 ? NO_MESSAGE
                : new Average((double) taken / records, written == 0 ? 0 : (double) bytes / written);
    }

    /// Whether the ring was shut down.
    ///
    /// @return true from then on
    public boolean isShutdown() {
        return ring.isShutdown();
    }

    /// How many messages have been skipped because their producer died over them.
    ///
    /// @return a count since the ring was created
    public long aborted() {
        return ring.abortedByDeath();
    }

    /// How many times a message has been offered again after it was taken.
    ///
    /// @return a count since the ring was created
    public long givenBack() {
        return ring.givenBack();
    }

    /// How often a producer found no space, whether it waited then or not.
    ///
    /// @return a count since the ring was created
    public long refused() {
        return Memory.getLongOpaque(ring.address + RingLayout.REFUSED_COUNT);
    }

    // Participants.

    /// Whether each consumer gets each message.
    ///
    /// @return whether
    public boolean isBroadcast() {
        return ring.options.consumers() == Consumers.BROADCAST;
    }

    /// The only producer, if there is one at the moment.
    ///
    /// @return its slot; 0 if there is none, or if there may be many
    public int producer() {
        return ring.options.producers() == Producers.MANY ? 0 : holder(RingLayout.PRODUCER_ROLE);
    }

    /// The only consumer, if there is one at the moment.
    ///
    /// @return its slot; 0 if there is none, or if there may be many
    public int consumer() {
        return ring.options.consumers() == Consumers.ONE ? holder(RingLayout.CONSUMER_ROLE) : 0;
    }

    private int holder(int role) {
        long at = ring.address + role;
        return RoleWord.state(at) == RoleState.HELD ? RoleWord.owner(at) : 0;
    }

    /// How many processes write, as far as the ring knows: of many producers it counts those that have said so.
    ///
    /// @return the number; -1 if many may write and none has said so
    public int producers() {
        if (ring.options.producers() == Producers.ONE) {
            return producer() == 0 ? 0 : 1;
        }
        return ring.writers().ever() == 0 ? -1 : ring.writers().present();
    }

    /// How many processes read, as far as the ring knows.
    ///
    /// @return the number; -1 if many may take
    public int consumers() {
        return switch (ring.options.consumers()) {
            case ONE -> consumer() == 0 ? 0 : 1;
            case MANY -> -1;
            case BROADCAST -> subscribers().size();
        };
    }

    /// A consumer of a broadcast.
    ///
    /// @param owner slot of its process
    /// @param blocks whether the producer waits for it
    /// @param cursor position of its next message
    /// @param lost how many messages it has missed
    public record Subscriber(int owner, boolean blocks, long cursor, long lost) {}

    /// The consumers of a broadcast.
    ///
    /// @return in no order; empty for other rings
    public List<Subscriber> subscribers() {
        List<Subscriber> all = new ArrayList<>();
        for (int i = 0; isBroadcast() && i < RingLayout.MAX_SUBSCRIBERS; i++) {
            long entry = Subscribers.entry(ring, i);
            int owner = Memory.getIntAcquire(entry + RingLayout.SUBSCRIBER_OWNER);
            int policy = Memory.getIntAcquire(entry + RingLayout.SUBSCRIBER_POLICY);
            if (owner != 0 && policy != Subscribers.JOINING) {
                all.add(new Subscriber(owner, policy == SlowConsumer.BLOCK.code(),
                        Memory.getLongAcquire(entry + RingLayout.SUBSCRIBER_CURSOR),
                        Memory.getLongAcquire(entry + RingLayout.SUBSCRIBER_LOST)));
            }
        }
        return all;
    }

    /// Receives the records that processes hold.
    @FunctionalInterface
    public interface Visitor {
        /// One record.
        ///
        /// @param owner slot of the process
        /// @param state [State#CLAIMED] or [State#TAKEN]
        void visit(int owner, State state);
    }

    /// Visits the records that processes hold: written and not committed, or taken and not released. An only producer's
    /// claim and an only consumer's message show in no word, so they are not visited.
    ///
    /// - **Blocking:** for a look at each slot.
    ///
    /// @param visitor gets each of them
    public void held(Visitor visitor) {
        long in = in();
        for (long position = Math.max(0, in - ring.slots); position < in && !isBroadcast(); ) {
            long word = ring.word(position);
            int seen = ring.seen(position, word);
            switch (seen) {
                case SlotWord.CLAIMED -> visitor.visit(SlotWord.owner(word), State.CLAIMED);
                case SlotWord.TAKEN, SlotWord.DONE -> visitor.visit(SlotWord.owner(word), State.TAKEN);
                default -> { }
            }
            position = ring.after(position, word);
        }
    }

    // Messages.

    private static State state(int seen) {
        return switch (seen) {
            case SlotWord.CLAIMED -> State.CLAIMED;
            case SlotWord.COMMITTED -> State.WAITING;
            case SlotWord.RETURNED -> State.RETURNED;
            case SlotWord.TAKEN, SlotWord.DONE -> State.TAKEN;
            case Ring.RELEASED -> State.CONSUMED;
            default -> null;
        };
    }

    /// The positions of the youngest messages that lie in the ring, consumed ones too.
    ///
    /// - **Blocking:** for a look at each slot.
    ///
    /// @param most how many
    /// @param before a position; those from there on do not count
    /// @return ascending; of messages that can be read at this moment
    public long[] youngest(int most, long before) {
        long end = Math.min(in(), before);
        long[] last = new long[Math.min(most, ring.slots)];
        int count = 0;
        for (long position = Math.max(0, in() - ring.slots); position < end && last.length > 0; ) {
            long word = ring.word(position);
            State state = state(ring.seen(position, word));
            if (state != null && state != State.CLAIMED && SlotWord.slots(word) > 0) {
                last[count++ % last.length] = position;
            }
            position = ring.after(position, word);
        }
        int kept = Math.min(count, last.length);
        long[] ascending = new long[kept];
        for (int i = 0; i < kept; i++) {
            ascending[i] = last[(count - kept + i) % last.length];
        }
        return ascending;
    }

    /// The first message at or after a position that can be taken.
    ///
    /// @param from where a message ends that was returned; 0 for the message that is taken next
    /// @return its position; -1 if there is none. In a broadcast always -1
    public long nextWaiting(long from) {
        return isBroadcast() ? Ring.NONE : ring.browser().next(from);
    }

    /// The first position at or after another one at which a message can be read, consumed or not.
    ///
    /// @param from a position
    /// @return the position; -1 if nothing is there yet. What was overwritten meanwhile is stepped over
    public long nextReadable(long from) {
        long position = Math.max(from, in() - ring.slots);
        while (position < in()) {
            long word = ring.word(position);
            State state = state(ring.seen(position, word));
            if (state == State.CLAIMED) {
                return Ring.NONE;
            }
            if (state != null && SlotWord.slots(word) > 0) {
                return position;
            }
            position = Math.max(ring.after(position, word), in() - ring.slots);
        }
        return Ring.NONE;
    }

    /// Whether what stood at a position was overwritten: its slot was claimed again.
    ///
    /// @param position any
    /// @return whether
    public boolean isOverwritten(long position) {
        return position < in() - ring.slots;
    }

    /// A message that was copied where it lies.
    ///
    /// @param position where it begins
    /// @param next where its record ends
    /// @param state what it was
    /// @param type what its producer gave it
    /// @param bytes its payload
    /// @param whole whether the bytes are those of the message. Of a consumed one of several slots, the first eight
    ///     bytes of each slot but the first are overwritten; and the oldest consumed ones may be overwritten by a producer
    ///     at this moment
    /// @hidden
    @SuppressWarnings("ArrayRecordComponent") // a copy, handed to one reader
    public record Copy(long position, long next, State state, int type, byte[] bytes, boolean whole) {}

    /// Copies a message.
    ///
    /// @param position one that a method of this class has returned
    /// @return the message; null if it was overwritten meanwhile
    public Copy copy(long position) {
        long word = ring.word(position);
        State state = state(ring.seen(position, word));
        int count = SlotWord.slots(word);
        if (state == null || state == State.CLAIMED || count == 0) {
            return null;
        }
        long slot = ring.wordAddress(position);
        int length = Memory.getInt(slot + RingLayout.MESSAGE_LENGTH);
        int type = Memory.getInt(slot + RingLayout.MESSAGE_TYPE);
        if (length < 0 || length > ring.payloadBytes(position, count)) {
            return null;
        }
        byte[] bytes = new byte[length];
        Memory.copyTo(slot + RingLayout.PAYLOAD, bytes, 0, length);
        Fences.loadLoad();   // the copy before the second look
        long after = ring.word(position);
        State left = state(ring.seen(position, after));
        if (left == null || left == State.CLAIMED || SlotWord.slots(after) != count) {
            return null;
        }
        int seen = ring.seen(position, after);
        boolean stamped = count > 1 && (seen == SlotWord.DONE || seen == Ring.RELEASED);
        boolean whole = !stamped && (seen != Ring.RELEASED || ring.isUntouched(position, ring.mostSlots()));
        return new Copy(position, position + count, state, type, bytes, whole);
    }
}
