package io.sluice.shm.object;

import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.Reachability;
import java.io.Serial;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicBoolean;

/// The common part of the handles of locks, semaphores, events, barriers, values and arrays: a mapped object, a name,
/// one close, and the serial form.
///
/// - **Lifetime:** [#close()] ends this handle, [#unlink()] removes the name. Closing the last handle of a process
///   gives back what the process held in the object, as its death would.
///
/// A handle is `Serializable`: it carries names, and opens the object again where it is read. An object whose handle is
/// captured by a task of `JavaProcess` or of a pool, or is its element, stays open until the task has arrived. An
/// element of a queue or a pipe keeps no object open, since it may stay there for any time: the sender of a handle of a
/// temporary object keeps its own handle open until the receiver has answered, and a receiver that is too late gets a
/// [io.sluice.shm.error.NoSuchObjectException], or a `CodecException` with that as its cause.
public abstract class SharedHandle implements NamedHandle, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Opening opening;
    private final transient boolean owner;
    /// What stands for the object if it is on another host; otherwise null.
    private final transient Elsewhere elsewhere;
    private final transient AtomicBoolean closed = new AtomicBoolean();

    /// A handle.
    ///
    /// @param opening the mapped object, and how this handle waits
    /// @param owner whether this handle closes the object; otherwise another one does
    protected SharedHandle(Opening opening, boolean owner) {
        this.opening = opening;
        this.owner = owner;
        this.elsewhere = null;
    }

    /// A handle of an object on another host. It has no memory: a subclass does all its operations elsewhere.
    ///
    /// @param elsewhere the object
    protected SharedHandle(Elsewhere elsewhere) {
        this.opening = null;
        this.owner = false;
        this.elsewhere = elsewhere;
    }

    /// The mapped object.
    ///
    /// @return the object
    protected final SharedObject object() {
        return opening.object();
    }

    /// The name of the object in its space.
    ///
    /// @return the name
    @Override
    public String name() {
        return elsewhere == null ? object().name() : elsewhere.name();
    }

    /// Whether the name still leads to this object.
    ///
    /// @return false once it was unlinked, also if another object has the name now
    @Override
    public final boolean isLinked() {
        return elsewhere == null ? object().isStillNamed() : elsewhere.isLinked();
    }

    @Override
    public ObjectReference reference() {
        return elsewhere == null ? opening.reference() : elsewhere.reference();
    }

    /// Removes the name, but only if it still leads to this object. Processes that have it open go on; no other can
    /// find it.
    ///
    /// @return whether this call removed it
    @Override
    public final boolean unlink() {
        return elsewhere == null ? object().unlink() : elsewhere.unlink();
    }

    /// Whether this handle was closed.
    ///
    /// @return whether
    @Override
    public final boolean isClosed() {
        return closed.get();
    }

    /// Refuses to go on after the close. Called after an access: one after the close reached private pages that no
    /// other process sees.
    ///
    /// @throws ClosedException if this handle was closed
    protected final void checkOpen() {
        if (closed.get()) {
            throw new ClosedException("%s '%s': this handle was closed"
                    .formatted(getClass().getSimpleName(), name()));
        }
        Reachability.upToHere(this);
    }

    /// Ends this handle; threads that wait through it are woken, and get a [ClosedException]. A second call does
    /// nothing.
    @Override
    public final void close() {
        Closing closing = new Closing();     // memory first: without it nothing has changed
        AutoCloseable end = elsewhere == null ? this::end : elsewhere;
        if (!closed.getAndSet(true)) {
            closing.then(end);
            if (owner) {
                closing.then(opening);
            }
            closing.end();
        }
    }

    /// Wakes threads that wait through this handle, and refuses every operation from now on.
    protected abstract void end();

    /// The state of the object at this moment, for display; called while the handle is open.
    ///
    /// @return a few words
    protected abstract String state();

    /// Kind, name and state, for display; of an object that is damaged, what is wrong with it.
    @Override
    public final String toString() {
        return Display.of(getClass().getSimpleName(), name(), isClosed(),
                elsewhere == null ? this::state : elsewhere::toString);
    }

    /// The serial form of the handle.
    ///
    /// @return names, which open the object where they are read
    protected abstract Object travelling();

    /// Replaces the handle by its serial form.
    ///
    /// @return as [#travelling]
    @Serial
    protected final Object writeReplace() {
        return elsewhere == null ? travelling() : elsewhere.travelling();
    }
}
