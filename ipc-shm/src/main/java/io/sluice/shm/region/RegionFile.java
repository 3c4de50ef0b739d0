package io.sluice.shm.region;

import static io.sluice.shm.linux.Linux.O_RDWR;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.linux.Mapping;
import io.sluice.shm.linux.ObserverMappings;
import io.sluice.shm.linux.OfdLocks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/// An open file that has been checked to be a region, not mapped yet. A listing needs no more than this.
///
/// The file carries locks of the kernel on the numbers of its bytes:
///
/// - byte 0 orders attaching and removal: a process that attaches holds it shared until it stands among the
///   participants, a process that removes an abandoned file holds it exclusively from before it checks them;
/// - byte 1 to 1023 is the place of a participant: held exclusively by the process with that slot from before it
///   stands in the table until after it stands there no more, or by the cleaner that finishes what it left. So an
///   entry whose place is free belongs to a dead process; no other evidence counts against that.
public final class RegionFile implements AutoCloseable {
    private static final long ATTACH_OR_REMOVE = 0;
    /// The files that this process has mapped, each of which may lose pages.
    private static final Set<RegionFile> MAPPED = ConcurrentHashMap.newKeySet();

    static {
        MemoryFault.explainWith(new MemoryFault.Explainer() {     // no lambda: every process comes here at its start
            @Override
            public RuntimeException explain(InternalError fault) {
                return truncation(fault);
            }
        });
    }

    private final Directory directory;
    private final String name;
    private final FileStatus status;
    private final RegionHeader header;
    private final OfdLocks locks;
    /// The participants when an observer opened the file; null for others.
    private final int[] observed;
    private int descriptor;

    RegionFile(Directory directory, String name, int descriptor, FileStatus status, RegionHeader header) {
        this(directory, name, descriptor, status, header, new OfdLocks(descriptor, name), null);
    }

    private RegionFile(Directory directory, String name, int descriptor, FileStatus status, RegionHeader header,
            OfdLocks locks, int[] observed) {
        this.directory = directory;
        this.name = name;
        this.descriptor = descriptor;
        this.status = status;
        this.header = header;
        this.locks = locks;
        this.observed = observed;
    }

    /// Opens and checks a file.
    ///
    /// @param directory where
    /// @param name below it
    /// @return the file, or null if nothing has the name
    /// @throws UnsafeLocationException if it is not a private regular file with one name
    /// @throws io.sluice.core.error.CorruptObjectException if it is no region
    /// @throws io.sluice.core.error.MismatchException if another release made it
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public static RegionFile open(Directory directory, String name) {
        return open(directory, name, null);
    }

    /// Opens and checks a file for one look at it, with fewer system calls: [#participants] are those of this moment.
    ///
    /// @param directory where
    /// @param name below it
    /// @param scratch of the calling thread, which alone uses the file, until it opens the next one with it
    /// @return the file, or null if nothing has the name
    /// @throws RuntimeException as for [#open]
    public static RegionFile observe(Directory directory, String name, ObserverScratch scratch) {
        return open(directory, name, scratch);
    }

    private static RegionFile open(Directory directory, String name, ObserverScratch scratch) {
        int descriptor = directory.openFile(name, O_RDWR);
        if (descriptor == -Errno.ENOENT) {
            return null;
        }
        if (descriptor < 0) {
            throw directory.cannotOpen(name, -descriptor);
        }
        try {
            FileStatus status = FileCalls.status(descriptor);
            directory.checkPrivate(name, status);
            if (status.links() > 1) {
                throw new UnsafeLocationException("'%s' has %d names, 1 is expected; remove the others"
                        .formatted(directory.path().resolve(name), status.links()));
            }
            byte[] bytes = scratch == null ? new byte[RegionLayout.PAGE] : scratch.bytes;
            int count = scratch == null ? FileCalls.read(descriptor, bytes, 0) : scratch.read(descriptor);
            Errno.check(count, "pread", name);
            var header = RegionHeader.decode(
                    name, count < RegionLayout.PAGE ? Arrays.copyOf(bytes, count) : bytes, status.size());
            if (scratch == null) {
                return new RegionFile(directory, name, descriptor, status, header);
            }
            return new RegionFile(directory, name, descriptor, status, header,
                    new OfdLocks(descriptor, name, scratch.locks), count < RegionLayout.BODY ? null : scratch.table);
        } catch (RuntimeException | Error refused) {
            FileCalls.close(descriptor);
            throw refused;
        }
    }

    /// What it is called.
    ///
    /// @return its name
    public String name() {
        return name;
    }

    /// What its first page says.
    ///
    /// @return the header
    public RegionHeader header() {
        return header;
    }

    /// Its size.
    ///
    /// @return bytes
    public long bytes() {
        return RegionLayout.fileBytes(header.bodyBytes());
    }

    /// Whether its name still leads to it.
    ///
    /// @return whether
    public boolean isStillNamed() {
        return directory.isStill(name, status);
    }

    /// Explains a fault of the JVM in a mapping of this process: there is no memory behind the end of a truncated file.
    private static CorruptObjectException truncation(InternalError fault) {
        Set<String> truncated = new TreeSet<>();
        MAPPED.forEach(file -> file.addTruncation(truncated));
        return truncated.isEmpty() ? null : new CorruptObjectException(String.join("; ", truncated), fault);
    }

    private synchronized void addTruncation(Set<String> truncated) {
        long now = descriptor < 0 ? bytes() : size();
        if (now < bytes()) {
            truncated.add("'%s' was truncated while it was open: it was created with %s bytes and has %s now; %s"
                    .formatted(name, bytes(), now, name.startsWith(".")
                            ? "close its space, remove '%s' and open it again".formatted(directory.path())
                            : "close it, unlink it and create it again"));
        }
    }

    private long size() {
        try {
            return FileCalls.status(descriptor).size();
        } catch (SystemCallException refused) {
            return bytes();      // the fault is then reported without a truncation
        }
    }

    /// Notes that there is a mapping, until [#close] or [#abandon].
    void mapped() {
        MAPPED.add(this);
    }

    /// Forgets the file: its creation failed, and the caller closes the descriptor.
    void abandon() {
        MAPPED.remove(this);
    }

    /// The table of participants, without mapping: read now, or when an observer opened the file.
    ///
    /// @return 1024 words: the first one as in the drawing of [RegionLayout], then the tokens by slot
    /// @throws CorruptObjectException if the file is too short to have them
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public int[] participants() {
        if (observed != null) {
            return observed;
        }
        int[] tokens = new int[RegionLayout.PAGE / Integer.BYTES];
        ByteBuffer.wrap(read(RegionLayout.PARTICIPANTS, RegionLayout.PAGE))
                .order(ByteOrder.nativeOrder())
                .asIntBuffer()
                .get(tokens);
        return tokens;
    }

    /// Reads the whole body, without mapping; for small ones.
    ///
    /// @return its bytes
    /// @throws CorruptObjectException if the file is too short to have them
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public byte[] readBody() {
        return read(RegionLayout.BODY, Math.toIntExact(header.bodyBytes()));
    }

    private synchronized byte[] read(long offset, int length) {
        byte[] bytes = new byte[length];
        int count = FileCalls.read(descriptor, bytes, offset);
        Errno.check(count, "pread", name);
        if (count < length) {
            throw new CorruptObjectException("'%s' was truncated: %,d bytes at %,d were expected, %,d are there; remove"
                    .formatted(name, length, offset, count) + " the file if no process needs it");
        }
        return bytes;
    }

    /// Tries to begin an attach; several processes may do so at once.
    ///
    /// @return false if another process is about to remove the file
    public boolean tryStartAttach() {
        return locks.tryShared(ATTACH_OR_REMOVE, 1);
    }

    /// Tries to begin the removal of the file; one process alone may do so.
    ///
    /// @return false if another process is about to attach, or to remove it
    public boolean tryStartRemoval() {
        return locks.tryExclusive(ATTACH_OR_REMOVE, 1);
    }

    /// Ends what [#tryStartAttach] or [#tryStartRemoval] began.
    public void endAttachOrRemoval() {
        locks.release(ATTACH_OR_REMOVE, 1);
    }

    /// Tries to take the place of a participant. A second call on the same open file succeeds too.
    ///
    /// @param slot 1 to 1023
    /// @return false if its process is there, or a cleaner
    public boolean tryTakePlace(int slot) {
        return locks.tryExclusive(slot, 1);
    }

    /// Gives a place back.
    ///
    /// @param slot 1 to 1023
    public void leavePlace(int slot) {
        locks.release(slot, 1);
    }

    /// Whether the place of a participant is taken, by its process or by a cleaner.
    ///
    /// @param slot 1 to 1023
    /// @return whether; what this open file has taken itself does not count
    public boolean isPlaceTaken(int slot) {
        return locks.isLocked(slot);
    }

    /// The locks on the file, for files that are not objects.
    ///
    /// @return the locks
    public OfdLocks locks() {
        return locks;
    }

    /// What Linux said about the file when it was opened.
    ///
    /// @return its status
    public FileStatus status() {
        return status;
    }

    /// Maps the whole file.
    ///
    /// @return the mapping, or null if this file was closed meanwhile
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public synchronized Mapping map() {
        if (descriptor < 0) {
            return null;
        }
        Mapping mapping = Mapping.of(descriptor, bytes(), name);
        mapped();
        return mapping;
    }

    /// Maps the whole file for reading, and lets an observer look, unless this file was closed meanwhile.
    ///
    /// @param mappings where; they unmap the file later
    /// @param observer receives the address of the file
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    /// @throws CorruptObjectException if the file was truncated meanwhile
    public void look(ObserverMappings mappings, LongConsumer observer) {
        long address;
        synchronized (this) {
            if (descriptor < 0) {
                return;
            }
            address = mappings.map(descriptor, status, bytes(), name);
            mapped();
        }
        try {
            observer.accept(address);
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Maps the whole file for reading alone. The caller unmaps it.
    ///
    /// @return the mapping, or null if this file was closed meanwhile
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public synchronized Mapping mapReadOnly() {
        if (descriptor < 0) {
            return null;
        }
        Mapping mapping = Mapping.readOnly(descriptor, bytes(), name);
        mapped();
        return mapping;
    }

    @Override
    public synchronized void close() {
        MAPPED.remove(this);
        descriptor = -1;
        locks.close();
    }
}
