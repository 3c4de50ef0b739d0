package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import java.lang.invoke.VarHandle;

/// Cells in shared memory, as one process sees them, each with a value of several words that is read and written as a
/// whole.
///
/// - **Threads:** any number of readers and writers in any process. Writers of one cell take turns; readers wait for
///   nobody, not even for a writer that died or was stopped in the middle.
/// - **Ordering:** what happened before a write happens-before what follows a read of its value.
/// - **Allocation:** none, unless a write has to wait.
/// - **Algorithm:** several copies in turn, so that a writer never touches the one that readers read, with the fences
///   of a sequence lock around each look: H.-J. Boehm, *Can Seqlocks Get Along With Programming Language Memory
///   Models?*, MSPC 2012.
public final class ValueCells {
    /*
     *         0           8         16
     *      0  +-----------+- - - - - - - - - - - - - - - - - - - - - - - - - - - -+
     *         | sleepers  |                                                       |   128 bytes, for all cells
     *    128  +-----------+-----------------------+--------+- - -+--------------+
     *         | word      | copy 0: length, bytes | copy 1 | ...  | last copy      |   cell 0, whole lines
     *         +-----------+-----------------------+--------+- - -+--------------+
     *         | cell 1 ...
     *
     *   word   63             10 9        0
     *         +-----------------+----------+
     *         | version         | writer   |      writer 0: nobody writes
     *         +-----------------+----------+
     *
     * The value of version v is in copy v mod COPIES, and complete. A writer claims the cell, (v, 0) -> (v, me), fills
     * the copy of v + 1, and publishes, (v + 1, 0), in one store. A death before the claim or after the publication
     * leaves nothing; between them it leaves a claim and a spoiled copy that nobody reads, and recovery takes the claim
     * back. A writer that is stopped keeps its claim; other writers wait, readers do not.
     *
     * A reader reads the word, copies from the copy of v, and reads the word again. That copy is next touched by the
     * writer of v + COPIES, which claims at version v + COPIES - 1; so if the second look finds an earlier version, or
     * that version unclaimed, what was copied is whole. Otherwise the reader was overtaken by COPIES - 1 whole writes
     * during one copy, and begins again with the newest value.
     */
    static final int COPIES = 4;

    /// What [#read] returns where memory holds no length.
    public static final int DAMAGED = -1;

    private static final int FIRST_CELL = 128;
    private static final int VERSION_SHIFT = 10;
    private static final int HEADER_BYTES = Long.BYTES;
    private static final int LENGTH_BYTES = Long.BYTES;      // four more than it needs, so that values are aligned
    private static final int LINE = 64;

    private final String name;
    private final long address;
    private final int maxBytes;
    private final int stride;
    private final long cellBytes;
    private final int self;
    private final EventCount sleepers;
    private final Waiter waiter;
    private volatile boolean closed;

    /// A view of cells.
    ///
    /// @param name what error messages call them
    /// @param address absolute, aligned to 128; [#bytes] bytes
    /// @param maxBytes longest value
    /// @param parking how to sleep
    /// @param liveness who this process is, and who lives
    /// @param strategy how long writers spin for each other
    public ValueCells(
            String name, long address, int maxBytes, Parking parking, Liveness liveness, WaitStrategy strategy) {
        this.name = name;
        this.address = address;
        this.maxBytes = maxBytes;
        this.stride = stride(maxBytes);
        this.cellBytes = cellBytes(maxBytes);
        this.self = liveness.self();
        this.sleepers = new EventCount(address, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy);
    }

    /// Length and bytes of one copy, aligned so that the bytes are not cut by more lines than they must.
    private static int stride(int maxBytes) {
        return Math.addExact(maxBytes, LENGTH_BYTES + Long.BYTES - 1) & -Long.BYTES;
    }

    private static long cellBytes(int maxBytes) {
        return (HEADER_BYTES + (long) COPIES * stride(maxBytes) + LINE - 1) & -LINE;
    }

    /// Size of the area.
    ///
    /// @param cells how many
    /// @param maxBytes longest value
    /// @return bytes
    public static long bytes(long cells, int maxBytes) {
        return Math.addExact(FIRST_CELL, Math.multiplyExact(cells, cellBytes(maxBytes)));
    }

    /// Writes the first value of a cell into memory that nobody else sees yet.
    ///
    /// @param address of the cells
    /// @param maxBytes longest value
    /// @param cell which one
    /// @param from absolute address of the bytes
    /// @param length how many, at most `maxBytes`
    public static void format(long address, int maxBytes, long cell, long from, int length) {
        long copy = address + FIRST_CELL + cell * cellBytes(maxBytes) + HEADER_BYTES;
        Memory.putInt(copy, length);
        Memory.copy(from, copy + LENGTH_BYTES, length);
    }

    private long cell(long index) {
        return address + FIRST_CELL + index * cellBytes;
    }

    private static long versionOf(long word) {
        return word >>> VERSION_SHIFT;
    }

    private static int writerOf(long word) {
        return (int) (word & Liveness.MAX_OWNER);
    }

    private long copy(long cell, long version) {
        return cell + HEADER_BYTES + (version & (COPIES - 1)) * stride;
    }

    // Reading.

    /// Copies the last complete value of a cell.
    ///
    /// - **Blocking:** never. Begins again if three writes were completed, and a fourth one begun, during one copy.
    ///
    /// @param index of the cell, within bounds
    /// @param to absolute address with room for the longest value
    /// @return its length in bytes, or [#DAMAGED] if it is none: something else has written into the memory
    public int read(long index, long to) {
        try {
            return readNow(index, to);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private int readNow(long index, long to) {
        long cell = cell(index);
        for (;;) {
            long before = Memory.getLongAcquire(cell);                 // pairs with the publication
            long copy = copy(cell, versionOf(before));
            int found = Memory.getInt(copy);                           // plain: checked below
            int length = Math.clamp(found, 0, maxBytes);
            Memory.copy(copy + LENGTH_BYTES, to, length);
            VarHandle.acquireFence();                                  // the copy before the second look
            if (isWhole(before, Memory.getLongOpaque(cell))) {
                checkOpen();
                return found == length ? length : DAMAGED;
            }
        }
    }

    private static boolean isWhole(long before, long after) {
        long overtaken = versionOf(after) - versionOf(before);
        return overtaken < COPIES - 1 || (overtaken == COPIES - 1 && writerOf(after) == 0);
    }

    /// How often a cell was written.
    ///
    /// @param index of the cell, within bounds
    /// @return the version of its value; 0 for the first one
    public long version(long index) {
        try {
            long version = versionOf(Memory.getLongAcquire(cell(index)));
            checkOpen();
            return version;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    /// Whether a process is writing a cell.
    ///
    /// @param index of the cell, within bounds
    /// @return its owner slot, or 0
    public int writer(long index) {
        try {
            int writer = writerOf(Memory.getLongAcquire(cell(index)));
            checkOpen();
            return writer;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    // Writing.

    /// Writes a value of a cell, after the writers that are at it.
    ///
    /// - **Blocking:** for another writer of the same cell, and no longer than it lives.
    ///
    /// @param index of the cell, within bounds
    /// @param from absolute address of the bytes
    /// @param length how many
    /// @throws IllegalArgumentException if that is too long
    public void write(long index, long from, int length) {
        try {
            writeNow(index, from, length);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private void writeNow(long index, long from, int length) {
        StackRoom.probe();
        checkLength(length);
        long cell = cell(index);
        for (;;) {
            long word = Memory.getLongAcquire(cell);
            if (writerOf(word) == 0) {
                if (put(cell, word, from, length)) {
                    return;
                }
            } else {
                awaitUnclaimed(cell);
            }
        }
    }

    private void awaitUnclaimed(long cell) {
        waiter.awaitUninterruptibly(() -> isUnclaimed(cell), Waiter.FOREVER);
        checkOpen();
    }

    /// Waits until nobody writes a cell; another one may begin at once.
    ///
    /// @param index of the cell, within bounds
    public void awaitWriter(long index) {
        awaitUnclaimed(cell(index));
    }

    /// Writes a value of a cell, if it still has the version that the caller knows.
    ///
    /// @param index of the cell, within bounds
    /// @param version what it must have, and nobody be about to change
    /// @param from absolute address of the bytes
    /// @param length how many
    /// @return whether it was written
    /// @throws IllegalArgumentException if that is too long
    public boolean tryWrite(long index, long version, long from, int length) {
        try {
            StackRoom.probe();
            checkLength(length);
            long cell = cell(index);
            long word = version << VERSION_SHIFT;
            return Memory.getLongAcquire(cell) == word && put(cell, word, from, length);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean put(long cell, long word, long from, int length) {
        if (!Memory.compareAndSetLong(cell, word, word | self)) {
            return false;
        }
        boolean published = false;
        try {
            VarHandle.storeStoreFence();                   // the claim before the bytes; pairs with the second look
            CrashPoint.VALUE_CLAIMED.reached();
            long next = versionOf(word) + 1;
            long copy = copy(cell, next);
            Memory.putInt(copy, length);
            Memory.copy(from, copy + LENGTH_BYTES, length);
            CrashPoint.VALUE_WRITTEN.reached();
            Memory.putLongRelease(cell, next << VERSION_SHIFT);   // the publication; pairs with the first look
            published = true;
        } finally {
            if (!published) {
                unclaim(cell, word);
            }
        }
        CrashPoint.VALUE_PUBLISHED.reached();
        sleepers.signal();
        checkOpen();
        return true;
    }

    /// After a copy that failed, as where the file behind the memory was cut: what a death leaves, and recovery's step.
    private void unclaim(long cell, long word) {
        Memory.putLongRelease(cell, word);
        sleepers.signal();
    }

    private boolean isUnclaimed(long cell) {
        return writerOf(Memory.getLongAcquire(cell)) == 0 || closed;
    }

    private void checkLength(int length) {
        if (length < 0 || length > maxBytes) {
            throw new IllegalArgumentException(
                    "'%s': a value of %,d bytes does not fit into the room of %,d; create it with more"
                            .formatted(name, length, maxBytes));
        }
    }

    // Ends.

    /// Takes back the claims of a dead process. The caller is the only one that does so for that process, may die at
    /// any step, and is followed by another one then.
    ///
    /// @param address of the cells
    /// @param cells how many
    /// @param maxBytes longest value
    /// @param dead owner
    /// @param parking wakes sleepers
    public static void recover(long address, long cells, int maxBytes, int dead, Parking parking) {
        long step = cellBytes(maxBytes);
        long end = address + FIRST_CELL + cells * step;
        for (long cell = address + FIRST_CELL; cell < end; cell += step) {
            long word = Memory.getLongVolatile(cell);
            if (writerOf(word) == dead) {
                Memory.compareAndSetLong(cell, word, word & ~(long) Liveness.MAX_OWNER);
            }
        }
        new EventCount(address, parking).wakeAll();
    }

    /// Ends this view: those of its threads that wait are woken, and refused.
    public void close() {
        closed = true;
        sleepers.signal();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("'%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
