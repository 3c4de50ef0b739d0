package io.sluice.examples;

import io.sluice.core.error.LockPoisonedException;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.value.SharedLong;

/// A process is killed while it holds a lock: the next owner learns of it, repairs the guarded data, and goes on.
///
/// ```
/// examples/run CrashedOwner
/// ```
public final class CrashedOwner {
    private static final long MONEY = 100;

    private CrashedOwner() {}

    /// Kills the process that moves the money, and repairs.
    ///
    /// @param arguments none
    /// @throws InterruptedException if interrupted while waiting
    public static void main(String[] arguments) throws InterruptedException {
        try (var space = SharedSpace.openTemporary();
                var lock = space.lock();
                var mine = space.longValue(MONEY);
                var yours = space.longValue(0);
                var halfDone = space.event()) {
            JavaProcess owner = JavaProcess.start(() -> moveHalf(lock, mine, halfDone));
            halfDone.await();
            owner.kill();
            owner.join();
            try (var _ = lock.hold()) {
                System.out.println("never reached");
            } catch (LockPoisonedException poisoned) {   // this process does not hold the lock
                System.out.println("the owner that died is the one killed: " + (poisoned.pid() == owner.pid()));
                System.out.println("there are " + (mine.get() + yours.get()) + " of " + MONEY);
                boolean repaired = lock.recover(() -> yours.set(MONEY - mine.get()));
                System.out.println("repaired: " + repaired);     // false if another process was faster
            }
            try (var _ = lock.hold()) {
                System.out.println("there are " + (mine.get() + yours.get()) + " of " + MONEY);
            }
        }
    }

    private static void moveHalf(SharedLock lock, SharedLong mine, SharedEvent halfDone) throws InterruptedException {
        try (var _ = lock.hold()) {
            mine.set(mine.get() - 30);
            halfDone.set();
            Thread.sleep(Long.MAX_VALUE);                // killed before the other half
        }
    }
}
