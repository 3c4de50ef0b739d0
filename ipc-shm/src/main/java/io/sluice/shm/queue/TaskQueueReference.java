package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.core.owner.Closing;
import io.sluice.shm.object.ObjectReference;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;

/// The serial form of a task queue's handle: names, and the rules of the handle.
///
/// @param maxDeliveries 0 if there is no such rule
/// @param deadLetters a handle for the task queue alone; null if there is no such rule
/// @param leaseNanos 0 if leases do not run out
record TaskQueueReference<E>(ObjectReference object, Codec<E> codec, int maxDeliveries, SharedQueue<E> deadLetters,
        long leaseNanos) implements Serializable {
    @Serial
    private Object readResolve() {
        SharedTaskQueue<E> queue = null;
        boolean ruled = false;
        try {
            queue = object.attach().handle(opening -> new SharedTaskQueue<>(opening, codec));
            if (leaseNanos != 0) {
                queue.leaseTimeout(Duration.ofNanos(leaseNanos));
            }
            if (deadLetters != null) {
                queue.setDeadLetters(maxDeliveries, deadLetters);
            }
            ruled = true;
            return queue;
        } finally {
            if (!ruled) {
                Closing closing = new Closing();
                if (queue != null) {
                    closing.then(queue);
                }
                if (deadLetters != null) {
                    closing.then(deadLetters);
                }
                closing.end();
            }
        }
    }
}
