package io.sluice.examples;

import io.sluice.core.sync.LockPoisonedException;
import io.sluice.shm.SharedSpace;
import java.io.IOException;

/// A process is killed while it holds a lock: the next one is told, repairs what the lock guards, and goes on.
///
/// ```
/// sluice-examples io.sluice.examples.CrashedOwner            starts the process that it kills by itself
/// ```
public final class CrashedOwner {
    private static final long MONEY = 100;

    private CrashedOwner() {}

    /// Runs the one who repairs, or the one who is killed.
    ///
    /// @param arguments nothing for the one who repairs, the name of the space for the one who is killed
    /// @throws IOException if the other process cannot be started
    /// @throws InterruptedException if interrupted while waiting
    @SuppressWarnings("LockNotBeforeTry")                // that the lock is not released is the lesson
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String spaceName = arguments.length > 0 ? arguments[0] : "crashed-owner-" + ProcessHandle.current().pid();
        try (var space = SharedSpace.openTemporary(spaceName);
                var lock = space.lock("accounts");
                var mine = space.longValue("mine", MONEY);
                var yours = space.longValue("yours", 0);
                var halfDone = space.event("half-done")) {
            if (arguments.length > 0) {
                lock.lock();
                mine.set(mine.get() - 30);
                halfDone.set();
                Thread.sleep(Long.MAX_VALUE);            // killed before the other half
            }
            Process owner = ChildJvm.start(CrashedOwner.class, spaceName);
            halfDone.await();
            owner.destroyForcibly().waitFor();
            try {
                lock.lock();
                lock.unlock();
            } catch (LockPoisonedException poisoned) {   // we do not hold the lock
                System.out.println("the owner that died is the one killed: " + (poisoned.pid() == owner.pid()));
                System.out.println("there are " + (mine.get() + yours.get()) + " of " + MONEY);
                boolean repaired = lock.recover(() -> yours.set(MONEY - mine.get()));
                System.out.println("repaired: " + repaired);     // false if another process was faster
            }
            lock.lock();
            try {
                System.out.println("there are " + (mine.get() + yours.get()) + " of " + MONEY);
            } finally {
                lock.unlock();
            }
        }
    }
}
