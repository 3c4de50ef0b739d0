package io.sluice.cli.lines;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.queue.SharedQueue;

/// The queue in which lines travel: a `SharedQueue<byte[]>` that any program can use.
///
/// **Elements.** An element is as many whole lines as fit into a slot, each with its newline; only the last line of a
/// stream may be without one. A line longer than a slot is an element of its own, up to a mebibyte; a longer one comes
/// in pieces. So several receivers share whole lines, and lines of several senders never mix, up to that length.
///
/// **Why not a line each.** A line in each slot takes twice the time and twice the processors; slots of 4 to 64 KiB
/// differ little, and 256 of 16 KiB stay in a cache. A sender does not wait for a slot to fill: what one read has
/// brought is sent.
///
/// **The end.** A sender notes itself as a producer and takes that back when all is put; the last one shuts the queue
/// down. Receivers drain it and remove its name. A producer that disappears without taking itself back has died, and
/// the queue remembers how many did. When no producer is left and nobody has shut the queue down, a receiver does it:
/// whoever would still put something is refused then, and goes on in the queue that has the name next.
final class LineQueue {
    static final int SLOT_BYTES = 16 * 1024;
    static final int CAPACITY = 256;
    static final int ELEMENT_BYTES = SLOT_BYTES - RingOptions.HEADER_BYTES;
    static final int LONGEST_LINE = 1 << 20;

    private LineQueue() {}

    static SharedQueue<byte[]> open(SharedSpace space, String name) {
        return space.queue(name, Codec.bytes(), CAPACITY, SLOT_BYTES, WaitStrategy.ADAPTIVE);
    }
}
