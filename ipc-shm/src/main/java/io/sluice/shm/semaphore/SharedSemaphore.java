package io.sluice.shm.semaphore;

import io.sluice.core.park.Waiter;
import io.sluice.core.sync.Permits;
import io.sluice.shm.object.Elsewhere;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedHandle;
import io.sluice.shm.object.SharedObject;
import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;

/// A counting semaphore between processes, with the methods of [java.util.concurrent.Semaphore].
///
/// - **Ownership:** each permit is on the account of the process that acquired it. When the process dies, or closes its
///   last handle, what is on its account comes back, each permit exactly once.
/// - **Hand-over:** another process may release what this one acquired. To keep the accounts exact, call [#handOver]:
///   it takes permits off this process's account, and the process that gets the work releases them. Without that call
///   the release is a debt of the accounts. If only one account holds permits, that account pays it. If several do, the
///   first of them to close pays: it may return less than it should, until the others have closed; there are never more
///   permits than there should be. Permits that are signals, released here and acquired elsewhere, are better made
///   without ownership, see [SemaphoreOptions#signalling].
/// - **Bound:** a release beyond the bound throws, exactly, and releases nothing. Without a bound, a release of a
///   permit that no process had acquired makes a new one.
/// - **Threads:** any, platform or virtual. A process that is stopped keeps its permits, and delays no thread that
///   finds others.
/// - **Fairness:** none.
/// - **Ordering:** what happened before a release happens-before what follows an acquire of what it released.
/// - **Interrupts:** end the interruptible methods, which then have acquired nothing.
/// - **Allocation:** none, unless several permits must be waited for.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public class SharedSemaphore extends SharedHandle {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Permits permits;
    private final transient SemaphoreOptions options;

    private record Reference(ObjectReference object, SemaphoreOptions options) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opening -> new SharedSemaphore(opening, options));
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param options how it is made
    /// @hidden
    public SharedSemaphore(Opening opening, SemaphoreOptions options) {
        super(opening, true);
        SharedObject object = opening.object();
        this.options = options;
        this.permits = new Permits(object.name(), object.address(), options.bound(), options.owned(), object,
                object.parking(), object.liveness(), opening.waiting());
    }

    /// Opens a handle of one on another host; for a subclass that does all operations there.
    ///
    /// @param elsewhere the object
    /// @hidden
    protected SharedSemaphore(Elsewhere elsewhere) {
        super(elsewhere);
        this.options = null;
        this.permits = null;
    }

    /// Acquires a permit, and waits for it until interrupted.
    ///
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    public void acquire() throws InterruptedException {
        acquire(1);
    }

    /// Acquires permits, all at once, and waits for them until interrupted.
    ///
    /// @param permits how many, not negative
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    /// @throws IllegalArgumentException if `permits` is negative
    public void acquire(int permits) throws InterruptedException {
        boolean ignored = this.permits.acquire(permits, Waiter.FOREVER);
    }

    /// Acquires a permit; waits for it without a limit. An interrupt does not end the wait; its status is kept.
    public void acquireUninterruptibly() {
        acquireUninterruptibly(1);
    }

    /// Acquires permits, all at once; waits for them without a limit. An interrupt does not end the wait; its status is
    /// kept.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalArgumentException if `permits` is negative
    public void acquireUninterruptibly(int permits) {
        this.permits.acquireUninterruptibly(permits);
    }

    /// Acquires a permit if there is one.
    ///
    /// @return whether
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /// Acquires permits if they are all there.
    ///
    /// @param permits how many, not negative
    /// @return whether
    /// @throws IllegalArgumentException if `permits` is negative
    public boolean tryAcquire(int permits) {
        return this.permits.tryAcquire(permits);
    }

    /// Acquires a permit, and waits for it no longer than this.
    ///
    /// @param timeout how long; zero and negative try once
    /// @param unit of the time-out
    /// @return whether
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    public boolean tryAcquire(long timeout, TimeUnit unit) throws InterruptedException {
        return tryAcquire(1, timeout, unit);
    }

    /// Acquires permits, all at once, and waits for them no longer than this.
    ///
    /// @param permits how many, not negative
    /// @param timeout how long; zero and negative try once
    /// @param unit of the time-out
    /// @return whether
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    /// @throws IllegalArgumentException if `permits` is negative
    public boolean tryAcquire(int permits, long timeout, TimeUnit unit) throws InterruptedException {
        return this.permits.acquire(permits, Waiter.deadline(unit.toNanos(timeout)));
    }

    /// Releases a permit.
    ///
    /// @throws IllegalStateException if there would be more than the bound
    public void release() {
        release(1);
    }

    /// Releases permits: from this process's account as far as it has them, the rest as permits of other processes.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalStateException if there would be more than the bound; nothing was released then
    /// @throws IllegalArgumentException if `permits` is negative
    public void release(int permits) {
        this.permits.release(permits);
    }

    /// Takes permits off this process's account, since another process will release them. Until then they have no
    /// owner, and no death returns them.
    ///
    /// @param permits how many, not negative
    /// @throws IllegalStateException if fewer are on the account; nothing was handed over then
    /// @throws IllegalArgumentException if `permits` is negative
    public void handOver(int permits) {
        this.permits.handOver(permits);
    }

    /// Acquires all available permits. If [#reducePermits] has made their number negative, it is zero afterwards.
    ///
    /// @return the number before; may be negative
    public int drainPermits() {
        return permits.drain();
    }

    /// Lowers the number of available permits without waiting: it may become negative, and then as many releases as are
    /// missing make no permit available. Acquired permits stay on their accounts, and come back as usual. The permits
    /// taken away belong to no process, and no death returns them; a release beyond the acquired ones makes new ones.
    ///
    /// @param reduction how many, not negative
    /// @throws IllegalArgumentException if it is negative
    /// @throws IllegalStateException if the number would be too low for an int; nothing was reduced then
    public void reducePermits(int reduction) {
        permits.reduce(reduction);
    }

    /// Whether threads wait for permits, in any process; a snapshot.
    ///
    /// @return whether
    public boolean hasQueuedThreads() {
        return getQueueLength() > 0;
    }

    /// How many threads wait for permits, in all processes; a snapshot, by a walk over the accounts. Waiters of a dead
    /// process count until its death is noticed.
    ///
    /// @return the number
    public int getQueueLength() {
        return permits.waiting();
    }

    /// Whether permits go to the thread that has waited longest.
    ///
    /// @return false: see the type
    public boolean isFair() {
        return false;
    }

    /// How many permits are available; a snapshot. Negative after [#reducePermits] by more than there were.
    ///
    /// @return the number
    public int availablePermits() {
        return permits.available();
    }

    /// Whether no permit is available, so that an acquisition of one would wait; a snapshot.
    ///
    /// @return true if so
    public boolean isLocked() {
        return availablePermits() <= 0;
    }

    /// How many permits were acquired, by any process, and not released; a snapshot.
    ///
    /// @return the number
    /// @throws io.sluice.core.error.CorruptObjectException if the memory holds what no participant can have written
    public int outstandingPermits() {
        return permits.outstanding();
    }

    /// How many permits are on this process's account; a snapshot.
    ///
    /// @return the number; 0 if permits have no owners
    /// @throws io.sluice.core.error.CorruptObjectException if the memory holds what no participant can have written
    public int heldPermits() {
        int held = permits.held();
        checkOpen();
        return held;
    }

    @Override
    protected void end() {
        permits.close();
    }

    @Override
    protected String state() {
        return "%,d available, %,d out, %,d of them here%s".formatted(availablePermits(), outstandingPermits(),
                heldPermits(), options.bound() == SemaphoreOptions.UNBOUNDED ? "" : ", bound " + options.bound());
    }

    @Override
    protected Object travelling() {
        return new Reference(reference(), options);
    }
}
