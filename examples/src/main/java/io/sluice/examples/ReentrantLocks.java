package io.sluice.examples;

import io.sluice.shm.SharedSpace;

/// Taking a lock twice is an error that a plain lock reports; a reentrant lock allows it.
///
/// ```
/// examples/run ReentrantLocks
/// ```
public final class ReentrantLocks {
    private ReentrantLocks() {}

    /// Takes two locks twice.
    ///
    /// @param arguments none
    public static void main(String[] arguments) {
        try (var space = SharedSpace.openTemporary();
                var plain = space.lock("plain");
                var reentrant = space.reentrantLock("reentrant")) {
            try (var _ = plain.hold()) {
                try (var _ = plain.hold()) {             // Python deadlocks here, with itself
                    System.out.println("never reached");
                } catch (IllegalMonitorStateException refused) {
                    System.out.println("plain: refused; still held: " + plain.isHeldByCurrentThread());
                }
            }
            try (var _ = reentrant.hold()) {
                try (var _ = reentrant.hold()) {
                    System.out.println("reentrant: held " + reentrant.holdCount() + " times");
                }
                System.out.println("reentrant: held " + reentrant.holdCount() + " time");
            }
            System.out.println("reentrant: held by any thread: " + reentrant.isLocked());
        }
    }
}
