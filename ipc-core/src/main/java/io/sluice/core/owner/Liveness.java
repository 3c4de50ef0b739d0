package io.sluice.core.owner;

/// The state of the owners of one shared object: the port between recovery and the kernel.
///
/// An owner is a process, named by its slot in the registry of the space: 1 to 1023; 0 is no owner. A slot is
/// reused only after everything that its last owner held in this object has been given back.
public interface Liveness {
    /// The largest number an owner can have; it must fit the owner field of every word that can be held.
    int MAX_OWNER = 1023;

    /// What the events of Flight Recorder call the object.
    ///
    /// @return space and name; empty if it has none
    default String object() {
        return "";
    }

    /// Where the object's [WaitCounters] are.
    ///
    /// @return absolute address; 0 if it has none
    default long counters() {
        return 0;
    }

    /// The slot of this process.
    ///
    /// @return 1 to [#MAX_OWNER]
    int self();

    /// Looks for dead owners attached to the object, and finishes their operations. A waiter calls it after its first
    /// slice of sleep; a thread of [io.sluice.core.park.Waiter] calls it for all longer sleepers. A stopped process is
    /// not dead.
    ///
    /// - **Blocking:** about half a microsecond per attached process; milliseconds if an owner has died.
    void sweep();

    /// Whether [#sweep()] would find work, without doing it.
    ///
    /// - **Blocking:** never for a recovery; about half a microsecond per attached process.
    /// - **Threads:** called by the one thread that watches for all sleepers of this process, for many objects in a
    ///   row.
    ///
    /// @param sinceNanos a time of [System#nanoTime()]: an owner that was seen alive at or after it needs no second
    ///     look
    /// @return false if all owners are alive; an implementation that cannot tell returns true, and is swept
    default boolean hasDead(long sinceNanos) {
        return true;
    }

    /// The port of a cleaner, which acts as a dead owner and has nothing to sweep itself.
    ///
    /// @param dead the owner, or 0 for none
    /// @return the port
    static Liveness of(int dead) {
        return new Liveness() {
            @Override
            public int self() {
                return dead;
            }

            @Override
            public void sweep() {
                // The caller is the sweeper.
            }
        };
    }
}
