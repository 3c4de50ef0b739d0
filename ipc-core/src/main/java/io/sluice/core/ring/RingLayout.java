package io.sluice.core.ring;

import io.sluice.core.owner.Writers;

/// Where each field of a ring lives. Native byte order; offsets in bytes from the start of the ring.
///
/// ```
///         0           8         12          16       20          24
///      0  +-----------+---------+-----------+--------+-----------+-----------+- - -+
///         | key       | slots   | slotBytes | limit  | producers | consumers |     |  written once, before publication
///    128  +-----------+---------+-----------+--------+-----------+-----------+- - -+
///         | tail      | bias                |      position after the last claim; Bias     |  producers, recovery
///    256  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | head      | returns   | bias      |    see Ring; how often a message came back   |  consumers, recovery
///    384  +-----+-----+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | items     | shutdown|     event count of the consumers; 0, 1 or 2      |  sleepers and their wakers; once
///    512  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | space     |               event count of the producers                 |  sleepers and their wakers
///    640  +-----------+-----------+- - - - - - - - - - - - - - - - - - - - - - - - +
///         | producer  | consumer  |   role words (RoleWord)                        |  holders, recovery
///    768  +-----------+-----------+-------------+-------------+- - - - - - - - - - +
///         | aborted   | givenBack | writersEver | writersLeft | refused |   8 each |  recovery, consumers, writers
///    896  +-----------+-----------+-------------+-------------+- - - - - - - - - - +
///         | writers: one bit for each owner that has opened the ring to write      |  each owner its own, recovery
///   1024  +-----------+-------+--------+-------+- - - - - - - - - - - - - - - - - -+
///         | cursor    | owner | policy | lost  |  subscriber 0 .. 23, 128 bytes each |  its owner, recovery
///   4096  +-----------+-------+--------+-------+- - - - - - - - - - - - - - - - - -+
///         | slot 0 | slot 1 | ... | slot slots-1                                   |  see Ring
///         +------------------------------------------------------------------------+
///
///   slot  0           8            12        16
///         +-----------+------------+---------+----------------------------- - - - -+
///         | SlotWord  | length     | type    | payload, on into the next slots     |
///         +-----------+------------+---------+----------------------------- - - - -+
/// ```
///
/// Fields with different writers stand 128 bytes apart, since adjacent lines are prefetched in pairs.
final class RingLayout {
    /// Random; every slot word is mixed with it by exclusive-or.
    /// Bytes: 8.
    static final int KEY = 0;
    /// Slots of the array: the capacity, rounded up to a power of two.
    /// Bytes: 4.
    static final int SLOTS = 8;
    /// Size of a slot, a power of two from 64 to 2^20.
    /// Bytes: 4.
    static final int SLOT_BYTES = 12;
    /// The capacity: how many slots can be filled at the same time.
    /// Bytes: 4.
    static final int LIMIT = 16;
    /// 1: one, 2: many.
    /// Bytes: 4.
    static final int PRODUCERS = 20;
    /// 1: one, 2: many, 3: a broadcast.
    /// Bytes: 4.
    static final int CONSUMERS = 24;
    /// A position up to which everything has been claimed; a hint, but exact in a broadcast. The low 56 bits count.
    /// Writer: producers: an only one by release stores, many by compare-and-set upwards; recovery.
    /// Death: it lags behind the words; the next producer walks on from it.
    /// Bytes: 8.
    static final int TAIL = 128;
    /// Which thread of which process claims without an atomic instruction, if one does: a `Bias`. For many producers.
    /// Writer: see the bias.
    /// Death: names the dead holder; recovery frees the bias, or finishes its revocation.
    /// Bytes: 24.
    static final int CLAIM_BIAS = 136;
    /// A position that takers have gone past; a hint, but for the one consumer of one producer. The low 56 bits
    /// count.
    /// Writer: consumers: an only one by release stores, many by compare-and-set upwards.
    /// Death: it lags behind the words.
    /// Bytes: 8.
    static final int HEAD = 256;
    /// How often a message came back; counted after its word says RETURNED.
    /// Writer: consumers and recovery, by an atomic addition.
    /// Death: recovery counts what the dead owner gave back.
    /// Bytes: 8.
    static final int RETURNS = 264;
    /// Which thread of which process takes without an atomic instruction, if one does: a `Bias`. For many consumers.
    /// Writer: see the bias.
    /// Death: as for claims; recovery also offers the message again at which the dead holder stood.
    /// Bytes: 24.
    static final int TAKE_BIAS = 272;
    /// Where consumers sleep: an `EventCount`.
    /// Writer: sleepers and their wakers.
    /// Death: recovery wakes all sleepers.
    /// Bytes: 4.
    static final int ITEMS = 384;
    /// 0: goes on. 1: nothing can be put any more. 2: and nothing taken.
    /// Writer: any process; it only grows.
    /// Death: the flag alone is the end; recovery wakes the sleepers.
    /// Bytes: 4.
    static final int SHUTDOWN = 388;
    /// Where producers sleep: an `EventCount`.
    /// Writer: sleepers and their wakers.
    /// Death: recovery wakes all sleepers.
    /// Bytes: 4.
    static final int SPACE = 512;
    /// The only producer: a `RoleWord`.
    /// Writer: its holder, by compare-and-set; recovery.
    /// Death: names the dead holder; recovery sets the bit `died`.
    /// Bytes: 4.
    static final int PRODUCER_ROLE = 640;
    /// The only consumer: a `RoleWord`.
    /// Writer: as above.
    /// Death: as above.
    /// Bytes: 4.
    static final int CONSUMER_ROLE = 644;
    /// Messages that were skipped, since their producer died over them.
    /// Writer: recovery, by an atomic addition.
    /// Death: one too many or too few.
    /// Bytes: 8.
    static final int ABORTED_COUNT = 768;
    /// Messages that were offered again.
    /// Writer: consumers and recovery, by an atomic addition.
    /// Death: one too many or too few.
    /// Bytes: 8.
    static final int GIVEN_BACK_COUNT = 776;
    /// How often a process was noted as a writer.
    /// Writer: writers, by an atomic addition.
    /// Death: one too few.
    /// Bytes: 8.
    static final int WRITERS_EVER = 784;
    /// How often a writer left in order.
    /// Writer: writers, by an atomic addition.
    /// Death: the writer counts as lost, which is so.
    /// Bytes: 8.
    static final int WRITERS_LEFT = 792;
    /// How often a producer found no space.
    /// Writer: producers, by an atomic addition.
    /// Death: stays.
    /// Bytes: 8.
    static final int REFUSED_COUNT = 800;
    /// One bit for each owner that has the ring open to write, if it says so: bit `s mod 64` of word `s / 64`.
    /// Writer: each owner its own, by compare-and-set; recovery.
    /// Death: recovery clears the bit.
    /// Bytes: 128.
    static final int WRITERS = 896;
    static final int WRITERS_BYTES = Writers.BITS_BYTES;
    /// 24 subscribers of a broadcast, 128 bytes each.
    /// Writer: each subscriber its own; the producer raises the cursor of one that may lose messages.
    /// Death: recovery frees the place.
    /// Bytes: 3072.
    static final int SUBSCRIBERS = 1024;
    static final int SUBSCRIBER_BYTES = 128;
    static final int MAX_SUBSCRIBERS = 24;
    /// The slots: `slots` times `slotBytes`.
    /// Writer: see the slot.
    /// Death: see the slot.
    /// Bytes: 0.
    static final int FIRST_SLOT = 4096;

    /// State, holder and number of the grant.
    /// Writer: the processes of that end, and recovery, by compare-and-set.
    /// Death: see the bias.
    /// Bytes: 8.
    static final int BIAS_WORD = 0;
    /// 1 + the position where the holder stands, or stood last; 0: nowhere.
    /// Writer: the holder, by a release store; recovery.
    /// Death: recovery sets 0.
    /// Bytes: 8.
    static final int BIAS_AT = 8;
    /// What the revocation has decided. 0: nothing yet. -1: the holder keeps nothing. Otherwise 1 + the position that it
    /// keeps.
    /// Writer: revokers and the holder, by compare-and-set, once.
    /// Death: of no use without a revocation.
    /// Bytes: 8.
    static final int BIAS_LENT = 16;

    /// Position of the next message of the subscriber.
    /// Writer: the subscriber.
    /// Death: of no use without an owner.
    /// Bytes: 8.
    static final int SUBSCRIBER_CURSOR = 0;
    /// Slot of the subscriber in the registry, or 0: the place is free.
    /// Writer: the subscriber, by compare-and-set; recovery.
    /// Death: recovery sets 0.
    /// Bytes: 4.
    static final int SUBSCRIBER_OWNER = 8;
    /// 0: it is joining or leaving, and does not count. 1: the producer waits for it. 2: it may lose messages.
    /// Writer: the subscriber; written last when it joins, first when it leaves.
    /// Death: recovery sets 0 before it frees the place.
    /// Bytes: 4.
    static final int SUBSCRIBER_POLICY = 12;
    /// Slots of messages that it has lost.
    /// Writer: the subscriber.
    /// Death: of no use without an owner.
    /// Bytes: 8.
    static final int SUBSCRIBER_LOST = 16;

    /// State, turn, owner and number of slots: a `SlotWord`, exclusive-or the key.
    /// Writer: by its state: producer, consumer, recovery.
    /// Death: names the dead owner; recovery brings it to the state that follows.
    /// Bytes: 8.
    static final int SLOT_WORD = 0;
    /// Length and type in one 8-byte word: the length in its low half.
    static final int HEADER = 8;
    /// Bytes of the payload.
    /// Writer: the producer, before the commit.
    /// Death: not read before the word says COMMITTED.
    /// Bytes: 4.
    static final int MESSAGE_LENGTH = 8;
    /// Any number that travels with the message.
    /// Writer: the producer, before the commit; the taker of a message that comes back.
    /// Death: as above.
    /// Bytes: 4.
    static final int MESSAGE_TYPE = 12;
    /// The payload, on into the next slots of the record.
    /// Writer: the producer, before the commit.
    /// Death: as above.
    /// Bytes: 0.
    static final int PAYLOAD = 16;

    private RingLayout() {}

    static int length(long header) {
        return (int) header;
    }

    static int type(long header) {
        return (int) (header >>> Integer.SIZE);
    }

    static long header(int type, int length) {
        return (long) type << Integer.SIZE | length;
    }
}
