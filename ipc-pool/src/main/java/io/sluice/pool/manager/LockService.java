package io.sluice.pool.manager;

import java.util.concurrent.TimeUnit;

/// What a client on another host can call of a lock and of its conditions. A lock belongs to a thread of the client, so
/// the calls carry its id.
interface LockService extends HandleService {
    void lock(long thread);

    void lockInterruptibly(long thread) throws InterruptedException;

    boolean tryLock(long thread);

    boolean tryLock(long thread, long time, TimeUnit unit) throws InterruptedException;

    void unlock(long thread);

    /// How many holds of the lock a thread has.
    int holds(long thread);

    boolean isLocked();

    boolean isPoisoned();

    /// Process and thread of the holder.
    ///
    /// @return null if there is none
    long[] owner();

    long acquisitions();

    int ownerDeaths();

    /// Takes a poisoned lock for a repair by the client.
    ///
    /// @return false if it is not poisoned
    boolean beginRecovery(long thread);

    /// Releases the lock after a repair, or leaves it poisoned.
    void endRecovery(long thread, boolean repaired);

    // Conditions, by their numbers.

    void await(long thread, int condition) throws InterruptedException;

    void awaitUninterruptibly(long thread, int condition);

    /// Waits for a signal, no longer than this.
    ///
    /// @return what is left of the time
    long awaitNanos(long thread, int condition, long nanos) throws InterruptedException;

    boolean await(long thread, int condition, long time, TimeUnit unit) throws InterruptedException;

    /// Signals the threads that have waited longest.
    ///
    /// @return how many were signalled
    int signal(long thread, int condition, int most);

    int waiting(int condition);
}
