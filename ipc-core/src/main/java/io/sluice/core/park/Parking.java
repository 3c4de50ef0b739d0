package io.sluice.core.park;

/// How a waiter sleeps on a 32-bit word of shared memory, and how it is woken: the port between the algorithms and the
/// kernel. Linux implements it with `futex(2)` and `membarrier(2)`; tests implement it with a script.
public interface Parking {
    /// Sleeps while the word holds `expected`: until woken, until the time has passed, or until a spurious wake-up.
    ///
    /// - **Blocking:** at most `nanos`; may return early. An interrupt may end it or not; the flag stays as it is.
    /// - **Threads:** any, platform or virtual; a virtual thread does not pin its carrier.
    ///
    /// @param address absolute address of the word, aligned to 4
    /// @param expected the value at which sleeping makes sense
    /// @param nanos longest sleep in nanoseconds, positive
    void park(long address, int expected, long nanos);

    /// Wakes all sleepers of the word, in every process. The caller has changed the word before, or needs them to look
    /// again.
    ///
    /// @param address absolute address of the word, aligned to 4
    void unpark(long address);

    /// Wakes one sleeper of the word, in any process. The caller has changed the word before.
    ///
    /// @param address absolute address of the word, aligned to 4
    /// @return whether one was woken
    boolean unparkOne(long address);

    /// Makes every earlier store of this thread visible to every thread of every participant, and every earlier store
    /// of those threads visible here, as if each of them had executed a full fence at this instant. With it the other
    /// side of a store-then-load handshake needs no fence of its own, see [#fence()].
    void heavyFence();

    /// Whether each heavy fence of this process so far was one for every participant.
    ///
    /// @return false where the kernel refuses it to this process
    default boolean fencesOthers() {
        return true;
    }

    /// The cheap side of the handshake: nothing where [#heavyFence()] reaches this process, a full fence elsewhere.
    void fence();
}
