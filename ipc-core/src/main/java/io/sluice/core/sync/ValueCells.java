package io.sluice.core.sync;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.memory.StackRoom;
import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.Reachability;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Parking;
import io.sluice.core.park.Waiter;
import java.lang.invoke.VarHandle;

/// One process's view of cells in shared memory, each with a value of several words that is read and written as a
/// whole.
///
/// - **Threads:** any number of readers and writers in any process. Writers of one cell take turns; readers never wait,
///   not even for a writer that died or was stopped in the middle.
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
     *    128  +-----------+-----------------------+--------+- - -+----------------+
     *         | CellWord  | copy 0: length, bytes | copy 1 | ...  | last copy      |   cell 0, whole lines
     *         +-----------+-----------------------+--------+- - -+----------------+
     *         | cell 1 ...                                                        |   the writer that claims the cell
     *         +- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -+
     *
     * The value of version v is in copy v mod COPIES, and complete. A writer claims the cell, (v, 0) -> (v, me), fills
     * the copy of v + 1, and publishes, (v + 1, 0), in one store. A death before the claim or after the publication
     * leaves nothing. A death between them leaves a claim and a half-written copy that no reader reads, and recovery
     * takes the claim back. A stopped writer keeps its claim; other writers wait, readers do not.
     *
     * A reader reads the word, copies from the copy of v, and reads the word again. That copy is next touched by the
     * writer of v + COPIES, which claims at version v + COPIES - 1; so if the second look finds an earlier version, or
     * that version unclaimed, what was copied is whole. Otherwise the reader was overtaken by COPIES - 1 whole writes
     * during one copy, and begins again with the newest value.
     */
    static final int COPIES = 4;

    /// What [#read] returns where memory holds no valid length.
    public static final int DAMAGED = -1;

    private static final int FIRST_CELL = 128;
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
    /// @param liveness the owner that this process is, and which owners are alive
    /// @param strategy how long a writer spins for another one
    public ValueCells(
            String name, long address, int maxBytes, Parking parking, Liveness liveness, WaitStrategy strategy) {
        this.name = name;
        this.address = address;
        this.maxBytes = maxBytes;
        this.stride = stride(maxBytes);
        this.cellBytes = cellBytes(maxBytes);
        this.self = liveness.self();
        this.sleepers = new EventCount(address, parking);
        this.waiter = new Waiter(sleepers, liveness, strategy, Wait.VALUE);
    }

    /// Length and bytes of one copy, aligned so that the bytes span as few lines as possible.
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

    /// Writes the first value of a cell into memory that no other thread sees yet.
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
    /// @return its length in bytes, or [#DAMAGED] if that is invalid: foreign bytes in the memory
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
            long copy = copy(cell, CellWord.version(before));
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
        long overtaken = CellWord.version(after) - CellWord.version(before);
        return overtaken < COPIES - 1 || (overtaken == COPIES - 1 && CellWord.writer(after) == 0);
    }

    /// How often a cell was written.
    ///
    /// @param index of the cell, within bounds
    /// @return the version of its value; 0 for the first one
    public long version(long index) {
        try {
            long version = CellWord.version(Memory.getLongAcquire(cell(index)));
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
            int writer = CellWord.writer(Memory.getLongAcquire(cell(index)));
            checkOpen();
            return writer;
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    // Writing.

    /// Writes a value of a cell, after the writers that have claimed it.
    ///
    /// - **Blocking:** for another writer of the same cell, at most until its death is noticed.
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
            if (CellWord.writer(word) == 0) {
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

    /// Waits until no process writes a cell; another writer may claim it at once.
    ///
    /// @param index of the cell, within bounds
    public void awaitWriter(long index) {
        awaitUnclaimed(cell(index));
    }

    /// Writes a value of a cell, if it has an expected version.
    ///
    /// @param index of the cell, within bounds
    /// @param version expected; the cell must not be claimed
    /// @param from absolute address of the bytes
    /// @param length how many
    /// @return whether it was written
    /// @throws IllegalArgumentException if that is too long
    public boolean tryWrite(long index, long version, long from, int length) {
        try {
            StackRoom.probe();
            checkLength(length);
            long cell = cell(index);
            long word = CellWord.unclaimed(version);
            return Memory.getLongAcquire(cell) == word && put(cell, word, from, length);
        } catch (Throwable failure) {
            throw MemoryFault.named(failure);
        }
    }

    private boolean put(long cell, long word, long from, int length) {
        if (!Memory.compareAndSetLong(cell, word, CellWord.claimed(word, self))) {
            return false;
        }
        boolean published = false;
        try {
            VarHandle.storeStoreFence();                   // the claim before the bytes; pairs with the second look
            CrashPoint.VALUE_CLAIMED.reached();
            long next = CellWord.version(word) + 1;
            long copy = copy(cell, next);
            Memory.putInt(copy, length);
            Memory.copy(from, copy + LENGTH_BYTES, length);
            CrashPoint.VALUE_WRITTEN.reached();
            Memory.putLongRelease(cell, CellWord.unclaimed(next));   // the publication; pairs with the first look
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

    /// Takes the claim back after a failed copy, as where the file was truncated: the same step as recovery's.
    private void unclaim(long cell, long word) {
        Memory.putLongRelease(cell, word);
        sleepers.signal();
    }

    private boolean isUnclaimed(long cell) {
        return CellWord.writer(Memory.getLongAcquire(cell)) == 0 || closed;
    }

    private void checkLength(int length) {
        if (length < 0 || length > maxBytes) {
            throw new IllegalArgumentException(
                    "'%s': a value of %,d bytes exceeds the capacity of %,d; create it with more"
                            .formatted(name, length, maxBytes));
        }
    }

    // Ends.

    /// Takes back the claims of a dead process. Only one process at a time calls it for a dead owner. It may die at any
    /// step; another process then repeats the call.
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
            if (CellWord.writer(word) == dead) {
                Memory.compareAndSetLong(cell, word, CellWord.withoutClaim(word));
            }
        }
        new EventCount(address, parking).wakeAll();
    }

    /// Ends this view: its waiting threads are woken and get an exception.
    public void close() {
        closed = true;
        sleepers.signal();
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedException("'%s': this handle was closed".formatted(name));
        }
        Reachability.upToHere(this);
    }
}
