package io.sluice.pool.manager;

import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.List;

/// The way from a [Remote] to its object: through a session of this process, or within the server itself.
///
/// - **Threads:** any.
interface Link {
    /// Calls a method of an object.
    ///
    /// @param arguments may be null for none
    /// @return its result
    /// @throws Throwable what the method has thrown, with the remote trace as its root cause; a [ManagerEndedException]
    Object call(Remote target, Method method, Object[] arguments) throws Throwable;

    /// Whether a function can be sent to the server. One that cannot runs here.
    boolean travels(Object function);

    /// Encodes as many elements as fit into one message, at least one if there is one.
    Chunk pack(Iterator<?> elements);

    /// Encodes all elements.
    Chunk packAll(List<?> elements);

    /// The elements of a chunk.
    List<Object> unpack(Chunk chunk);

    /// What travels for a proxy, and counts it where the receiver is known.
    RemoteForm form(Remote remote);

    /// Equal for all proxies of one server.
    Object server();

    /// The name of the manager, for messages.
    String name();
}
