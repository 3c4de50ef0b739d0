package io.sluice.shm.region;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.SluiceException;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.Mapping;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/// A file of shared memory, mapped in this process.
///
/// - **Lifetime:** the address range never becomes invalid. [#close] seals it: a later access sees private zero
///   pages. Address space is all that a closed region costs.
/// - **Descriptors:** one while open: it holds this process's place, and recovery needs no other.
public final class Region implements AutoCloseable {
    private static final long ATTACH_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = 100_000;

    private final RegionFile file;
    private final Mapping mapping;
    /// Held by a thread that works here in the place of a dead participant: the kernel's lock excludes other processes,
    /// this one excludes other threads. And the mapping is not sealed during such work.
    private final ReentrantLock inPlaceOfOthers = new ReentrantLock();
    private boolean sealed;

    private Region(RegionFile file, Mapping mapping) {
        this.file = file;
        this.mapping = mapping;
        file.mapped();
    }

    /// Makes a region whose body is zero.
    ///
    /// @param directory where
    /// @param name its name below it
    /// @param header its first page
    /// @return the region, or null if the name was taken
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses, as when there is no space
    public static Region create(Directory directory, String name, RegionHeader header) {
        return create(directory, name, header, null);
    }

    /// Makes a region that appears complete or not at all.
    ///
    /// @param directory where
    /// @param name its name below it
    /// @param header its first page
    /// @param initializer receives the region while no other process can see it; the region is of no use afterwards if
    ///     this method returns null or throws; null for none
    /// @return the region, or null if the name was taken
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses, as when there is no space
    public static Region create(
            Directory directory, String name, RegionHeader header, Consumer<Region> initializer) {
        long bytes = RegionLayout.fileBytes(header.bodyBytes());
        try (NewFile made = new NewFile(directory, name, bytes, header.creatorToken())) {
            Errno.check(FileCalls.write(made.descriptor(), header.encode(), 0), "pwrite", name);
            var file = new RegionFile(directory, name, made.descriptor(), FileCalls.status(made.descriptor()), header);
            Mapping mapping = Mapping.of(made.descriptor(), bytes, name);
            boolean published = false;
            try {
                Region region = new Region(file, mapping);
                if (initializer != null) {
                    initializer.accept(region);
                }
                CrashPoint.CREATE_UNNAMED.reached();
                published = made.publish();   // last: nothing that can fail comes after it
                if (!published) {
                    return null;
                }
                CrashPoint.CREATE_NAMED.reached();
                made.release();
                return region;
            } finally {
                if (!published) {
                    file.abandon();
                    mapping.unmap();
                }
            }
        }
    }

    /// Maps an existing region that has no participants.
    ///
    /// @param directory where
    /// @param name its name below it
    /// @param check checks the header before anything is mapped, and throws to refuse it
    /// @return the region, or null if nothing has the name
    /// @throws SluiceException as for the attach with participants
    public static Region attach(Directory directory, String name, Consumer<RegionHeader> check) {
        return attach(directory, name, check, null);
    }

    /// Maps an existing region.
    ///
    /// @param directory where
    /// @param name its name below it
    /// @param check checks the header before anything is mapped, and throws to refuse it
    /// @param join enters this process among the participants; answers false if its place there is still taken. Until
    ///     it returns, no process removes the region as abandoned. Null for a region without participants
    /// @return the region, or null if nothing has the name
    /// @throws io.sluice.shm.error.UnsafeLocationException if it is not a private regular file with one name
    /// @throws io.sluice.core.error.CorruptObjectException if it is no region
    /// @throws io.sluice.core.error.MismatchException if another release made it
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    /// @throws SluiceException if another process holds the region for removal, or the place of this one in it, and
    ///     does not go on
    public static Region attach(
            Directory directory, String name, Consumer<RegionHeader> check, Predicate<Region> join) {
        long start = System.nanoTime();
        for (;;) {
            RegionFile file = RegionFile.open(directory, name);
            if (file == null) {
                return null;
            }
            Region region = null;
            boolean attaching;
            try {
                check.accept(file.header());
                attaching = file.tryStartAttach();
                if (attaching && file.isStillNamed()) {
                    region = join(file, join);
                    file.endAttachOrRemoval();
                }
            } finally {
                if (region == null) {
                    file.close();
                }
            }
            if (region != null) {
                return region;
            }
            if (System.nanoTime() - start > ATTACH_TIMEOUT_NANOS) {
                throw new SluiceException(attaching
                        ? ("'%s': another process has the place that this one gets there: it cleans up after an earlier"
                                        + " one and does not go on, or the space's registry was removed while it was"
                                        + " in; continue or end that process")
                                .formatted(name)
                        : ("'%s': another process is about to remove it and does not go on; continue or end that"
                                        + " process")
                                .formatted(name));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static Region join(RegionFile file, Predicate<Region> join) {
        Mapping mapping = file.map();
        boolean joined = false;
        try {
            Region region = new Region(file, mapping);
            CrashPoint.ATTACH_MAPPED.reached();
            joined = join == null || join.test(region);      // last: nothing that can fail comes after it
            return joined ? region : null;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            if (!joined) {
                mapping.unmap();
            }
        }
    }

    /// What its first page says.
    ///
    /// @return the header
    public RegionHeader header() {
        return file.header();
    }

    /// Where the file begins in this process.
    ///
    /// @return absolute address
    public long address() {
        return mapping.address();
    }

    /// Where the body begins in this process.
    ///
    /// @return absolute address
    public long body() {
        return mapping.address() + RegionLayout.BODY;
    }

    /// Whether its name still leads to it.
    ///
    /// @return false once it was unlinked, or replaced
    public boolean isStillNamed() {
        return file.isStillNamed();
    }

    /// The open file, for its locks.
    ///
    /// @return the file
    public RegionFile file() {
        return file;
    }

    /// Tries to take the place of another participant, which is dead if that succeeds. The caller then finishes its
    /// operations through this region, which stays open until [#leavePlaceOf].
    ///
    /// - **Blocking:** for another thread of this process that does the same in this region; never for other processes.
    /// - **Allocation:** none, and no descriptor.
    ///
    /// @param slot 1 to 1023, not that of this process
    /// @return false if that process lives, or another process acts in its place, or the region is closed; otherwise
    ///     [#leavePlaceOf] must follow
    public boolean tryTakePlaceOf(int slot) {
        inPlaceOfOthers.lock();
        boolean taken = false;
        try {
            taken = !sealed && file.tryTakePlace(slot);
            return taken;
        } finally {
            if (!taken) {
                inPlaceOfOthers.unlock();
            }
        }
    }

    /// Ends what [#tryTakePlaceOf] began.
    ///
    /// @param slot the same
    public void leavePlaceOf(int slot) {
        try {
            file.leavePlace(slot);
        } finally {
            inPlaceOfOthers.unlock();
        }
    }

    /// Maps the file once more for the duration of some work, so that closing the region does not disturb the work.
    ///
    /// @param work receives the address of the file
    /// @return false, without doing anything, if the region is closed
    public boolean mapAfresh(LongConsumer work) {
        return mapAfresh(file, work);
    }

    /// Maps a file for the duration of some work.
    ///
    /// @param file what to map
    /// @param work receives the address of the file
    /// @return false, without doing anything, if the file is closed
    public static boolean mapAfresh(RegionFile file, LongConsumer work) {
        Mapping fresh = file.map();
        if (fresh == null) {
            return false;
        }
        try {
            work.accept(fresh.address());
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        } finally {
            fresh.unmap();
        }
        return true;
    }

    /// Detaches all threads of this process from the file: what they have written is in it, what they write later is
    /// lost. The file stays open for [#mapAfresh].
    public void seal() {
        inPlaceOfOthers.lock();
        try {
            if (!sealed) {
                mapping.seal();
                sealed = true;
            }
        } finally {
            inPlaceOfOthers.unlock();
        }
    }

    /// Seals the region and closes the file.
    @Override
    public void close() {
        try {
            seal();
        } finally {
            file.close();
        }
    }
}
