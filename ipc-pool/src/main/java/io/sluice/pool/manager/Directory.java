package io.sluice.pool.manager;

import io.sluice.pool.task.Task;
import io.sluice.shm.space.ObjectHandle;
import java.io.IOException;
import java.util.Locale;

/// The first object of each server, from which clients get all others.
interface Directory {
    /// Its number.
    long ID = 0;

    /// What a named object is.
    enum Kind {
        MAP, LIST, SET, DEQUE, NAMESPACE, VALUE, ARRAY, OBJECT, POOL,
        /// Those of the shared space.
        QUEUE, TASK_QUEUE, LOCK, REENTRANT_LOCK, SEMAPHORE, BOUNDED_SEMAPHORE, EVENT, BARRIER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /// Gets a collection by its name, and makes it if the name is free.
    ///
    /// @param name null for one without a name
    /// @param argument of its making: the first value, the elements of an array, the capacity of a queue; or null
    Remote open(Kind kind, String name, Object argument);

    /// Makes objects of a type available.
    void register(String type, Task<?> supplier);

    /// Gets an object of a registered type by its name, and makes it if the name is free.
    ///
    /// @param name null for one without a name
    Remote object(String type, String name);

    /// Gets an object of the shared space.
    ///
    /// @param make whether it is made if the name is free; otherwise that is an error
    ObjectHandle shared(Kind kind, String name, int argument, boolean make);

    /// Gets an object of the shared space for a client on another host, which holds what it takes there.
    ///
    /// @param make as for [#shared]
    Remote elsewhere(Kind kind, String name, int argument, boolean make);

    /// Gets a queue of the shared space for a client on another host.
    Remote bridged(String name, int capacity);

    /// Frees a name.
    boolean remove(String name);

    /// A reference to an object that this client knows the number of.
    Remote attach(long id);

    /// Which start of which kernel the server runs on.
    String host();

    /// Writes all named objects, and what they hold, to a file.
    void snapshot(String file) throws IOException;

    /// Makes the objects of a file.
    void restore(String file) throws IOException;
}
