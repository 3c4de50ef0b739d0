package io.sluice.core.ring;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.RoleState;
import io.sluice.core.owner.Writers;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/// A ring of slots in shared memory, as one process sees it: what its producers and its consumers have in common.
///
/// - **Threads:** any. The role handles that [#producer] and [#consumer] give out say their own.
/// - **Lifetime:** the memory must stay mapped while a handle is in use; [#close()] only marks this view.
/// - **Algorithm:** a sequence word per slot (D. Vyukov, *Bounded MPMC queue*) that also names its owner and its
///   length. A claim is complete in one compare-and-set, and any process can move the cursors on or undo it.
///
/// @hidden
@SuppressWarnings("exports")     // hidden from users; our own modules see the types it names
public final class Ring {
    /*
     * The truth about a position is in the word of its slot (SlotWord), with two exceptions named below:
     *
     *   FREE(t) -> CLAIMED(t) -> COMMITTED(t) -> TAKEN(t) -> DONE(t) -> FREE(t+1)
     *                        \             RETURNED(t) <-> TAKEN(t)        ^
     *                         \-> ABORTED(t) -----------------------------/
     *
     *   one producer        is CLAIMED only for the instant of its commit, see OneProducer; before, the word is FREE
     *   one consumer        leaves out TAKEN; what it was reading when it died is still COMMITTED
     *   a thread with the bias of its end claims by a store, and leaves out TAKEN, see Bias
     *   messages of 1 slot  leave out DONE: one store releases them. Many consumers set it on an aborted record too
     *   a broadcast         is CLAIMED from its claim on, without a compare-and-set, and stays COMMITTED until the
     *                       producer claims the slot for the next turn
     *
     * A slot is FREE(t) while turn t may claim it, and released by turn t once it is FREE(t+1).
     *
     * Records lie end to end: the one after a record of n slots at p begins at p + n, and none goes beyond the end of
     * the array; an ABORTED record pads it. Tail and head are hints that may lag behind the words and, but for the tail
     * of a broadcast, never run ahead of them, so a death between a word and its hint is mended by the next participant
     * that walks over it:
     *
     *   tail     some position up to which everything has been claimed. That of a broadcast is exact, and runs ahead of
     *            the words by the one message being claimed, see BroadcastProducer.
     *   head     some position that takers have gone past: no position below it is FREE, CLAIMED or COMMITTED. What was
     *            given back may stand below it, as RETURNED.
     *   returns  how often a message was given back, counted after its word says RETURNED. Front tells how takers find
     *            it with that count, and why no process can sleep through it.
     *
     * Head and returns only grow; so does the tail, but for a broadcast whose claim meets a shutdown. Each process
     * remembers how far it has come. An only producer moves the tail with each `hintLag` slots; many producers, or
     * consumers, move their hint only when it has fallen as many slots behind: a compare-and-set less for each message.
     * When a position is claimed, or taken for the first time, the hint is at most that far behind it.
     *
     * Room: a position p may be claimed once p - limit and everything before it has been released. That is strict
     * even if messages are released out of order, so at most `limit` slots are ever in use, and the slots that a
     * record takes are FREE in every word when the record is claimed. (One producer with one consumer, which releases
     * in order, reads the head instead of the words. The consumer publishes the head at the end of a read, and within
     * one when the producer waits for room.)
     *
     * What is there to be taken begins at one place for all that take or look: at the first record that is RETURNED,
     * otherwise at the first one that is COMMITTED. It ends at the first position that is FREE or CLAIMED: takers and
     * lookers find nothing behind an open claim.
     *
     * Which words may be trusted: the word at a position that was a record's first slot, read while no later turn can
     * have claimed the slot. Later slots of a record hold payload. A claim and a take are compare-and-sets of the word
     * that was seen, with turn and key, unless one process alone may make them; and every release restores the word of
     * every slot. So a word of a turn that is found at its position is a genuine one. (Later slots begin with an
     * invalid word, see SlotWord.covered: a payload that ends inside a valid one would leave half of it.) A walk that
     * finds an invalid word checks whether the ring has gone past the position meanwhile.
     */
    /// What stands for a reservation of a role where there is none.
    public static final int NO_RESERVATION = 0;

    static final long POSITION_MASK = (1L << 56) - 1;
    static final long NONE = -1;

    /// What [#seen] answers besides the states of [SlotWord]: free again for the next turn.
    static final int RELEASED = 8;
    /// Nothing that belongs to the position: a word of another turn, payload, or damage.
    static final int OTHER = 9;

    /// What the flag of a shutdown says.
    private static final int GOES_ON = 0;
    private static final int SHUT_DOWN = 1;
    private static final int SHUT_DOWN_NOW = 2;

    private static final int MAX_HINT_LAG = 32;
    private static final long LOOK_NANOS = 10_000_000;
    /// How many tries without success go by before the clock is read.
    static final int TRIES_PER_LOOK = 256;
    private static final boolean STORES_IN_ORDER =
            System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).matches("amd64|x86_64");

    final String name;
    final RingOptions options;
    final long address;
    final long firstSlot;
    final long key;
    final long mask;
    final int slots;
    final int turnShift;
    final int slotShift;
    final int limit;
    final int hintLag;
    final int self;
    final Parking parking;
    final Liveness liveness;
    final EventCount items;
    final EventCount space;

    final Front front = new Front(this);
    final ClaimBias claims;
    final TakeBias takes;

    private final RingBrowser browser = new RingBrowser(this);
    private final Writers writers;
    private final Set<AutoCloseable> handles = Collections.newSetFromMap(new IdentityHashMap<>());
    private long lookedAtDeaths = System.nanoTime();
    private volatile boolean closed;
    private volatile boolean left;

    /// Writes an empty ring into memory that is not shared yet.
    ///
    /// @param address absolute, aligned to 4096; [RingOptions#bytes()] bytes of zeros
    /// @param options the shape
    public static void format(long address, RingOptions options) {
        long key = ThreadLocalRandom.current().nextLong();
        Memory.putLong(address + RingLayout.KEY, key);
        Memory.putInt(address + RingLayout.SLOTS, options.slots());
        Memory.putInt(address + RingLayout.SLOT_BYTES, options.slotBytes());
        Memory.putInt(address + RingLayout.LIMIT, options.capacity());
        Memory.putInt(address + RingLayout.PRODUCERS, options.producers().code());
        Memory.putInt(address + RingLayout.CONSUMERS, options.consumers().code());
        for (int slot = 0; slot < options.slots(); slot++) {
            long word = address + RingLayout.FIRST_SLOT + (long) slot * options.slotBytes();
            Memory.putLong(word, key ^ SlotWord.free(0));
        }
    }

    /// A view of a ring that [#format] has written.
    ///
    /// @param name what error messages call it
    /// @param address absolute, as it is mapped in this process
    /// @param size how many bytes are mapped there
    /// @param parking how to sleep
    /// @param liveness the slot of this process, and recovery of dead ones
    /// @throws CorruptObjectException if the memory does not hold a ring of that size
    /// @hidden
    public Ring(String name, long address, long size, Parking parking, Liveness liveness) {
        this.name = name;
        this.options = readOptions(name, address);
        if (options.bytes() > size) {
            throw new CorruptObjectException("ring '%s': needs %,d bytes, %,d are mapped; unlink and recreate it"
                    .formatted(name, options.bytes(), size));
        }
        this.address = address;
        this.key = Memory.getLong(address + RingLayout.KEY);
        this.firstSlot = address + RingLayout.FIRST_SLOT;
        this.slots = options.slots();
        this.mask = slots - 1L;
        this.turnShift = Integer.numberOfTrailingZeros(slots);
        this.slotShift = Integer.numberOfTrailingZeros(options.slotBytes());
        this.limit = options.capacity();
        this.hintLag = Math.min(MAX_HINT_LAG, slots / 8);
        this.self = liveness.self();
        this.parking = parking;
        this.liveness = liveness;
        this.writers = new Writers(address + RingLayout.WRITERS, address + RingLayout.WRITERS_EVER,
                address + RingLayout.WRITERS_LEFT, self);
        this.claims = new ClaimBias(this);
        this.takes = new TakeBias(this);
        this.items = new EventCount(address + RingLayout.ITEMS, parking);
        this.space = new EventCount(address + RingLayout.SPACE, parking);
    }

    private static RingOptions readOptions(String name, long address) {
        int slots = Memory.getInt(address + RingLayout.SLOTS);
        try {
            RingOptions options = new RingOptions(
                    Memory.getInt(address + RingLayout.LIMIT),
                    Memory.getInt(address + RingLayout.SLOT_BYTES),
                    Producers.of(Memory.getInt(address + RingLayout.PRODUCERS)),
                    Consumers.of(Memory.getInt(address + RingLayout.CONSUMERS)));
            if (options.slots() != slots) {
                throw new IllegalArgumentException(
                        "%,d slots for a capacity of %,d".formatted(slots, options.capacity()));
            }
            return options;
        } catch (IllegalArgumentException e) {
            throw new CorruptObjectException(
                    "ring '%s': corrupt header; unlink and recreate it".formatted(name), e);
        }
    }

    /// The shape of the ring.
    ///
    /// @return the options it was created with
    public RingOptions options() {
        return options;
    }

    /// Opens the ring for writing.
    ///
    /// @param strategy how long its waits spin
    /// @return a new handle
    /// @throws RoleHeldException if the ring has one producer, and a live process is it
    public RingProducer producer(WaitStrategy strategy) {
        try {
            return producer(strategy, NO_RESERVATION);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Opens the ring for writing, with a role that another process has reserved, if it still is; otherwise as
    /// [#producer(WaitStrategy)].
    ///
    /// @param strategy how long its waits spin
    /// @param reservation the answer of [RingProducer#reserve]
    /// @return a new handle
    /// @throws RoleHeldException if the ring has one producer, and another live process is it
    public RingProducer producer(WaitStrategy strategy, int reservation) {
        try {
            checkOpen();
            if (options.producers() == Producers.MANY) {
                return given(new ManyProducer(this, strategy));
            }
            return given(options.consumers() == Consumers.BROADCAST
                    ? new BroadcastProducer(this, strategy, reservation)
                    : new OneProducer(this, strategy, reservation));
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Opens the ring for reading.
    ///
    /// @param strategy how long its waits spin
    /// @return a new handle
    /// @throws RoleHeldException if the ring has one consumer, and a live process is it
    /// @throws IllegalStateException if the ring is a broadcast; see [#subscribe]
    public RingConsumer consumer(WaitStrategy strategy) {
        try {
            return consumer(strategy, NO_RESERVATION);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Opens the ring for reading, with a role that another process has reserved, if it still is; otherwise as
    /// [#consumer(WaitStrategy)].
    ///
    /// @param strategy how long its waits spin
    /// @param reservation the answer of [RingConsumer#reserve]
    /// @return a new handle
    /// @throws RoleHeldException if the ring has one consumer, and another live process is it
    /// @throws IllegalStateException if the ring is a broadcast; see [#subscribe]
    public RingConsumer consumer(WaitStrategy strategy, int reservation) {
        try {
            checkOpen();
            return switch (options.consumers()) {
                case ONE -> given(new OneConsumer(this, strategy, reservation));
                case MANY -> given(new ManyConsumer(this, strategy));
                case BROADCAST -> throw new IllegalStateException(
                        "ring '%s' is a broadcast; subscribe to it, with a policy for the slow consumer"
                                .formatted(name));
            };
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Opens the ring for taking single messages, as queues do.
    ///
    /// @param strategy how long its waits spin
    /// @return a new handle
    /// @throws IllegalStateException if the ring is not for many consumers
    public ManyConsumer taker(WaitStrategy strategy) {
        try {
            checkOpen();
            if (options.consumers() != Consumers.MANY) {
                throw new IllegalStateException("ring '%s' is not for many consumers".formatted(name));
            }
            return given(new ManyConsumer(this, strategy));
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Opens a broadcast for reading, from the next message on.
    ///
    /// @param policy what happens if the consumer falls a whole ring behind
    /// @param strategy how long its waits spin
    /// @return a new handle
    /// @throws RoleHeldException if all places for subscribers are taken by live processes
    /// @throws IllegalStateException if the ring is not a broadcast
    public RingConsumer subscribe(SlowConsumer policy, WaitStrategy strategy) {
        try {
            checkOpen();
            if (options.consumers() != Consumers.BROADCAST) {
                throw new IllegalStateException("ring '%s' is not a broadcast; open a consumer".formatted(name));
            }
            return given(new BroadcastConsumer(this, policy, strategy));
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Leaves roles that this process has reserved, unless a successor has taken them: none will come. The memory must
    /// be mapped; otherwise this view may be closed.
    ///
    /// @param producer the answer of [RingProducer#reserve], or [#NO_RESERVATION]
    /// @param consumer the answer of [RingConsumer#reserve], or [#NO_RESERVATION]
    public void withdraw(int producer, int consumer) {
        RoleWord.withdraw(address + RingLayout.PRODUCER_ROLE, producer);
        RoleWord.withdraw(address + RingLayout.CONSUMER_ROLE, consumer);
        items.signal();
        space.signal();
    }

    int reserveRole(int offset) {
        int reservation = RoleWord.reserve(address + offset, self);
        if (reservation == NO_RESERVATION) {
            throw closedException();         // by another thread, at this moment
        }
        CrashPoint.ROLE_RESERVED.reached();
        return reservation;
    }

    /// The close behind a reservation has failed, so no successor gets it.
    ///
    /// @param leaves whether the handle is closed nevertheless; otherwise it keeps its role
    void unreserve(int offset, int reservation, boolean leaves) {
        if (leaves) {
            RoleWord.withdraw(address + offset, reservation);
        } else {
            boolean _ = RoleWord.takeReserved(address + offset, reservation, self);
        }
    }

    /// Takes a role for this process: the one that was reserved for it, or, after a look whether its holder is dead,
    /// the one that no process has.
    void takeRole(int offset, String role, int reservation) {
        if (RoleWord.takeReserved(address + offset, reservation, self)) {
            CrashPoint.RESERVED_ROLE_TAKEN.reached();
            return;
        }
        int holder = RoleWord.take(address + offset, self);
        if (holder != 0) {
            liveness.sweep();
            holder = RoleWord.take(address + offset, self);
        }
        if (holder != 0) {
            throw new RoleHeldException(("ring '%s' has one %s, and owner %d of this space is it%s; close that one, or"
                    + " create the ring for many %ss").formatted(
                    name, role, holder, holder == self ? " (this process)" : "", role), holder,
                    RoleWord.isReserved(address + offset));
        }
    }

    // Words and positions.

    long wordAddress(long position) {
        return firstSlot + ((position & mask) << slotShift);
    }

    long word(long position) {
        return Memory.getLongAcquire(wordAddress(position)) ^ key;   // pairs with every release of a word
    }

    long turn(long position) {
        return position >>> turnShift;
    }

    int slotsFor(int length) {
        return (RingLayout.PAYLOAD + length + (1 << slotShift) - 1) >>> slotShift;
    }

    /// The most slots that a record can have.
    int mostSlots() {
        return slotsFor(options.maxMessageBytes());
    }

    int slotsToEnd(long position) {
        return slots - (int) (position & mask);
    }

    boolean compareAndSetWord(long position, long expected, int newSlots, int newState) {
        return compareAndSetWord(position, expected, SlotWord.of(turn(position), newSlots, self, newState));
    }

    boolean compareAndSetWord(long position, long expected, long newWord) {
        return Memory.compareAndSetLong(wordAddress(position), expected ^ key, key ^ newWord);
    }

    void putWord(long position, int newSlots, int newState) {
        Memory.putLongRelease(wordAddress(position), key ^ SlotWord.of(turn(position), newSlots, self, newState));
    }

    /// Makes the words of a record's later slots unlike any word, see [SlotWord#covered].
    void cover(long position, int count) {
        for (int i = 1; i < count; i++) {
            Memory.putLong(wordAddress(position + i), key ^ SlotWord.covered(turn(position)));
        }
    }

    long tail() {
        return Memory.getLongAcquire(address + RingLayout.TAIL) & POSITION_MASK;    // so that no walk overflows
    }

    void raiseTail(long position) {
        for (;;) {
            long seen = Memory.getLongAcquire(address + RingLayout.TAIL);
            if ((seen & POSITION_MASK) >= position
                    || Memory.compareAndSetLong(address + RingLayout.TAIL, seen, position)) {
                return;
            }
        }
    }

    long head() {
        return Memory.getLongAcquire(address + RingLayout.HEAD) & POSITION_MASK;
    }

    void raiseHead(long position) {
        for (;;) {
            long seen = Memory.getLongAcquire(address + RingLayout.HEAD);
            if ((seen & POSITION_MASK) >= position
                    || Memory.compareAndSetLong(address + RingLayout.HEAD, seen, position)) {
                return;
            }
        }
    }

    /// How often messages have come back.
    long returns() {
        return Memory.getLongAcquire(address + RingLayout.RETURNS);   // pairs with the addition in countReturn
    }

    /// Tells all takers that some words say RETURNED.
    void countReturn() {
        Memory.getAndAddLong(address + RingLayout.RETURNS, 1);
    }

    /// What a word says of the position at which it was found.
    ///
    /// @return a state of [SlotWord] if the word belongs to the position's turn, [#RELEASED] or [#OTHER]. Unless it is
    ///     free, released or other, the record has 1 to [#slotsToEnd] slots
    int seen(long position, long word) {
        long ahead = SlotWord.turnsAhead(word, turn(position));
        int state = SlotWord.state(word);
        if (ahead == 0) {
            return state == SlotWord.FREE || isRecord(position, word, state) ? state : OTHER;
        }
        return ahead == 1 && state == SlotWord.FREE ? RELEASED : OTHER;
    }

    /// Where a walk goes on behind a word: at the end of its record, or at the next slot if there is none.
    long after(long position, long word) {
        return switch (seen(position, word)) {
            case SlotWord.FREE, RELEASED, OTHER -> position + 1;
            default -> position + SlotWord.slots(word);
        };
    }

    private boolean isRecord(long position, long word, int state) {
        int count = SlotWord.slots(word);
        return state <= SlotWord.RETURNED && count > 0 && count <= slotsToEnd(position);
    }

    /// Whether the slot of a position has been released, which only means something while no later turn has claimed it.
    boolean isReleased(long position) {
        return position < 0 || SlotWord.is(word(position), turn(position) + 1, SlotWord.FREE);
    }

    /// Whether no claim of the next turn can have written to a released slot before this call; see RingFollower.
    ///
    /// @param most the most slots of a record in this ring
    boolean isUntouched(long position, int most) {
        if (!STORES_IN_ORDER) {
            parking.heavyFence();
        }
        return oldestReadable(tail() + hintLag, most) <= position;
    }

    /// The first released position that a claim at a tail cannot reach.
    long oldestReadable(long tail, int most) {
        return tail + most - slots;
    }

    /// How far there is room, strictly in order: every position before it may be claimed as far as releases go. Looks a
    /// little further than asked: each word is a line that a consumer wrote, and misses in a row overlap.
    long releasedFrom(long room, long end) {
        long goal = end + hintLag;
        long position = room;
        while (position < goal && isReleased(position - limit)) {
            position++;
        }
        return position;
    }

    /// The position after the last claim: walks on from the hint.
    long findTail() {
        long position = tail();
        for (;;) {
            long word = word(position);
            switch (seen(position, word)) {
                case RELEASED -> position++;      // claimed and released since the hint was read
                case SlotWord.FREE, OTHER -> {
                    long hint = tail();
                    if (hint <= position) {
                        return position;
                    }
                    position = hint;
                }
                default -> position += SlotWord.slots(word);
            }
        }
    }

    /// Everything before this position has been released, or a ring further on nothing could have been claimed. The
    /// head may lag behind it, in which case the words at the head belong to the next turn, or are payload.
    long oldest() {
        return Math.max(0, findTail() - slots);
    }

    // Release.

    /// Gives the slots of a message to the next turn. The caller owns the record: it has taken it, is the only
    /// consumer, or recovers for the dead owner.
    void release(long position, int count) {
        release(position, count, count);
    }

    /// Gives the slots of an aborted record to the next turn.
    void releaseAborted(long position, int count) {
        release(position, count, 0);
    }

    private void release(long position, int count, int read) {
        long next = turn(position) + 1;
        if (count > 1) {
            // From here on the payload is overwritten by words, so the record must not be offered again: DONE says so,
            // and for how many slots; recovery reads it after a death in the loop.
            putWord(position, count, SlotWord.DONE);
            CrashPoint.RELEASE_DONE_SET.reached();
            for (int i = 1; i < count; i++) {
                Memory.putLongRelease(wordAddress(position + i), key ^ SlotWord.free(next));
                CrashPoint.RELEASE_HALF_STAMPED.reached();
            }
        }
        // RingBrowser.history and RingFollower read in a free word how many slots the message had; 0 is none.
        Memory.putLongRelease(wordAddress(position), key ^ SlotWord.of(next, read, 0, SlotWord.FREE));
        CrashPoint.RELEASE_WORD_SET.reached();
    }

    /// Wakes what waits for room, and, behind a shutdown, the consumers: they may have waited for this release alone.
    void signalRelease() {
        space.signal();
        if (isShutdown()) {
            items.signal();
        }
    }

    /// Offers a record again that the caller has taken and whose payload is whole.
    void giveBack(long position, int count) {
        putWord(position, count, SlotWord.RETURNED);
        CrashPoint.GIVE_BACK_WORD_SET.reached();
        countReturn();           // a death before this line is mended by recovery, which counts instead
        Memory.getAndAddLong(address + RingLayout.GIVEN_BACK_COUNT, 1);
        items.signal();
    }

    // Shutdown.

    /// Ends the ring for all processes: producers are refused from now on, consumers take what is there and then see
    /// the end. Any thread of any process; never blocks; a second call changes nothing.
    public void shutdown() {
        try {
            checkOpen();
            boolean _ = Memory.compareAndSetInt(address + RingLayout.SHUTDOWN, GOES_ON, SHUT_DOWN);
            CrashPoint.SHUTDOWN_FLAG_SET.reached();
            items.signal();
            space.signal();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Ends the ring for all processes at once: besides [#shutdown()], nothing is handed out any more, and lookers see
    /// an empty ring. For rings with many consumers. Any thread of any process; never blocks; a second call changes
    /// nothing.
    ///
    /// @throws IllegalStateException if the ring is not for many consumers
    public void shutdownNow() {
        try {
            checkOpen();
            if (options.consumers() != Consumers.MANY) {
                throw new IllegalStateException("ring '%s' is not for many consumers".formatted(name));
            }
            /*
             * The flag alone is the end, so a death behind it leaves nothing to do: a take that sees it answers as if
             * the ring were empty. A take that read the flag before is one that came before. What is committed later,
             * under a claim from before, or is given back, is behind the flag like everything else. Its slots are not
             * used again, and need not be: no producer gets a claim.
             */
            Memory.putIntVolatile(address + RingLayout.SHUTDOWN, SHUT_DOWN_NOW);
            CrashPoint.SHUTDOWN_FLAG_SET.reached();
            items.signal();
            space.signal();
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether [#shutdown()] or [#shutdownNow()] was called, by any process.
    ///
    /// @return true from then on
    public boolean isShutdown() {
        try {
            return Memory.getIntAcquire(address + RingLayout.SHUTDOWN) != GOES_ON;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether [#shutdownNow()] was called, by any process.
    boolean isShutdownNow() {
        return Memory.getIntAcquire(address + RingLayout.SHUTDOWN) == SHUT_DOWN_NOW;
    }

    /// Whether the ring was shut down and nothing is left, for this process, to take. Costs a look at each slot in
    /// use if it was shut down.
    ///
    /// @return true if no message will come any more, unless this process gives one back
    public boolean isDrained() {
        if (!isShutdown()) {
            return false;
        }
        if (isShutdownNow()) {
            return true;
        }
        // An only producer writes CLAIMED, then reads the flag, then writes COMMITTED; that of a broadcast moves the
        // tail first. Here the flag was read, and the words and the tail are after the fence: one sees the other.
        // Many producers have a compare-and-set in that place.
        parking.heavyFence();
        long tail = findTail();
        boolean mayComeBack = options.consumers() == Consumers.MANY;
        for (long position = Math.max(mayComeBack ? 0 : head(), tail - slots); position < tail; ) {
            long word = word(position);
            switch (seen(position, word)) {
                case SlotWord.FREE, SlotWord.CLAIMED, SlotWord.COMMITTED, SlotWord.RETURNED -> {
                    return false;
                }
                case SlotWord.TAKEN -> {
                    if (SlotWord.owner(word) != self) {
                        return false;    // its owner may die, and the message be ours
                    }
                }
                default -> { }
            }
            position = after(position, word);
        }
        return true;
    }

    ShutdownException refused() {
        return new ShutdownException("ring '%s' was shut down; nothing can be put into it any more".formatted(name));
    }

    /// How many slots a record takes whose word the caller has seen; at least 1, and none beyond the end of the array.
    int slotsAt(long position) {
        return Math.clamp(SlotWord.slots(word(position)), 1, slotsToEnd(position));
    }

    /// What a record of that many slots can hold: never beyond the end of the array, nor less than nothing, whatever
    /// its word says.
    int payloadBytes(long position, int count) {
        int bytes = (int) Math.min((long) Math.min(count, slotsToEnd(position)) << slotShift, 1 << 30);
        return Math.max(0, bytes - RingLayout.PAYLOAD);
    }

    // Roles and counters.

    /// The processes that have the ring open to write.
    ///
    /// @return the same each time
    public Writers writers() {
        return writers;
    }

    /// The messages as they lie there.
    ///
    /// @return the same each time
    public RingBrowser browser() {
        return browser;
    }

    /// What became of the only producer.
    ///
    /// @return its state
    public RoleState producerState() {
        return RoleWord.state(address + RingLayout.PRODUCER_ROLE);
    }

    /// What became of the only consumer.
    ///
    /// @return its state
    public RoleState consumerState() {
        return RoleWord.state(address + RingLayout.CONSUMER_ROLE);
    }

    /// How many messages have been skipped because their producer died over them.
    ///
    /// @return the number
    public long abortedByDeath() {
        try {
            return Memory.getLongVolatile(address + RingLayout.ABORTED_COUNT);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// How many times a message has been offered again after it was taken.
    ///
    /// @return the number
    public long givenBack() {
        try {
            return Memory.getLongVolatile(address + RingLayout.GIVEN_BACK_COUNT);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Looks for dead owners on behalf of a caller that polls, as waiters do at the end of each slice: at most every
    /// 10 ms, and otherwise at the cost of reading the clock.
    ///
    /// @return whether it was time for that, so that another try makes sense
    public boolean lookAtDeaths() {
        long now = System.nanoTime();
        if (now - lookedAtDeaths < LOOK_NANOS) {
            return false;
        }
        lookedAtDeaths = now;            // racy: two threads may look, which is harmless
        liveness.sweep();
        return true;
    }

    /// Waits until something has been released, taken or shut down and the condition is met.
    ///
    /// @param condition what to wait for
    /// @param deadline as [Waiter#await] takes it
    /// @return whether it was met
    /// @throws InterruptedException if interrupted before or while waiting
    public boolean awaitRelease(BooleanSupplier condition, long deadline) throws InterruptedException {
        Waiter.checkInterrupt();
        return new Waiter(space, liveness, WaitStrategy.PARK, Wait.UNREPORTED)
                .await(() -> closed || condition.getAsBoolean(), deadline);
    }

    // Closing.

    /// Closes the handles that this view gave out, and marks it as closed: open claims are aborted, waits of this
    /// process end, and later calls are refused. Otherwise the memory stays as it is. A second call does nothing.
    ///
    /// If several handles fail to close, all the others are closed, and the first failure is thrown with the later ones
    /// suppressed.
    public void close() {
        List<AutoCloseable> open;
        synchronized (handles) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(handles);
        }
        try {
            Closing closing = new Closing();
            for (AutoCloseable handle : open) {
                closing.then(handle);
            }
            closing.then(items::signal);
            closing.then(space::signal);
            closing.end();
        } finally {
            left = true;
        }
    }

    private <T extends AutoCloseable> T given(T handle) {
        boolean kept = false;
        try {
            synchronized (handles) {
                kept = !closed && handles.add(handle);
            }
        } finally {
            if (!kept && !left) {
                undo(handle);
            }
        }
        checkOpen();
        return handle;
    }

    /// Undoes an opening, also without memory: the handle has no claims.
    private static void undo(AutoCloseable handle) {
        if (handle instanceof RingProducer producer) {
            producer.leave();
        } else if (handle instanceof RingConsumer consumer) {
            consumer.leave();
        }
    }

    /// Forgets a handle that was closed.
    void closed(AutoCloseable handle) {
        synchronized (handles) {
            handles.remove(handle);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /// Whether [#close()] has come to its end: from then on the memory may be gone, so a handle that could not be
    /// closed touches it no more.
    boolean isLeft() {
        return left;
    }

    void checkOpen() {
        if (closed) {
            throw closedException();
        }
    }

    ClosedException closedException() {
        return new ClosedException("ring '%s': this handle was closed".formatted(name));
    }

    /// Exception for a word in an invalid state, which no participant can have written; or for a view that was closed.
    RuntimeException corrupt(long position) {
        if (closed) {
            return closedException();
        }
        return new CorruptObjectException(("ring '%s': slot %,d holds the word %016x, which belongs to no state of"
                + " position %,d; something else has written into the memory; unlink and recreate it")
                .formatted(name, position & mask, word(position), position));
    }
}
