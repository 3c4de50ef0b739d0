package io.sluice.pool.manager;

/// What a thread that encodes or decodes does with the proxies that it meets.
interface References {
    /// Of the message that this thread encodes or decodes. Java serialization finds proxies deep inside of objects of
    /// user code, so it is bound to the thread instead of being handed down.
    ScopedValue<References> CURRENT = ScopedValue.newInstance();

    /// Notes that the message holds a proxy for an object of this server.
    void written(Exported object);

    /// Finds the object of a proxy.
    ///
    /// @return null if it belongs to another server
    /// @throws io.sluice.shm.error.NoSuchObjectException if it belongs to this one, and is not there any more
    Remote read(RemoteForm form);
}
