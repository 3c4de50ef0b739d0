package io.sluice.core.crash;

/// The named steps of the algorithms at which the death of a process has consequences worth testing.
///
/// In production [#reached()] ends in an empty method and compiles to nothing. The tests of each module replace only
/// `CrashHook`, the class behind it, by one that kills its own process with SIGKILL at a chosen hit of a chosen point.
/// The tested code is the shipped code.
public enum CrashPoint {
    /// Many producers: the slot is claimed, the tail has not moved.
    CLAIM_WORD_SET,
    /// One thread alone claims, or takes: it has the bias, and has done nothing with it.
    BIAS_GRANTED,
    /// The holder of a bias has found a position that it may take; it does not stand there yet.
    BIAS_FOUND,
    /// The holder of a bias stands at a position; it has not looked whether the bias was revoked.
    BIAS_STANDS,
    /// A bias is revoked; it is not decided what its holder keeps.
    BIAS_REVOKED,
    /// It is decided what the holder of a revoked bias keeps; the word does not say so.
    BIAS_DECIDED,
    /// The word says what the holder of a revoked bias keeps; the bias is not shared yet.
    BIAS_MARKED,
    /// A claim stands; nothing, or a part, of the message is written.
    CLAIM_HELD,
    /// An only producer has announced a message, and not looked whether the ring was shut down.
    COMMIT_ANNOUNCED,
    /// The message is committed; sleepers have not been woken.
    COMMIT_WORD_SET,
    /// The claim is given up; sleepers have not been woken.
    ABORT_WORD_SET,
    /// Many consumers: the message is taken, the head has not moved.
    TAKE_WORD_SET,
    /// The message is taken; no step of its handler has run.
    TAKE_HELD,
    /// A message of several slots is acknowledged; none of its slots is free yet.
    RELEASE_DONE_SET,
    /// Some of the slots of a message are free, its first is not.
    RELEASE_HALF_STAMPED,
    /// The slots are free; sleepers have not been woken.
    RELEASE_WORD_SET,
    /// A message is given back; sleeping consumers have not been woken.
    GIVE_BACK_WORD_SET,
    /// A waiter is registered as a sleeper; it does not sleep yet.
    WAIT_ANNOUNCED,
    /// The flag is up; sleepers have not been woken.
    SHUTDOWN_FLAG_SET,
    /// A lock is taken; its holder has done nothing under it.
    LOCK_WORD_SET,
    /// A waiter that lost too often is the heir of the lock; it does not hold the lock yet.
    LOCK_HEIR_SET,
    /// A lock is free; sleepers have not been woken.
    UNLOCK_WORD_SET,
    /// A poisoned lock is held by the thread that repairs the guarded data.
    LOCK_REPAIR_BEGUN,
    /// A waiter is in the list of its condition, and still holds the lock.
    CONDITION_ENTERED,
    /// A waiter was signalled, or gave up; it has not taken the lock again.
    CONDITION_WOKEN,
    /// A waiter is marked as signalled; it has not been woken.
    CONDITION_SIGNALLED,
    /// A reader is counted; it has not looked for a writer.
    READER_COUNTED,
    /// A reader is no longer counted; the writer that waits for it has not been woken.
    READER_UNCOUNTED,
    /// A writer keeps new readers out, and waits for the present ones to end.
    WRITER_WAITING_FOR_READERS,
    /// The next move of permits is written down; it has not taken effect.
    PERMITS_INTENDED,
    /// The permits have moved; the account of their process has not.
    PERMITS_WORD_SET,
    /// The permits have moved and are accounted for; sleepers have not been woken.
    PERMITS_ACCOUNTED,
    /// The flag of an event is up; sleepers have not been woken.
    EVENT_WORD_SET,
    /// A latch is counted down; sleepers have not been woken.
    LATCH_WORD_SET,
    /// A party that is not the last has arrived at a barrier.
    BARRIER_ARRIVED,
    /// All parties have arrived at a barrier; its action has not run.
    BARRIER_FULL,
    /// The end of a barrier's generation is decided; the next generation has not begun.
    BARRIER_DECIDED,
    /// The next generation of a barrier has begun; sleepers have not been woken.
    BARRIER_ADVANCED,
    /// A cell is claimed for writing; nothing, or a part, of the value is written.
    VALUE_CLAIMED,
    /// The new value is complete beside the current one; readers do not see it yet.
    VALUE_WRITTEN,
    /// The new value is the current one; sleeping writers have not been woken.
    VALUE_PUBLISHED,
    /// A client has claimed a cell for its call; no request is sent.
    CALL_CELL_CLAIMED,
    /// A client has taken its call back from the servers; the word of the answer does not say so yet.
    CALL_TAKEN_BACK,
    /// A client has left the cell of its call; callers that wait for a cell have not been woken.
    CALL_CELL_LEFT,
    /// A server has leased a call; its request still has a slot in the ring, and no step of the handler has run.
    CALL_LEASED,
    /// The request of a leased call has left the ring; no step of the handler has run.
    CALL_REQUEST_RELEASED,
    /// The answer of a call is written; its word does not say so.
    CALL_ANSWER_WRITTEN,
    /// A call has ended; its client has not been woken.
    CALL_ENDED,
    /// A cleaner has ended one call that the dead owner had leased.
    RECOVER_CALL_ENDED,
    /// A cleaner has claimed the dead owner's entry in an object; nothing is recovered.
    RECOVER_BEGUN,
    /// A cleaner has recovered one slot of a ring.
    RECOVER_SLOT_DONE,
    /// A cleaner has taken a lock from a dead owner; sleepers have not been woken.
    RECOVER_LOCK_TAKEN,
    /// A cleaner has settled the dead owner's last move of permits; the permits it held are not given back.
    RECOVER_PERMITS_SETTLED,
    /// A cleaner has recovered an object; its table still names the dead owner.
    RECOVER_OBJECT_DONE,
    /// A cleaner has recovered all objects; the registry still names the dead owner.
    RECOVER_OBJECTS_DONE,
    /// A new region is complete and has no name.
    CREATE_UNNAMED,
    /// A new region has its name, and its creator among its participants; the creator has not returned.
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
    /// The delivery of a task is counted; its consumer has not read it.
    TASK_COUNTED,
    /// A task is among the dead letters, and still in its queue.
    TASK_BURIED,
    /// The sweeper has decided to remove a name and has not done so.
    SWEEP_BEFORE_UNLINK,
    /// A process has locked the byte of a slot; the registry does not name it yet.
    JOIN_LOCKED,
    /// The registry names the process; it has no object open.
    JOIN_LIVE,
    /// A process has left all objects; the registry still names it.
    LEAVE_BEFORE_FREE,
    /// A role of a ring is reserved for a successor; its holder has not left it.
    ROLE_RESERVED,
    /// A successor has taken a reserved role, and no second role.
    RESERVED_ROLE_TAKEN,
    /// The last process has removed the registry of a space; its lock file and directory still exist.
    REMOVE_HALF_DONE,
    /// A temporary space is noted in its root; its directory may not exist.
    SPACE_NOTED,
    /// The directory of a space is removed; its note still exists.
    SPACE_REMOVED,
    /// The space of an ending process is moved away; its removal has not been requested.
    SPACE_MOVED,
    /// A worker has taken a task out of its queue, and has not begun it.
    POOL_TASK_TAKEN,
    /// A worker has marked a task as begun; no step of it has run.
    POOL_TASK_BEGUN,
    /// A worker has the result of a task; the pool does not.
    POOL_TASK_RUN,
    /// A worker has sent the result of a task.
    POOL_RESULT_SENT,
    /// A pool has assigned a task to a worker; the task has not been sent.
    POOL_TASK_PLACED,
    /// A pool has sent a task to a worker.
    POOL_TASK_SENT,
    /// A listener has made a pipe for a client; the client does not know of it.
    CONNECTION_PIPE_MADE,
    /// A listener has told a client of its pipe; the client has not answered.
    CONNECTION_MOVE_OFFERED,
    /// A client has entered a listener's pipe, or failed to; it has not answered.
    CONNECTION_PIPE_ENTERED,
    /// A client has answered whether it moves; it has no greeting.
    CONNECTION_MOVE_ANSWERED,
    /// A listener knows whether the client has moved; it has not greeted it.
    CONNECTION_MOVE_AGREED,
    /// A client has the greeting of a listener; its connect has not returned.
    CONNECTION_MADE,
    /// A client has told the server of a manager that it is there; it has no welcome.
    MANAGER_HELLO_SENT,
    /// A client of a manager has sent a call; it has no answer.
    MANAGER_CALL_SENT,
    /// A client of a manager has an answer, and has not decoded it: proxies in it are not counted here.
    MANAGER_ANSWER_RECEIVED,
    /// The server of a manager knows a client; it has not sent the welcome.
    MANAGER_SESSION_MADE,
    /// The server of a manager has a call, and has done nothing of it.
    MANAGER_CALL_RECEIVED,
    /// The server of a manager has done a call; the answer is not sent.
    MANAGER_CALL_DONE,
    /// The server of a manager has sent an answer.
    MANAGER_ANSWER_SENT,
    /// The server of a manager has entered its space for a client on another host; no object is open.
    MANAGER_GUEST_ENTERED,
    /// The server of a manager knows that a client has ended; it has given nothing back.
    MANAGER_SESSION_OVER,
    /// A receiving gateway has noted where it is about to commit a message; the message is not committed.
    GATEWAY_MESSAGE_INTENDED,
    /// A receiving gateway has noted the object of another sender, and not where the sequences of that one begin.
    GATEWAY_SOURCE_NOTED,
    /// The next cycle of a journal has a file and no complete head; the cycle before has no end.
    JOURNAL_CYCLE_BEGUN,
    /// What is behind the last record of a cycle is cut off; the mark of the end is not there.
    JOURNAL_CYCLE_CUT,
    /// A cycle has its end; its file is not among the sealed ones.
    JOURNAL_CYCLE_ENDED,
    /// One of the cycles that are too old is removed; others are not.
    JOURNAL_CYCLE_REMOVED,
    /// An element of a journaled queue is in the journal; it is not in the queue.
    JOURNAL_ELEMENT_APPENDED;

    /// Marks that a thread has come to this step. Does nothing in production.
    public void reached() {
        CrashHook.reached(this);
    }
}
