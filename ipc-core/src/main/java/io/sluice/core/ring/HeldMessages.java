package io.sluice.core.ring;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.ring.RingOptions.Consumers;

/// Messages of a ring that are taken in order, and stay in it until they are acknowledged: for a reader that passes
/// them on, and must find them again if it dies before they have arrived.
///
/// - **Threads:** one at a time.
/// - **Room:** a message that is held keeps its slots, so producers see a fuller ring.
/// - **Death:** what was not acknowledged is there for the next reader: with one consumer, from the first such message
///   on; with many, as messages that came back; in a broadcast not at all, since its cursor ends with it.
/// - **Order:** with one consumer, and in a broadcast, an acknowledgement covers all messages before it.
/// - **Allocation:** none.
///
/// @hidden
public final class HeldMessages implements AutoCloseable {
    /// What [#take] returns if nothing is there.
    public static final long NONE = Ring.NONE;

    private final Ring ring;
    private final RingConsumer consumer;
    private final long joined;

    /// Opens a ring for reading: as its only consumer, as one of many, or as a subscriber that its producer waits for.
    ///
    /// @param ring to read
    /// @param strategy how long waits spin
    /// @throws RoleHeldException if a live process has the role, or all places of subscribers are taken
    public HeldMessages(Ring ring, WaitStrategy strategy) {
        this.ring = ring;
        this.consumer = ring.options().consumers() == Consumers.BROADCAST
                ? ring.subscribe(SlowConsumer.BLOCK, strategy) : ring.consumer(strategy);
        this.joined = consumer.cursor();
    }

    /// From where on this reader sees every message of a broadcast.
    ///
    /// @return the position at which it was opened; 0 for other rings, which keep what no reader has acknowledged
    public long joined() {
        return joined;
    }

    /// Takes the next message, which stays where it is. Does not wait.
    ///
    /// @return its position, or [#NONE]
    public long take() {
        try {
            StackRoom.probe();
            consumer.checkOpen();
            long position = consumer.hold();
            if (position == NONE) {
                consumer.nothing();
            }
            return position;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Where the payload of a held message begins.
    ///
    /// @param position of the message
    /// @return absolute address
    public long payload(long position) {
        return ring.wordAddress(position) + RingLayout.PAYLOAD;
    }

    /// The length of a held message.
    ///
    /// @param position of the message
    /// @return its payload in bytes, checked
    /// @throws io.sluice.core.error.CorruptObjectException if its slots cannot hold that many
    public int length(long position) {
        int length = Memory.getInt(ring.wordAddress(position) + RingLayout.MESSAGE_LENGTH);
        int slots = ring.slotsAt(position);
        if (Integer.compareUnsigned(length, ring.payloadBytes(position, slots)) > 0) {
            throw consumer.wrongLength(position, length, slots);
        }
        return length;
    }

    /// The type of a held message.
    ///
    /// @param position of the message
    /// @return what its producer gave it
    public int type(long position) {
        return Memory.getInt(ring.wordAddress(position) + RingLayout.MESSAGE_TYPE);
    }

    /// Ends a message: its slots are free.
    ///
    /// @param position of a message that is held; the first one held, unless the ring has many consumers
    public void acknowledge(long position) {
        try {
            consumer.checkOpen();
            consumer.letGo(position);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Leaves a message to other readers. Only a ring with many consumers has them; otherwise nothing happens, and the
    /// close leaves it.
    ///
    /// @param position of a message that is held
    public void giveBack(long position) {
        try {
            consumer.checkOpen();
            if (consumer instanceof ManyConsumer many) {
                many.giveBack(position);
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether no message will come any more, and none is held.
    ///
    /// @return true from then on
    public boolean isEnded() {
        return consumer.isEnded();
    }

    /// Leaves the ring, and the messages held in it, but those of many consumers, which are to be given back before. A
    /// second call does nothing.
    @Override
    public void close() {
        consumer.close();
    }
}
