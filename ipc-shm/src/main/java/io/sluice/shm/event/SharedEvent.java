package io.sluice.shm.event;

import io.sluice.core.idle.Waitable;
import io.sluice.core.park.Waiter;
import io.sluice.core.sync.Signal;
import io.sluice.shm.object.Elsewhere;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedHandle;
import io.sluice.shm.object.SharedObject;
import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;

/// An event between processes: a flag that some raise and others wait for.
///
/// - **Threads:** any, platform or virtual.
/// - **Never missed:** a set ends the waits of all waiters of that time, also if the flag is cleared before they wake.
/// - **Death:** the flag has no owner, so a death leaves it unchanged. If the signaller dies between raising the flag
///   and waking the waiters, they wake within some 25 ms. A waiter that dies delays no other.
/// - **Ordering:** what happened before a set happens-before what follows a wait that it ended.
/// - **Interrupts:** end a wait.
/// - **Allocation:** none, unless it has to wait.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public class SharedEvent extends SharedHandle implements Waitable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Signal signal;

    private record Reference(ObjectReference object) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(SharedEvent::new);
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedEvent(Opening opening) {
        super(opening, true);
        SharedObject object = opening.object();
        this.signal = new Signal(
                object.name(), object.address(), object.parking(), object.liveness(), opening.waiting());
    }

    /// Opens a handle of one on another host; for a subclass that does all operations there.
    ///
    /// @param elsewhere the object
    /// @hidden
    protected SharedEvent(Elsewhere elsewhere) {
        super(elsewhere);
        this.signal = null;
    }

    /// Raises the flag, and ends all waits. Nothing happens to the flag if it is up.
    public void set() {
        boolean ignored = signal.set();
    }

    /// Lowers the flag. Nothing happens if it is down.
    public void clear() {
        boolean ignored = signal.clear();
    }

    /// Whether the flag is up; a snapshot.
    ///
    /// @return whether
    public boolean isSet() {
        return signal.isSet();
    }

    /// How often the flag has gone up.
    ///
    /// @return a count since the event was created
    public long sets() {
        return signal.sets();
    }

    /// Waits until the flag is up, or was up at some time since the call.
    ///
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    public void await() throws InterruptedException {
        boolean ignored = signal.await(Waiter.FOREVER);
    }

    /// Waits until the flag is up, or was up at some time since the call, no longer than this.
    ///
    /// @param timeout how long; zero and negative look once
    /// @param unit of the time-out
    /// @return whether it was up
    /// @throws InterruptedException if the thread was interrupted before or meanwhile
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        return signal.await(Waiter.deadline(unit.toNanos(timeout)));
    }

    /// Ready if the flag is up, or was since the call.
    @Override
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return await(timeout, unit);
    }

    @Override
    protected void end() {
        signal.close();
    }

    @Override
    protected String state() {
        return "%s, raised %,d times".formatted(isSet() ? "set" : "not set", sets());
    }

    @Override
    protected Object travelling() {
        return new Reference(reference());
    }
}
