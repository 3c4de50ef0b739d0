package io.sluice.examples;

import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.value.SharedLong;
import java.util.ArrayList;
import java.util.List;

/// A semaphore admits three of ten processes at a time, and the permits of a killed process come back.
///
/// ```
/// examples/run LimitedResource
/// ```
public final class LimitedResource {
    private static final int USERS = 10;
    private static final int PERMITS = 3;

    private LimitedResource() {}

    /// Starts the users, and one process that is killed.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var permits = space.semaphore(SemaphoreOptions.bounded(PERMITS));
                var inside = space.longValue(0);
                var tooMany = space.longValue(0);
                var holding = space.event()) {
            List<JavaProcess> users = new ArrayList<>();
            for (int i = 0; i < USERS; i++) {
                users.add(JavaProcess.start(() -> use(permits, inside, tooMany)));
            }
            for (JavaProcess user : users) {
                user.join();
            }
            System.out.println("more than " + PERMITS + " were inside: " + tooMany.get() + " times");

            JavaProcess holder = JavaProcess.start(() -> {
                permits.acquire(2);
                holding.set();
                Thread.sleep(Long.MAX_VALUE);            // until it is killed
            });
            holding.await();
            System.out.println("available while one holds two: " + permits.availablePermits());
            holder.kill();
            holder.join();
            permits.acquire(PERMITS);                    // gets the dead process's permits too
            System.out.println("acquired after it was killed: " + permits.heldPermits());
            permits.release(PERMITS);
        }
    }

    private static void use(SharedSemaphore permits, SharedLong inside, SharedLong tooMany)
            throws InterruptedException {
        permits.acquire();
        try {
            if (inside.incrementAndGet() > PERMITS) {
                tooMany.getAndIncrement();
            }
            Thread.sleep(20);
            inside.getAndAdd(-1);
            System.out.println("one was inside");
        } finally {
            permits.release();
        }
    }
}
