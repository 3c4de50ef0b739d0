package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.shm.object.ObjectReference;
import java.io.Serial;
import java.io.Serializable;

/// The serial form of a queue's handle: names, by which the receiver opens the queue again.
record QueueReference(ObjectReference object, Codec<?> codec) implements Serializable {
    @Serial
    private Object readResolve() {
        return object.attach().handle(opening -> new SharedQueue<>(opening, codec));
    }
}
