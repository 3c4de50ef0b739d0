package io.sluice.shm.lock;

/// The thread of a process that has a lock, or had it when it died; for people.
///
/// @param pid process id, in the process's own eyes
/// @param threadId the thread's [Thread#threadId] in that process
public record LockOwner(long pid, long threadId) {
    /// For people.
    @Override
    public String toString() {
        return "thread %d of process %d".formatted(threadId, pid);
    }
}
