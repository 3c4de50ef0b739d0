package io.sluice.shm.event;

import io.sluice.core.idle.Waitable;
import io.sluice.core.park.Waiter;
import io.sluice.core.sync.Countdown;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedHandle;
import io.sluice.shm.object.SharedObject;
import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;

/// A latch between processes, with the methods of [java.util.concurrent.CountDownLatch]: others wait until it was
/// counted down to zero.
///
/// - **Threads:** any, platform or virtual.
/// - **Death:** a count has no owner. If a process dies before it counted down, its count is missing and the waiters go
///   on waiting; where that matters, use a [io.sluice.shm.barrier.SharedBarrier], or wait with a time-out.
/// - **Ordering:** what happened before each count down happens-before what follows a wait that ended with zero.
/// - **Interrupts:** end a wait.
/// - **Allocation:** none.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedCountDownLatch extends SharedHandle implements Waitable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Countdown countdown;

    private record Reference(ObjectReference object) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(SharedCountDownLatch::new);
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedCountDownLatch(Opening opening) {
        super(opening, true);
        SharedObject object = opening.object();
        this.countdown =
                new Countdown(object.name(), object.address(), object.parking(), object.liveness(), opening.waiting());
    }

    /// Counts down by one; does nothing at zero.
    public void countDown() {
        countdown.countDown();
    }

    /// The remaining count; a snapshot.
    ///
    /// @return the count
    public long getCount() {
        return countdown.count();
    }

    /// Waits until the count is zero.
    ///
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    public void await() throws InterruptedException {
        boolean ignored = countdown.await(Waiter.FOREVER);
    }

    /// Waits until the count is zero, no longer than this.
    ///
    /// @param timeout how long; zero and negative look once
    /// @param unit of the time-out
    /// @return whether it is zero
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        return countdown.await(Waiter.deadline(unit.toNanos(timeout)));
    }

    /// Ready if the count is zero.
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return await(timeout, unit);
    }

    @Override
    protected void end() {
        countdown.close();
    }

    @Override
    protected String state() {
        return "%,d to go".formatted(getCount());
    }

    @Override
    protected Object travelling() {
        return new Reference(reference());
    }
}
