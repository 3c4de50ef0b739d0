package io.sluice.core.crash;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// The crash points as tests see them: this class stands in front of the empty one of the same name, with the same
/// constants.
///
/// - System properties `sluice.crash.at=NAME` and `sluice.crash.nth=N` (1 by default) kill the process with SIGKILL at
///   the N-th hit of a point. Not `Runtime.halt`, during which other threads would go on.
/// - [#script] calls a test at every hit, in the thread that hit it.
public enum CrashPoint {
    /// Many producers: the slot is claimed, the tail has not moved.
    CLAIM_WORD_SET,
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
    /// The message is taken; nobody has read it.
    TAKE_HELD,
    /// A message of several slots is acknowledged; none of its slots is free yet.
    RELEASE_DONE_SET,
    /// Some of the slots of a message are free, its first is not.
    RELEASE_HALF_STAMPED,
    /// The slots are free; sleepers have not been woken.
    RELEASE_WORD_SET,
    /// A message is given back; the takers have not been told.
    GIVE_BACK_WORD_SET,
    /// A waiter has announced that it will sleep.
    WAIT_ANNOUNCED,
    /// The flag is up; sleepers have not been woken.
    SHUTDOWN_FLAG_SET,
    /// A lock is taken; its holder has done nothing under it yet.
    LOCK_WORD_SET,
    /// A waiter has lost so often that the lock is promised to it; it does not have it yet.
    LOCK_HEIR_SET,
    /// A lock is free; sleepers have not been woken.
    UNLOCK_WORD_SET,
    /// A poisoned lock is held by who repairs what it guards.
    LOCK_REPAIR_BEGUN,
    /// A waiter stands in the list of its condition, and still holds the lock.
    CONDITION_ENTERED,
    /// A waiter was signalled, or gave up; it does not hold the lock again yet.
    CONDITION_WOKEN,
    /// A waiter is marked as signalled; it has not been woken.
    CONDITION_SIGNALLED,
    /// A reader is counted; it has not looked for a writer.
    READER_COUNTED,
    /// A reader is not counted any more; a writer that waits for it has not been woken.
    READER_UNCOUNTED,
    /// A writer keeps new readers out, and waits for those inside.
    WRITER_ALONE_SOON,
    /// What is to happen to the permits is written down; nothing has happened.
    PERMITS_INTENDED,
    /// The permits have moved; the account of their process has not.
    PERMITS_WORD_SET,
    /// The permits have moved and are accounted for; sleepers have not been woken.
    PERMITS_ACCOUNTED,
    /// The flag of an event is up; sleepers have not been woken.
    EVENT_WORD_SET,
    /// A latch is counted down; sleepers have not been woken.
    LATCH_WORD_SET,
    /// A party has arrived at a barrier, not as the last one.
    BARRIER_ARRIVED,
    /// All have arrived at a barrier; its action has not run.
    BARRIER_FULL,
    /// How a generation of a barrier ended is decided; the next one has not begun.
    BARRIER_DECIDED,
    /// The next generation of a barrier has begun; sleepers have not been woken.
    BARRIER_ADVANCED,
    /// A cell is claimed for writing; nothing, or a part, of the value is written.
    VALUE_CLAIMED,
    /// The new value stands beside the current one; readers do not see it yet.
    VALUE_WRITTEN,
    /// The new value is the current one; sleeping writers have not been woken.
    VALUE_PUBLISHED,
    /// A cleaner has the dead owner's place in an object; nothing is done there.
    RECOVER_BEGUN,
    /// A cleaner has treated one slot of a ring.
    RECOVER_SLOT_DONE,
    /// A cleaner has taken a lock from the dead; sleepers have not been woken.
    RECOVER_LOCK_TAKEN,
    /// A cleaner has finished what the dead one was doing with permits; what it held has not been given back.
    RECOVER_PERMITS_SETTLED,
    /// A cleaner has recovered an object; its table still names the dead owner.
    RECOVER_OBJECT_DONE,
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
    TASK_COUNTED,
    TASK_BURIED,
    /// The sweeper has decided to remove a name and has not done so.
    SWEEP_BEFORE_UNLINK,
    /// A process has the byte of a slot; the registry does not know it yet.
    JOIN_LOCKED,
    /// The registry knows the process; it has no object open.
    JOIN_LIVE,
    /// A process has left all objects; the registry still names it.
    LEAVE_BEFORE_FREE,
    /// A role of a ring is reserved for a successor; its holder has not left it.
    ROLE_RESERVED,
    /// A successor has taken a role that was reserved for it, and no other.
    RESERVED_ROLE_TAKEN,
    /// The last process has removed the registry of a space; its lock file and its directory are still there.
    REMOVE_HALF_DONE,
    /// A temporary space is noted in its root; its directory may not be there.
    SPACE_NOTED,
    /// The directory of a space is removed; its note is still there.
    SPACE_REMOVED,
    /// The space of an ending process has been moved away; nothing has been told to remove it.
    SPACE_MOVED,
    /// A worker has a task out of its queue, and has not begun it.
    POOL_TASK_TAKEN,
    /// A worker has marked a task as begun; it has not run a step of it.
    POOL_TASK_BEGUN,
    /// A worker has the result of a task; the pool does not.
    POOL_TASK_RUN,
    /// A worker has sent the result of a task.
    POOL_RESULT_SENT,
    /// A pool has given a task a place with a worker; the worker has not got it.
    POOL_TASK_PLACED,
    /// A pool has sent a task to a worker.
    POOL_TASK_SENT;

    private static final String AT = System.getProperty("sluice.crash.at", "");
    private static final int NTH = Integer.getInteger("sluice.crash.nth", 1);
    private static final AtomicInteger HITS = new AtomicInteger();
    private static volatile Consumer<CrashPoint> script = point -> {};

    /// Lets a test follow the points of this process, and throw or wait where it likes.
    ///
    /// @param each called at every hit; null ends it
    public static void script(Consumer<CrashPoint> each) {
        script = each == null ? point -> {} : each;
    }

    /// Calls the script, then dies if this is the hit to die at.
    public void reached() {
        script.accept(this);
        if (AT.equals(name()) && HITS.incrementAndGet() == NTH) {
            killSelf();
        }
    }

    @SuppressWarnings("restricted") // tests run with native access
    private static void killSelf() {
        try {
            Linker linker = Linker.nativeLinker();
            var ofTwo = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            MethodHandle kill = linker.downcallHandle(linker.defaultLookup().findOrThrow("kill"), ofTwo);
            int ignored = (int) kill.invokeExact((int) ProcessHandle.current().pid(), 9);
        } catch (Throwable failure) {
            throw new AssertionError("kill(2) failed", failure);
        }
    }
}
