package io.sluice.core.owner;

/// What an algorithm may ask about the owners of one shared object: the port between recovery and the kernel.
///
/// An owner is a process, named by its slot in the registry of the space: 1 to 1023, 0 is nobody. A slot is given to
/// another process only after all that its last owner held in this object has been given back.
public interface Liveness {
    /// The largest number an owner can have; it must fit the owner field of every word that can be held.
    int MAX_OWNER = 1023;

    /// The slot of this process.
    ///
    /// @return 1 to [#MAX_OWNER]
    int self();

    /// Looks for dead owners among those attached to the object, and finishes their operations as they would have.
    /// A waiter calls it after its first slice of sleep, and a thread of [io.sluice.core.park.Waiter] for all who sleep
    /// longer. A stopped process is not dead.
    ///
    /// - **Blocking:** about half a microsecond per attached process; milliseconds if an owner has died.
    void sweep();

    /// Whether [#sweep()] would find something to do, without doing it.
    ///
    /// - **Blocking:** never for what an owner left behind; about half a microsecond per attached process.
    /// - **Threads:** called by the one thread that looks for all sleepers of this process, for many objects in a row.
    ///
    /// @param sinceNanos a time of [System#nanoTime()]: an owner that was seen alive at or after it needs no second
    ///     look
    /// @return false if all owners are alive; an implementation that cannot tell answers true, and is swept
    default boolean hasDead(long sinceNanos) {
        return true;
    }
}
