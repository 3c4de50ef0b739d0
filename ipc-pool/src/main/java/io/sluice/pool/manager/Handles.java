package io.sluice.pool.manager;

import io.sluice.shm.space.ObjectHandle;

/// Opens objects of a server's space: in shared memory on the server's host, by calls of the server elsewhere.
final class Handles {
    private Handles() {}

    /// A handle of an object.
    ///
    /// @param shared whether this process shares memory with the server
    /// @param argument of its making: permits, parties, capacity; or 0
    /// @param make whether the object is made if the name is free; otherwise that is an error
    static ObjectHandle open(
            Session session, boolean shared, Directory.Kind kind, String name, int argument, boolean make) {
        if (shared) {
            return session.directory().shared(kind, name, argument, make);
        }
        Remote remote = session.directory().elsewhere(kind, name, argument, make);
        RemoteObject object = new RemoteObject(session, kind, name, argument, remote);
        return switch (kind) {
            case LOCK -> new RemoteLock(object);
            case REENTRANT_LOCK -> new RemoteReentrantLock(object);
            case SEMAPHORE, BOUNDED_SEMAPHORE -> new RemoteSemaphore(object);
            case EVENT -> new RemoteEvent(object);
            case BARRIER -> new RemoteBarrier(object);
            case TASK_QUEUE -> new RemoteTaskQueue<>(object);
            default -> throw new IllegalArgumentException(
                    "'%s': a %s is not an object in shared memory".formatted(name, kind));
        };
    }
}
