package io.sluice.shm.death;

import io.sluice.shm.queue.SharedQueue;
import java.util.concurrent.TimeUnit;

/// Messages through a queue.
final class QueueLane extends Lane {
    private final Road road;
    private final SharedQueue<byte[]> queue;

    QueueLane(Road road, SharedQueue<byte[]> queue) {
        this.road = road;
        this.queue = queue;
    }

    @Override
    void put(long id) throws InterruptedException {
        queue.put(message(id, road.messageBytes));
    }

    @Override
    boolean offer(long id) {
        return queue.offer(message(id, road.messageBytes));
    }

    @Override
    long take(long timeoutNanos, Received received) throws InterruptedException {
        byte[] bytes = queue.poll(timeoutNanos, TimeUnit.NANOSECONDS);
        if (bytes == null) {
            return NONE;
        }
        long id = number(bytes, road.messageBytes);
        received.add(id);
        return id;
    }
}
