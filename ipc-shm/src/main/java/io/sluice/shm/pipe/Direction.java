package io.sluice.shm.pipe;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.ring.Ring;
import io.sluice.shm.object.SharedObject;

/// One direction of a pipe: the state that its sender and its receiver share.
///
/// @param object the pipe
/// @param name for messages
/// @param codec of the objects
/// @param ring that carries the messages
/// @param sideBit what is added to a position to name the side region of a large message
/// @param maxMessageBytes the longest message
record Direction<E>(
        SharedObject object, String name, Codec<E> codec, Ring ring, long sideBit, int maxMessageBytes) {
    /// Refuses a ring that is marked as shut down: no pipe does that, and every wait in such a ring ends at once.
    void checkNotShutDown() {
        if (ring.isShutdown()) {
            throw new CorruptObjectException(("pipe '%s': its ring says that it was shut down, which no pipe does;"
                    + " something else has written into the memory; unlink and recreate it").formatted(name()));
        }
    }

    void writeSide(long position, long address, int length) {
        object.sides().write(position | sideBit, address, length);
    }

    void readSide(long position, int length, ExpandableMemoryBuffer target) {
        object.sides().read(position | sideBit, length, target);
    }

    void removeSide(long position) {
        try {
            object.sides().remove(position | sideBit);
        } catch (RuntimeException | VirtualMachineError leftToTheCleaner) {
            // The message was received. When this process leaves the object, it removes files that no slot refers to.
        }
    }
}
