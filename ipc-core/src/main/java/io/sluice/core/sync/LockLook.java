package io.sluice.core.sync;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import java.util.ArrayList;
import java.util.List;

/// What an observer sees of a lock: reads alone, so its memory may be mapped read-only.
///
/// - **Threads:** any. **Blocking:** never.
/// - **Consistency:** each field is of some moment during the look, not all of the same one.
public final class LockLook {
    private final long address;
    private final WaitList conditions;
    private final long word;

    /// Looks at a lock.
    ///
    /// @param address as it is mapped in this process
    /// @param bytes size of its area, as for [Mutex]
    public LockLook(long address, long bytes) {
        this.address = address;
        this.conditions = new WaitList(address, bytes, null);    // wakes no thread
        this.word = Memory.getLongAcquire(address + LockLayout.WORD);
    }

    /// A thread of a process, as the words of a lock name it.
    ///
    /// @param owner slot of its process
    /// @param thread its id there; 0 if the word does not tell
    /// @param reads whether it wants to read only; always false but in a read-write lock
    public record Party(int owner, long thread, boolean reads) {}

    /// The process that holds the lock, or died over it.
    ///
    /// @return its slot; 0 if the lock is free
    public int owner() {
        return LockWord.owner(word);
    }

    /// The thread that holds the lock, or died over it.
    ///
    /// @return its id in that process
    public long thread() {
        return LockWord.thread(word);
    }

    /// Whether a thread has the lock.
    ///
    /// @return false if it is free, promised or poisoned
    public boolean isHeld() {
        return LockWord.isHeld(word);
    }

    /// Whether its holder died, and it was not repaired.
    ///
    /// @return true if so
    public boolean isPoisoned() {
        return LockWord.isPoisoned(word);
    }

    /// Whether the holder is a writer that waits for readers.
    ///
    /// @return true if so
    public boolean isArriving() {
        return isHeld() && (word & LockWord.ARRIVING) != 0;
    }

    /// Whether the holder is about to become a reader.
    ///
    /// @return true if so
    public boolean isPassing() {
        return isHeld() && (word & LockWord.PASSING) != 0;
    }

    /// The process id of the holder that died, in its own namespace.
    ///
    /// @return the id; 0 if it is not known
    public long victim() {
        return Victim.pid(address + LockLayout.VICTIM, owner());
    }

    /// How often the lock was taken.
    ///
    /// @return a count since it was created
    public long acquisitions() {
        return Memory.getLongOpaque(address + LockLayout.ACQUISITIONS);
    }

    /// How many holders died.
    ///
    /// @return a count since it was created
    public int deaths() {
        return Memory.getIntOpaque(address + LockLayout.DEATHS);
    }

    /// How many more holds the holder has than one.
    ///
    /// @return the number; without meaning while the lock is free
    public int extraHolds() {
        return Memory.getIntOpaque(address + LockLayout.EXTRA_HOLDS);
    }

    /// The threads that have waited for the lock for more than 20 ms while it did not change hands.
    ///
    /// @return up to 15; more may wait
    public List<Party> waiters() {
        List<Party> waiters = new ArrayList<>();
        for (long signature : LongWaits.read(address)) {
            waiters.add(new Party(LockWord.owner(signature), LockWord.thread(signature),
                    (signature & LockWord.PASSING) != 0));
        }
        return waiters;
    }

    /// The processes whose threads wait on conditions of the lock, one for each thread.
    ///
    /// @return in no order; the threads are not known
    public List<Party> conditionWaiters() {
        int used = conditions.used();
        List<Party> waiters = new ArrayList<>();
        for (int entry = 0; entry < used; entry++) {
            long waiting = conditions.word(entry);
            if (WaitEntry.state(waiting) == WaitEntry.WAITING) {
                waiters.add(new Party(WaitEntry.owner(waiting), 0, false));
            }
        }
        return waiters;
    }

    /// How many reads each process has, if this is the writers' lock of a [ReadWriteMutex].
    ///
    /// @return by slot; those of 0 are 0
    public int[] readers() {
        int highest = Math.clamp(Memory.getIntAcquire(address + ReadWriteLayout.HIGHEST), 0, Liveness.MAX_OWNER);
        int[] readers = new int[highest + 1];
        for (int owner = 1; owner <= highest; owner++) {
            readers[owner] = Memory.getIntAcquire(ReadWriteLayout.readers(address, owner));
        }
        return readers;
    }
}
