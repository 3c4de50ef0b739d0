package io.sluice.shm.region;

import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.error.SluiceException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.Mapping;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// A file of shared memory, mapped in this process.
///
/// - **Lifetime:** the address range never becomes invalid. [#close] seals it: a thread that comes late meets private
///   zero pages. Address space is all that a closed region costs.
/// - **Descriptors:** one while open, so that the file can be mapped afresh for recovery.
public final class Region implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = 100_000;

    private final RegionFile file;
    private final Mapping mapping;
    private boolean sealed;

    private Region(RegionFile file, Mapping mapping) {
        this.file = file;
        this.mapping = mapping;
    }

    /// Makes a region that appears complete or not at all.
    ///
    /// @param directory where
    /// @param name its name below it
    /// @param header its first page
    /// @param initializer receives the address of the file while nobody else can see it; the address is of no use
    ///     afterwards if this method returns null or throws
    /// @return the region, or null if the name was taken
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses, as when there is no space
    public static Region create(Directory directory, String name, RegionHeader header, LongConsumer initializer) {
        long bytes = RegionLayout.fileBytes(header.bodyBytes());
        try (NewFile made = new NewFile(directory, name, bytes, header.creatorToken())) {
            Errno.check(FileCalls.write(made.descriptor(), header.encode(), 0), "pwrite", name);
            Mapping mapping = Mapping.of(made.descriptor(), bytes, name);
            boolean published = false;
            try {
                initializer.accept(mapping.address());
                CrashPoint.CREATE_UNNAMED.reached();
                var status = FileCalls.status(made.descriptor());
                var region = new Region(new RegionFile(directory, name, made.descriptor(), status, header), mapping);
                published = made.publish(); // last: nothing that can fail comes after it
                if (!published) {
                    return null;
                }
                CrashPoint.CREATE_NAMED.reached();
                made.release();
                return region;
            } finally {
                if (!published) {
                    mapping.unmap();
                }
            }
        }
    }

    /// Maps a region that is there.
    ///
    /// @param directory where
    /// @param name its name below it
    /// @param check looks at the header before anything is mapped, and throws what it does not like
    /// @param join enters this process among the participants, given the address of the file; until it returns, nobody
    ///     removes the region as abandoned
    /// @return the region, or null if nothing has the name
    /// @throws io.sluice.shm.error.UnsafeLocationException if it is not a private regular file with one name
    /// @throws io.sluice.shm.error.CorruptObjectException if it is no region
    /// @throws io.sluice.shm.error.LayoutVersionException if another release made it
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    /// @throws SluiceException if somebody holds the region for removal and does not go on
    public static Region attach(Directory directory, String name, Consumer<RegionHeader> check, LongConsumer join) {
        long start = System.nanoTime();
        for (;;) {
            RegionFile file = RegionFile.open(directory, name);
            if (file == null) {
                return null;
            }
            boolean kept = false;
            try {
                check.accept(file.header());
                if (file.tryCome() && file.isStillNamed()) {
                    Region region = mapAndJoin(file, join);
                    kept = true;
                    file.settled();
                    return region;
                }
            } finally {
                if (!kept) {
                    file.close();
                }
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new SluiceException(
                        "'%s': another process is about to remove it and does not go on; continue or end that process"
                                .formatted(name));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static Region mapAndJoin(RegionFile file, LongConsumer join) {
        Mapping mapping = file.map();
        boolean joined = false;
        try {
            Region region = new Region(file, mapping);
            CrashPoint.ATTACH_MAPPED.reached();
            join.accept(mapping.address()); // last: nothing that can fail comes after it
            joined = true;
            return region;
        } catch (InternalError fault) {
            throw file.explain(fault);
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

    /// Maps the file once more for the duration of some work, which so is safe from a thread that closes the region.
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
            throw file.explain(fault);
        } finally {
            fresh.unmap();
        }
        return true;
    }

    /// Explains a fault of the JVM in this memory.
    ///
    /// @param fault what was caught
    /// @return what to throw: the exception that names the object, if its file was truncated
    public RuntimeException explain(InternalError fault) {
        return file.explain(fault);
    }

    /// Cuts off all threads of this process: what they have written is in the file, what they write from here on is
    /// nowhere. The file stays open for [#mapAfresh].
    public synchronized void seal() {
        if (!sealed) {
            mapping.seal();
            sealed = true;
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
