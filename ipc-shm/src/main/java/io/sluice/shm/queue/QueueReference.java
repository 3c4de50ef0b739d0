package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.object.ObjectReference;
import java.io.Serial;
import java.io.Serializable;

/// What travels instead of a queue's handle: names, from which it opens itself on the other side.
record QueueReference(ObjectReference object, Codec<?> codec) implements Serializable {
    @Serial
    private Object readResolve() {
        return object.attach().handle(mapped -> new SharedQueue<>(mapped, codec, WaitStrategy.ADAPTIVE));
    }
}
