package io.sluice.shm.lock;

import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.SharedObject;
import java.io.Serial;

/// A lock between processes that its owner may take again; to be unlocked as often. In everything else a [SharedLock],
/// which says what happens to threads, to waiters, and when the owner dies.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedReentrantLock extends OwnedLock {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object, and for values and arrays, which have a lock.
    ///
    /// @param object the mapped object
    /// @param options how this handle behaves
    /// @param owner whether the handle closes the object
    /// @hidden
    public SharedReentrantLock(SharedObject object, LockOptions options, boolean owner) {
        super(object, options, true, owner);
    }

    /// What a lock is in its space.
    ///
    /// @param name of the object
    /// @param options how it is made
    /// @param temporary whether it goes with its last user
    /// @return the specification of the object
    /// @hidden
    public static ObjectSpec spec(String name, LockOptions options, boolean temporary) {
        return spec(name, options, true, temporary);
    }

    /// How often the calling thread has the lock.
    ///
    /// @return 0 if it has not
    public int holdCount() {
        return mutex().holdCount();
    }

    @Override
    protected Object travelling() {
        return reference(true);
    }
}
