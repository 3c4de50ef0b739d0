/// Objects that live in one server process and are used by many, on one host or on several.
///
/// Start at [io.sluice.pool.manager.Manager]: it starts a server or connects to one, and gives maps, lists, sets,
/// deques, values and objects of the application as proxies with the interfaces of the JDK; and locks, queues and
/// events in shared memory, by the same names.
///
/// Inside: a proxy consists of a `Remote`, which names an object and calls it by a `Link`. In a client that is a
/// `Session`, over a `Transport`; in the server, the `Server` itself. A `Contract` numbers the methods of an interface,
/// which are all that can be called. `ServerMap`, `ServerList` and `ServerDeque` have the elements, and `ManagedMap`
/// and the others are their proxies. `Wire` encodes, `Chunk` and `Batches` carry many elements, `Snapshot` keeps them.
///
/// Promised: each call is done at most once; a call that returned was done; methods of a collection are atomic, but for
/// those that take or give many elements; the end of the server is one exception. Not promised: that a call whose
/// client or server died was done or not; that values which were changed after they came out change in the server.
package io.sluice.pool.manager;
