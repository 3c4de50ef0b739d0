package io.sluice.shm.object;

/// An object on another host, which a handle of this process stands for. The handle refers to no memory; what it does
/// goes by a connection.
///
/// - **Threads:** any.
public interface Elsewhere extends AutoCloseable {
    /// The name of the object in its space.
    ///
    /// @return the name
    String name();

    /// Whether the name still leads to the object; a call to its host.
    ///
    /// @return whether
    boolean isLinked();

    /// Removes the name, if it still leads to the object; a call to its host.
    ///
    /// @return whether this call removed it
    boolean unlink();

    /// The names of the object, for a record.
    ///
    /// @return never
    /// @throws UnsupportedOperationException always: they mean nothing to a process that is not on that host
    default ObjectReference reference() {
        throw new UnsupportedOperationException(("'%s' is on another host, and a record carries names of this one; send"
                + " the name, and let the receiver ask its manager for it").formatted(name()));
    }

    /// The serial form of a handle.
    ///
    /// @return asks for the object again where it is read
    Object travelling();

    /// Ends the handle; called once.
    @Override
    void close();
}
