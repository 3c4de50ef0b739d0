package io.sluice.examples;

import io.sluice.shm.SharedSpace;
import io.sluice.shm.semaphore.SemaphoreOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A semaphore lets three of ten processes in at a time, and what a killed process had acquired comes back.
///
/// ```
/// sluice-examples io.sluice.examples.LimitedResource            starts its users by itself
/// ```
public final class LimitedResource {
    private static final int USERS = 10;
    private static final int PERMITS = 3;

    private LimitedResource() {}

    /// Runs the one who looks on, or a user.
    ///
    /// @param arguments nothing for the one who looks on; the name of the space and `use` or `hold` for a user
    /// @throws IOException if a user cannot be started
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "limited-resource-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var permits = space.semaphore("permits", SemaphoreOptions.bounded(PERMITS));
                var inside = space.longValue("inside", 0);
                var tooMany = space.longValue("too-many", 0);
                var holding = space.event("holding")) {
            if (arguments.length == 0) {
                List<Process> users = new ArrayList<>();
                for (int i = 0; i < USERS; i++) {
                    users.add(ChildJvm.start(LimitedResource.class, spaceName, "use"));
                }
                for (Process user : users) {
                    user.waitFor();
                }
                System.out.println("more than " + PERMITS + " were inside: " + tooMany.get() + " times");

                Process holder = ChildJvm.start(LimitedResource.class, spaceName, "hold");
                holding.await();
                System.out.println("available while one holds two: " + permits.availablePermits());
                holder.destroyForcibly().waitFor();
                permits.acquire(PERMITS);                // gets the dead one's permits, too
                System.out.println("acquired after it was killed: " + permits.heldPermits());
                permits.release(PERMITS);
            } else if (arguments[1].equals("hold")) {
                permits.acquire(2);
                holding.set();
                Thread.sleep(Long.MAX_VALUE);            // until it is killed
            } else {
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
    }
}
