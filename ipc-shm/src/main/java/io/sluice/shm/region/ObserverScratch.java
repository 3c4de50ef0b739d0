package io.sluice.shm.region;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.OfdLocks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that an observer uses for one file after another: a look at a thousand would otherwise make ten megabytes of
/// garbage.
///
/// - **Threads:** one at a time; of the files that are opened with it, only the last one may be used.
public final class ObserverScratch {
    final OfdLocks.Scratch locks = new OfdLocks.Scratch();
    /// The first page of the file.
    final byte[] bytes = new byte[RegionLayout.PAGE];
    /// Its participants.
    final int[] table = new int[RegionLayout.PAGE / Integer.BYTES];
    private final MemorySegment pages = Arena.ofAuto().allocate(RegionLayout.BODY, Long.BYTES);

    /// Makes it.
    public ObserverScratch() {}

    /// Reads the first two pages.
    ///
    /// @return how many bytes were read, or the negative error number
    int read(int descriptor) {
        int count = (int) FileCalls.read(descriptor, pages.address(), pages.byteSize(), 0);
        MemorySegment.copy(pages, JAVA_BYTE, 0, bytes, 0, Math.clamp(count, 0, bytes.length));
        MemorySegment.copy(pages, JAVA_INT, RegionLayout.PARTICIPANTS, table, 0, table.length);
        return count;
    }
}
