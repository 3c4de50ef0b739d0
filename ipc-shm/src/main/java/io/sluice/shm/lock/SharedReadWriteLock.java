package io.sluice.shm.lock;

import io.sluice.core.park.Waiter;
import io.sluice.core.sync.ReadWriteMutex;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedHandle;
import io.sluice.shm.object.SharedObject;
import java.io.Serial;
import java.io.Serializable;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/// A read-write lock between processes: many readers, or one writer.
///
/// - **Threads:** any. A reader may read again; a writer may write and read again, and keep reading when it ends the
///   write. A reader that begins to write gets an `IllegalMonitorStateException`, since it would wait for itself; its
///   `tryLock` returns false. Each handle counts the holds of a thread by itself, so use one handle in each process.
/// - **Death:** readers of a dead process are forgotten. A writer that dies while it writes poisons the lock, or does
///   what the policy says, as with [SharedLock]; a writer that dies while it waits for readers leaves nothing behind.
/// - **Slowness:** a reader or writer that is stopped keeps its holds.
/// - **Fairness:** a writer that waits for the readers inside keeps later readers out; the bound of [SharedLock] holds
///   for readers and writers.
/// - **Conditions:** neither lock has any.
/// - **Allocation:** none, but for the first read of each thread.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedReadWriteLock extends SharedHandle implements ReadWriteLock {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient ReadWriteMutex mutex;
    private final transient LockOptions options;
    private final transient Lock readLock = new ReadLock();
    private final transient Lock writeLock = new WriteLock();

    private record Reference(ObjectReference object, LockOptions options) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opening -> new SharedReadWriteLock(opening, options));
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param options how this handle behaves
    /// @hidden
    public SharedReadWriteLock(Opening opening, LockOptions options) {
        super(opening, true);
        SharedObject object = opening.object();
        this.options = options;
        this.mutex = new ReadWriteMutex(
                object.name(), object.address(), object.parking(), object.liveness(),
                options.core(true, opening.waiting()));
    }

    /// The read lock, which many threads can hold at a time.
    @Override
    public Lock readLock() {
        return readLock;
    }

    /// The write lock, which one thread can hold, while no other reads.
    @Override
    public Lock writeLock() {
        return writeLock;
    }

    /// How many read holds there are; a snapshot.
    ///
    /// @return the number, over all processes
    public int readers() {
        checkOpen();
        return mutex.readers();
    }

    /// The thread that writes, or waits for the readers to leave before it writes; a snapshot.
    ///
    /// @return the thread, or nothing
    public Optional<LockOwner> writer() {
        checkOpen();
        return LockOwner.of(mutex.writers(), object());
    }

    /// Whether any thread reads or writes, in any process; a snapshot.
    ///
    /// @return true if so
    public boolean isLocked() {
        return writer().isPresent() || readers() > 0;
    }

    /// Whether the last writer died, and what the lock guards was not repaired since.
    ///
    /// @return true if so
    public boolean isPoisoned() {
        return mutex.writers().isPoisoned();
    }

    /// Takes the lock to write if it is poisoned, repairs what it guards, and releases it; see [SharedLock#recover].
    ///
    /// @param repair run by the calling thread while it alone holds the lock
    /// @return whether this call repaired it
    public boolean recover(Runnable repair) {
        return mutex.writers().recover(repair);
    }

    @Override
    public ObjectReference reference() {
        options.refuseRepair(name());
        return super.reference();
    }

    @Override
    protected void end() {
        mutex.close();
    }

    @Override
    protected String state() {
        return LockOwner.poisoner(mutex.writers()).map(owner -> "poisoned by " + owner)
                .or(() -> writer().map(writer -> "writer: " + writer)).orElse("%,d readers".formatted(readers()));
    }

    @Override
    protected Object travelling() {
        return new Reference(super.reference(), options);
    }

    /// Implements the four ways to take a lock by one that waits until a deadline.
    private abstract static class Side implements Lock {
        abstract boolean take(long deadline) throws InterruptedException;

        @Override
        public void lock() {
            boolean interrupted = false;
            try {
                for (boolean taken = false; !taken; ) {
                    try {
                        taken = take(Waiter.FOREVER);
                    } catch (InterruptedException later) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            Waiter.checkInterrupt();
            boolean ignored = take(Waiter.FOREVER);
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            Waiter.checkInterrupt();
            boolean taken = take(Waiter.deadline(unit.toNanos(time)));
            if (!taken && time > 0) {
                timedOut();
            }
            return taken;
        }

        abstract void timedOut();

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException("a read-write lock has no conditions; use a SharedReentrantLock");
        }
    }

    private final class ReadLock extends Side {
        @Override
        boolean take(long deadline) throws InterruptedException {
            return mutex.read(deadline);
        }

        @Override
        void timedOut() {
            DeadlockCheck.afterTimeout(object(), "read lock");
        }

        @Override
        public boolean tryLock() {
            return mutex.tryRead();
        }

        @Override
        public void unlock() {
            mutex.endRead();
        }
    }

    private final class WriteLock extends Side {
        @Override
        boolean take(long deadline) throws InterruptedException {
            return mutex.write(deadline);
        }

        @Override
        void timedOut() {
            DeadlockCheck.afterTimeout(object(), "write lock");
        }

        @Override
        public boolean tryLock() {
            return mutex.tryWrite();
        }

        @Override
        public void unlock() {
            mutex.endWrite();
        }
    }
}
