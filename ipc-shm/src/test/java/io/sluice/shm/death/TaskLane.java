package io.sluice.shm.death;

import io.sluice.shm.queue.SharedTaskQueue;
import java.util.concurrent.TimeUnit;

/// Messages through a task queue, acknowledged after they were written down.
final class TaskLane extends Lane {
    private final Road road;
    private final SharedTaskQueue<byte[]> tasks;

    TaskLane(Road road, SharedTaskQueue<byte[]> tasks) {
        this.road = road;
        this.tasks = tasks;
    }

    @Override
    void put(long id) throws InterruptedException {
        tasks.put(message(id, road.messageBytes));
    }

    @Override
    boolean offer(long id) {
        return tasks.offer(message(id, road.messageBytes));
    }

    @Override
    long take(long timeoutNanos, Received received) throws InterruptedException {
        byte[] bytes = tasks.poll(timeoutNanos, TimeUnit.NANOSECONDS);
        if (bytes == null) {
            return NONE;
        }
        long id = number(bytes, road.messageBytes);
        received.add(id);
        tasks.taskDone();
        return id;
    }

    @Override
    void giveBack() throws InterruptedException {
        tasks.take();
        tasks.giveBack();
    }
}
