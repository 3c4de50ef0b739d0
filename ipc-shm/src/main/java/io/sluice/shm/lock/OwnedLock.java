package io.sluice.shm.lock;

import io.sluice.core.sync.Mutex;
import io.sluice.shm.body.Guard;
import io.sluice.shm.object.Elsewhere;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedHandle;
import io.sluice.shm.object.SharedObject;
import java.io.Serial;
import java.io.Serializable;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;

/// The common part of the plain lock and the reentrant lock. They differ in reentrance only.
abstract sealed class OwnedLock extends SharedHandle implements Lock permits SharedLock, SharedReentrantLock {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Mutex mutex;
    private final transient LockOptions options;
    private final transient Hold hold;
    private final transient AtomicInteger conditions = new AtomicInteger();

    /// In a lock object the lock's memory is the whole body; before a value or an array it is the first page.
    OwnedLock(Opening opening, LockOptions options, boolean reentrant, boolean owner) {
        super(opening, owner);
        SharedObject object = opening.object();
        this.options = options;
        long bytes = object.kind() == Kind.LOCK ? object.size() : Guard.BYTES;
        this.mutex = new Mutex(object.name(), object.address(), bytes, object.parking(), object.liveness(),
                options.core(reentrant, opening.waiting()));
        this.hold = mutex::unlock;
    }

    /// A lock on another host: a subclass does all operations there.
    OwnedLock(Elsewhere elsewhere) {
        super(elsewhere);
        this.options = null;
        this.mutex = null;
        this.hold = this::unlock;
    }

    final Mutex mutex() {
        return mutex;
    }

    /// Takes the lock; waits for it without a limit. An interrupt does not end the wait; its status is kept.
    ///
    /// @throws io.sluice.core.error.LockPoisonedException if its holder died, by policy; the caller does not hold it
    @Override
    public void lock() {
        mutex.lock();
    }

    /// Takes the lock, and waits for it until interrupted.
    ///
    /// @throws InterruptedException if the thread was interrupted before or meanwhile; the caller does not hold it
    /// @throws io.sluice.core.error.LockPoisonedException as for [#lock]
    @Override
    public void lockInterruptibly() throws InterruptedException {
        mutex.lockInterruptibly();
    }

    /// Takes the lock if it is free, also before waiters.
    ///
    /// @return whether the caller has it now; false also if it has it already and the lock is not reentrant
    /// @throws io.sluice.core.error.LockPoisonedException as for [#lock]
    @Override
    public boolean tryLock() {
        return mutex.tryLock();
    }

    /// Takes the lock, and waits for it no longer than this.
    ///
    /// @param time how long; zero and negative try once
    /// @param unit of the time
    /// @return whether the caller has it now; false, when the time is up, also if it has it already and the lock is not
    ///     reentrant
    /// @throws InterruptedException as for [#lockInterruptibly]
    /// @throws io.sluice.core.error.LockPoisonedException as for [#lock]
    /// @throws io.sluice.shm.error.DeadlockException if the time is up, the system property `sluice.deadlock.check` is
    ///     `true`, and the wait was a part of a deadlock over locks of this space: the look costs some microseconds for
    ///     each object of it
    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        boolean taken = mutex.tryLock(unit.toNanos(time));
        if (!taken && time > 0) {
            DeadlockCheck.afterTimeout(object(), "lock");
        }
        return taken;
    }

    /// Releases the lock, or one hold of it.
    ///
    /// @throws IllegalMonitorStateException if the calling thread does not have it
    @Override
    public void unlock() {
        mutex.unlock();
    }

    /// Takes the lock for a `try` block: `try (var _ = lock.hold()) { ... }`. Allocates nothing.
    ///
    /// @return releases the lock when closed
    /// @throws io.sluice.core.error.LockPoisonedException as for [#lock]
    public Hold hold() {
        lock();
        return hold;
    }

    /// The next condition of this handle: the first call returns condition 0, the second condition 1, and so on. So
    /// processes that make the same calls get the same conditions; [#condition(int)] does not depend on the order.
    ///
    /// @return the condition
    /// @throws IllegalStateException if there were 16 calls before
    @Override
    public SharedCondition newCondition() {
        int number = conditions.getAndUpdate(next -> Math.min(next + 1, SharedCondition.MOST));
        if (number == SharedCondition.MOST) {
            throw new IllegalStateException(
                    ("lock '%s': this handle has given out all of its %d conditions; use condition(number) to get one"
                            + " of them again").formatted(name(), SharedCondition.MOST));
        }
        return condition(number);
    }

    /// A condition of the lock by its number, which means the same in every process.
    ///
    /// @param number 0 to 15
    /// @return the condition
    /// @throws IllegalArgumentException if there is no such number
    public SharedCondition condition(int number) {
        return new SharedCondition(mutex.condition(number));
    }

    /// Whether the lock is held; a snapshot.
    ///
    /// @return true if so
    public boolean isLocked() {
        return mutex.isLocked();
    }

    /// Whether the calling thread has the lock.
    ///
    /// @return true if so
    public boolean isHeldByCurrentThread() {
        return mutex.isHeldByCurrentThread();
    }

    /// Whether the last holder died, and what the lock guards was not repaired since.
    ///
    /// @return true if so
    public boolean isPoisoned() {
        return mutex.isPoisoned();
    }

    /// The thread that has the lock; a snapshot.
    ///
    /// @return the thread, or nothing if the lock is free
    public Optional<LockOwner> owner() {
        checkOpen();
        return LockOwner.of(mutex, object());
    }

    /// How often the lock was taken, by all processes.
    ///
    /// @return a count since it was created
    public long acquisitions() {
        checkOpen();
        return mutex.acquisitions();
    }

    /// How often a holder died.
    ///
    /// @return a count since it was created
    public int ownerDeaths() {
        checkOpen();
        return mutex.deaths();
    }

    /// Takes the lock if it is poisoned, repairs what it guards, declares that consistent, and releases the lock. If
    /// the repair throws, or its process dies, the lock is poisoned as before.
    ///
    /// - **Blocking:** as long as the repair runs; never for other holders.
    ///
    /// @param repair run by the calling thread while it holds the lock
    /// @return whether this call repaired it; false if the lock is not poisoned, or not any more
    public boolean recover(Runnable repair) {
        return mutex.recover(repair);
    }

    /// Guards a value, an array or any other object by this lock, as Python's `synchronized` does.
    ///
    /// @param value what to guard
    /// @param <T> its type
    /// @return the value, to be reached under the lock
    public <T> Guarded<T> guard(T value) {
        return new Guarded<>(this, value);
    }

    @Override
    public ObjectReference reference() {
        if (options != null) {
            options.refuseRepair(name());
        }
        return super.reference();
    }

    @Override
    protected void end() {
        mutex.close();
    }

    @Override
    protected String state() {
        return LockOwner.poisoner(mutex).map(owner -> "poisoned by " + owner)
                .or(() -> owner().map(owner -> "held by " + owner)).orElse("free");
    }

    /// The serial form of a lock's handle.
    record Reference(ObjectReference object, LockOptions options, boolean reentrant) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opening -> reentrant
                    ? new SharedReentrantLock(opening, options, true) : new SharedLock(opening, options));
        }
    }

    final Object reference(boolean reentrant) {
        return new Reference(super.reference(), options, reentrant);
    }
}
