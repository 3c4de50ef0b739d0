package io.sluice.shm.lock;

import io.sluice.shm.object.Elsewhere;
import io.sluice.shm.object.Opening;
import java.io.Serial;

/// A lock between processes that its owner may take again, and must unlock as often. In everything else it is as
/// [SharedLock], which documents threads, fairness and the death of the owner.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public non-sealed class SharedReentrantLock extends OwnedLock {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object, and for values and arrays, which have a lock.
    ///
    /// @param opening the mapped object
    /// @param options how this handle behaves
    /// @param owner whether the handle closes the object
    /// @hidden
    public SharedReentrantLock(Opening opening, LockOptions options, boolean owner) {
        super(opening, options, true, owner);
    }

    /// How many holds of the lock the calling thread has.
    ///
    /// @return the number, 0 if it does not have the lock
    public int holdCount() {
        return mutex().holdCount();
    }

    /// Opens a handle of one on another host; for a subclass that does all operations there.
    ///
    /// @param elsewhere the object
    /// @hidden
    protected SharedReentrantLock(Elsewhere elsewhere) {
        super(elsewhere);
    }

    @Override
    protected Object travelling() {
        return reference(true);
    }
}
