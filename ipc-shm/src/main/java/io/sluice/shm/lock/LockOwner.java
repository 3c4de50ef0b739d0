package io.sluice.shm.lock;

import io.sluice.core.memory.MemoryFault;
import io.sluice.core.sync.Mutex;
import io.sluice.core.sync.Mutex.Holder;
import io.sluice.shm.object.SharedObject;
import java.util.Optional;

/// The thread of a process that has a lock, or had it when it died; for display.
///
/// @param pid process id, in the namespace of that process
/// @param threadId the thread's [Thread#threadId] in that process
public record LockOwner(long pid, long threadId) {
    /// The holder of a lock. The lock's word names a slot, and the registry names the process in the slot. The slot may
    /// pass to another process between the two reads. So the word is read between two reads of the registry, which must
    /// find the same process.
    ///
    /// @return process and thread of the same moment, or nothing if there was none
    static Optional<LockOwner> of(Mutex mutex, SharedObject object) {
        try {
            for (;;) {
                Holder guess = mutex.holder();
                if (!guess.holds()) {
                    return Optional.empty();
                }
                long pid = object.processId(guess.owner());
                Holder holder = mutex.holder();
                if (holder.holds() && holder.owner() == guess.owner() && object.processId(guess.owner()) == pid) {
                    return Optional.of(new LockOwner(pid, holder.thread()));
                }
            }
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// The thread whose death poisoned a lock.
    static Optional<LockOwner> poisoner(Mutex mutex) {
        Holder holder = mutex.holder();
        return holder.dead() ? Optional.of(new LockOwner(holder.pid(), holder.thread())) : Optional.empty();
    }

    /// For display.
    @Override
    public String toString() {
        return "thread %d of process %d".formatted(threadId, pid);
    }
}
