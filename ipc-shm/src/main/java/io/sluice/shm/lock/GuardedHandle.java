package io.sluice.shm.lock;

import io.sluice.core.owner.Closing;
import io.sluice.shm.body.Guard;
import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedHandle;
import java.io.Serial;

/// A value or an array, with a lock of its own; its methods work with and without the lock.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public abstract class GuardedHandle extends SharedHandle {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient SharedReentrantLock lock;

    /// A handle.
    ///
    /// @param opening the mapped object, which the handle closes; its body begins with the lock
    /// @hidden
    protected GuardedHandle(Opening opening) {
        super(opening, true);
        this.lock = new SharedReentrantLock(opening, LockOptions.defaults(), false);
    }

    /// The lock that comes with the object, the same one in every process. No method of this object takes it: several
    /// steps are atomic only if all their callers take it. It is poisoned if its holder dies, see [SharedLock].
    ///
    /// @return the lock, which ends with this handle
    public final SharedReentrantLock lock() {
        return lock;
    }

    /// Where the data begins in this process.
    ///
    /// @return absolute address, a multiple of a page
    protected final long data() {
        return object().address() + Guard.BYTES;
    }

    /// Copies as an object of its own; for `SharedSpace`, which opens it.
    ///
    /// @param name of the copy
    /// @param temporary whether it goes with its last user
    /// @return an object with the same contents, taken at the time it is created, and a free lock
    /// @hidden
    public abstract ObjectSpec copySpec(String name, boolean temporary);

    /// A handle of the same type for another object; for `SharedSpace`.
    ///
    /// @param other an object with the same parameters
    /// @return a handle, which closes the object
    /// @hidden
    public abstract GuardedHandle open(Opening other);

    @Override
    protected final void end() {
        new Closing().then(lock).then(this::endData).end();
    }

    /// Wakes threads that wait for the data, and refuses every access from now on.
    protected void endData() {
        // Most kinds of data have no waiters.
    }

    @Override
    protected final String state() {
        return "%s, lock %s".formatted(content(), lock.isClosed() ? "closed" : lock.state());
    }

    /// The state of the data at this moment, for display.
    ///
    /// @return a few words
    protected abstract String content();
}
