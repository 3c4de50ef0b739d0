package io.sluice.shm.queue;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.space.ObjectReference;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;

/// What travels instead of a task queue's handle: names, and the rules of the handle.
///
/// @param maxDeliveries 0 if there is no such rule
/// @param deadLetters null if there is no such rule
/// @param leaseNanos 0 if leases do not run out
record TaskQueueReference<E>(ObjectReference object, Codec<E> codec, int maxDeliveries, SharedQueue<E> deadLetters,
        long leaseNanos) implements Serializable {
    @Serial
    private Object readResolve() {
        try (SharedQueue<E> letters = deadLetters) {         // the task queue opens one of its own
            SharedTaskQueue<E> queue = new SharedTaskQueue<>(object.attach(), codec, WaitStrategy.ADAPTIVE);
            boolean ruled = false;
            try {
                if (leaseNanos != 0) {
                    queue.leaseTimeout(Duration.ofNanos(leaseNanos));
                }
                if (letters != null) {
                    queue.maxDeliveries(maxDeliveries, letters);
                }
                ruled = true;
                return queue;
            } finally {
                if (!ruled) {
                    queue.close();
                }
            }
        }
    }
}
