package io.sluice.core.crash;

/// The named steps of the algorithms at which a process may be killed with consequences worth testing.
///
/// In production [#reached()] is an empty method and compiles to nothing. The tests of each module carry another
/// version of this class, put in front of this one, which kills the process (`kill -9` of itself) at a chosen hit of a
/// chosen point; so the code that is tested is the code that ships.
public enum CrashPoint {
    /// Many producers: the slot is claimed, the tail has not moved.
    CLAIM_WORD_SET,
    /// A claim stands; nothing, or a part, of the message is written.
    CLAIM_HELD,
    /// The message is committed; sleepers have not been woken.
    COMMIT_WORD_SET,
    /// The claim is given up; sleepers have not been woken.
    ABORT_WORD_SET,
    /// Many consumers: the message is taken, the head has not moved.
    TAKE_WORD_SET,
    /// The message is taken; nobody has read it.
    TAKE_HELD,
    /// A message of several slots is acknowledged; none of its slots is free yet.
    RELEASE_DONE_SET,
    /// Some of the slots of a message are free, its first is not.
    RELEASE_HALF_STAMPED,
    /// The slots are free; sleepers have not been woken.
    RELEASE_WORD_SET,
    /// A message is given back; the head has not been lowered.
    GIVE_BACK_WORD_SET,
    /// A waiter has announced that it will sleep.
    WAIT_ANNOUNCED,
    /// The flag is up; sleepers have not been woken.
    SHUTDOWN_FLAG_SET,
    /// A cleaner holds the dead owner's byte; nothing is done.
    RECOVER_BEGUN,
    /// A cleaner has treated one slot of a ring.
    RECOVER_SLOT_DONE,
    /// A cleaner has treated the objects; the registry still names the dead owner.
    RECOVER_OBJECTS_DONE,
    /// A new region is complete and has no name.
    CREATE_UNNAMED,
    /// A new region has its name, and its creator among its participants; the creator does not know it yet.
    CREATE_NAMED,
    /// A region is mapped; this process is not yet among its participants.
    ATTACH_MAPPED,
    /// This process is among the participants.
    ATTACH_JOINED,
    /// A large message has its slot; its side region does not exist.
    LARGE_CLAIMED,
    /// The side region of a large message exists; the message is not committed.
    LARGE_WRITTEN,
    /// A large message is released; its side region still has its name.
    LARGE_RELEASED,
    /// The sweeper has decided to remove a name and has not done so.
    SWEEP_BEFORE_UNLINK,
    /// A process has the byte of a slot; the registry does not know it yet.
    JOIN_LOCKED,
    /// The registry knows the process; it has no object open.
    JOIN_LIVE,
    /// A process has left all objects; the registry still names it.
    LEAVE_BEFORE_FREE,
    /// The last process has removed the registry of a space; its lock file and its directory are still there.
    REMOVE_HALF_DONE;

    /// Marks that a thread has come to this step. Empty: see the type.
    public void reached() {
        // Empty in production; tests put another version of this class in front of this one.
    }
}
