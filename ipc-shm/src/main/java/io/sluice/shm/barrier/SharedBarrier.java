package io.sluice.shm.barrier;

import io.sluice.core.park.Waiter;
import io.sluice.core.sync.Rendezvous;
import io.sluice.shm.object.Elsewhere;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedHandle;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.space.HandleAction;
import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A barrier between processes, with the methods of [java.util.concurrent.CyclicBarrier]: a number of threads meet at
/// it again and again.
///
/// - **Threads:** any, platform or virtual, of any process. The number of parties is fixed; any thread may be a party.
/// - **Broken:** the barrier breaks for all, until [#reset], when a party times out, is interrupted, or closes its
///   handle while it waits; when the action fails; by [#abort]; and when a process **dies** that has the barrier open,
///   whether it waits or not, since the others could wait for it in vain. A process that closes its handle while none
///   of its threads waits breaks nothing. A child of `JavaProcess` or a task of a pool that returns closes its handles,
///   and breaks nothing either.
/// - **A party that leaves:** the number of parties stays, as with Python's barrier, and the others wait until another
///   thread arrives in its place, or until a party breaks the barrier.
/// - **Action:** the last party to arrive runs its handle's action once, before the others go on. The action travels
///   with the handle; a process that opens the barrier by its name passes the same action again.
/// - **Slowness:** the others wait for a party that is stopped.
/// - **Ordering:** what each party did before it arrived happens-before the action, and that before what follows the
///   return of any party.
/// - **Allocation:** a few objects for each wait.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public class SharedBarrier extends SharedHandle {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Rendezvous rendezvous;
    private final transient HandleAction action;

    private record Reference(ObjectReference object, HandleAction action) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opening -> new SharedBarrier(opening, action));
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param action run by the last to arrive if it comes through this handle, or null
    /// @hidden
    public SharedBarrier(Opening opening, HandleAction action) {
        super(opening, true);
        SharedObject object = opening.object();
        this.action = action;
        this.rendezvous = new Rendezvous(object.name(), object.address(), action == null ? () -> {} : action,
                object.parking(), object.liveness(), opening.waiting());
    }

    /// Opens a handle of one on another host; for a subclass that does all operations there.
    ///
    /// @param elsewhere the object
    /// @hidden
    protected SharedBarrier(Elsewhere elsewhere) {
        super(elsewhere);
        this.action = null;
        this.rendezvous = null;
    }

    /// Arrives, and waits for all others.
    ///
    /// @return how many had not arrived yet: `getParties() - 1` for the first to arrive, 0 for the last
    /// @throws InterruptedException if the thread was interrupted before or meanwhile; the barrier is broken then
    /// @throws BrokenBarrierException if the barrier is broken, or was broken meanwhile; the message says by what
    public int await() throws InterruptedException, BrokenBarrierException {
        try {
            return rendezvous.await(Waiter.FOREVER);
        } catch (TimeoutException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// Arrives, and waits for all others, no longer than this.
    ///
    /// @param timeout how long; zero and negative do not wait
    /// @param unit of the time-out
    /// @return as for [#await()]
    /// @throws InterruptedException as for [#await()]
    /// @throws BrokenBarrierException as for [#await()]
    /// @throws TimeoutException if the time was up first; the barrier is broken then
    public int await(long timeout, TimeUnit unit)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        return rendezvous.await(Waiter.deadline(unit.toNanos(timeout)));
    }

    /// How many meet.
    ///
    /// @return the number it was created with
    public int getParties() {
        return rendezvous.parties();
    }

    /// How many have arrived and wait; a snapshot.
    ///
    /// @return the number
    public int getNumberWaiting() {
        return rendezvous.waiting();
    }

    /// Whether the barrier is broken; a snapshot.
    ///
    /// @return whether
    public boolean isBroken() {
        return rendezvous.isBroken();
    }

    /// Breaks the barrier for the parties that wait, and makes it usable again.
    public void reset() {
        rendezvous.reset();
    }

    /// Breaks the barrier for the parties that wait, and for those that arrive later, until [#reset]: for a party that
    /// knows that the others would wait for it in vain. Nothing happens if it is broken.
    public void abort() {
        rendezvous.abort();
    }

    @Override
    public ObjectReference reference() {
        if (action != null) {
            throw new UnsupportedOperationException(("barrier '%s' has an action, which a record does not carry; send a"
                    + " handle that was opened without one").formatted(name()));
        }
        return super.reference();
    }

    @Override
    protected void end() {
        rendezvous.close();
    }

    @Override
    protected String state() {
        return "%s, %,d of %,d wait, generation %,d".formatted(
                isBroken() ? "broken" : "whole", getNumberWaiting(), getParties(), rendezvous.generations());
    }

    @Override
    protected Object travelling() {
        return new Reference(super.reference(), action);
    }
}
