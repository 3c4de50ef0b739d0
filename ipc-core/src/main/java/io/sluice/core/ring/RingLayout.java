package io.sluice.core.ring;

import io.sluice.core.owner.Writers;

/// Where each field of a ring lives. Native byte order; offsets in bytes from the start of the ring.
///
/// ```
///         0           8         12          16       20          24
///      0  +-----------+---------+-----------+--------+-----------+-----------+- - -+
///         | key       | slots   | slotBytes | limit  | producers | consumers |     |  written once, before publication
///    128  +-----------+---------+-----------+--------+-----------+-----------+- - -+
///         | tail: position after the last claim                                    |  producers
///    256  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | head      | returns   |     position, see Ring; how often a message came back  |  consumers, recovery
///    384  +-----+-----+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | items     | shutdown|     event count of the consumers; 0, 1 or 2      |  sleepers and their wakers; once
///    512  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
///         | space     |               event count of the producers                 |  sleepers and their wakers
///    640  +-----------+-----------+- - - - - - - - - - - - - - - - - - - - - - - - +
///         | producer  | consumer  |   role words (RoleWord)                        |  holders, recovery
///    768  +-----------+-----------+-------------+-------------+- - - - - - - - - - +
///         | aborted   | givenBack | writersEver | writersLeft |  8 bytes each      |  recovery, consumers, writers
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
    static final int KEY = 0;
    static final int SLOTS = 8;
    static final int SLOT_BYTES = 12;
    static final int LIMIT = 16;
    static final int PRODUCERS = 20;
    static final int CONSUMERS = 24;
    static final int TAIL = 128;
    static final int HEAD = 256;
    static final int RETURNS = 264;
    static final int ITEMS = 384;
    static final int SHUTDOWN = 388;
    static final int SPACE = 512;
    static final int PRODUCER_ROLE = 640;
    static final int CONSUMER_ROLE = 644;
    static final int ABORTED_COUNT = 768;
    static final int GIVEN_BACK_COUNT = 776;
    static final int WRITERS_EVER = 784;
    static final int WRITERS_LEFT = 792;
    static final int WRITERS = 896;
    static final int WRITERS_BYTES = Writers.BITS_BYTES;
    static final int SUBSCRIBERS = 1024;
    static final int SUBSCRIBER_BYTES = 128;
    static final int MAX_SUBSCRIBERS = 24;
    static final int FIRST_SLOT = 4096;

    static final int SUBSCRIBER_CURSOR = 0;
    static final int SUBSCRIBER_OWNER = 8;
    static final int SUBSCRIBER_POLICY = 12;
    static final int SUBSCRIBER_LOST = 16;

    static final int SLOT_WORD = 0;
    /// Length and type in one 8-byte word: the length in its low half.
    static final int HEADER = 8;
    static final int MESSAGE_LENGTH = 8;
    static final int MESSAGE_TYPE = 12;
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
