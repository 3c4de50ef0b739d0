package io.sluice.cli.lines;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;

/// The queue in which lines travel: a `SharedQueue<byte[]>` that any program can use.
///
/// **Elements.** An element is as many whole lines as fit into a slot, each with its newline; only the last line of a
/// stream may lack it. A line longer than a slot is an element of its own, up to a mebibyte; a longer one is split. So
/// several receivers share whole lines, and lines of several senders never mix, up to that length.
///
/// **Why not one line per slot.** That takes twice the time and twice the processors. Slots of 4 to 64 KiB differ
/// little, and 256 of 16 KiB stay in a cache. A sender does not wait for a slot to fill: it sends the result of each
/// read.
///
/// **The end.** A sender joins as a producer and leaves when all is put; the last one to leave shuts the queue down.
/// Receivers drain it and remove its name. A producer that disappears without leaving has died, and the queue counts
/// these. When no producer is left and the queue is not shut down, a receiver shuts it down: a later put is refused,
/// and its sender goes on in the next queue of the name.
final class LineQueue {
    static final int SLOT_BYTES = 16 * 1024;
    static final int CAPACITY = 256;
    static final int ELEMENT_BYTES = SLOT_BYTES - RingOptions.HEADER_BYTES;
    static final int LONGEST_LINE = 1 << 20;

    private LineQueue() {}

    static SharedQueue<byte[]> open(SharedSpace space, String name) {
        return space.queue(name, Codec.bytes(), QueueOptions.of(CAPACITY).withSlotBytes(SLOT_BYTES));
    }
}
