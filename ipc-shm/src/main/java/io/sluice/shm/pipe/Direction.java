package io.sluice.shm.pipe;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.Ring;
import io.sluice.shm.space.SharedObject;

/// One of the two ways of a pipe, with what its sender and its receiver have in common.
///
/// @param object the pipe
/// @param codec of the objects
/// @param ring that carries the messages
/// @param sideBit what is added to a position to name the side region of a large message
record Direction<E>(SharedObject object, Codec<E> codec, Ring ring, long sideBit) {
    String name() {
        return object.name();
    }

    void writeSide(long position, long address, int length) {
        object.sides().write(position | sideBit, address, length);
    }

    void readSide(long position, long address, int length) {
        object.sides().read(position | sideBit, address, length);
    }

    void removeSide(long position) {
        object.sides().remove(position | sideBit);
    }
}
