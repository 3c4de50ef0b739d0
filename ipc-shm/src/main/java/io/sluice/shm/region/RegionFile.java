package io.sluice.shm.region;

import static io.sluice.shm.linux.Linux.O_RDWR;

import io.sluice.shm.error.CorruptObjectException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.linux.Mapping;
import io.sluice.shm.linux.OfdLocks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// An open file that has been found to be a region, not mapped yet. Whoever only looks needs no more than this.
///
/// A lock on its first byte settles who comes and who goes: whoever attaches holds it shared until it stands among the
/// participants, whoever removes an abandoned file holds it exclusively from before it looks at them.
public final class RegionFile implements AutoCloseable {
    private static final long COME_AND_GO = 0;

    private final Directory directory;
    private final String name;
    private final FileStatus status;
    private final RegionHeader header;
    private final OfdLocks locks;
    private int descriptor;

    RegionFile(Directory directory, String name, int descriptor, FileStatus status, RegionHeader header) {
        this.directory = directory;
        this.name = name;
        this.descriptor = descriptor;
        this.status = status;
        this.header = header;
        this.locks = new OfdLocks(descriptor, directory.path().resolve(name).toString());
    }

    /// Opens and checks a file.
    ///
    /// @param directory where
    /// @param name below it
    /// @return the file, or null if nothing has the name
    /// @throws UnsafeLocationException if it is not a private regular file with one name
    /// @throws io.sluice.shm.error.CorruptObjectException if it is no region
    /// @throws io.sluice.shm.error.LayoutVersionException if another release made it
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public static RegionFile open(Directory directory, String name) {
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
            byte[] page = new byte[RegionLayout.PAGE];
            int count = FileCalls.read(descriptor, page, 0);
            Errno.check(count, "pread", name);
            var header = RegionHeader.decode(name, Arrays.copyOf(page, count), status.size());
            return new RegionFile(directory, name, descriptor, status, header);
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

    /// Explains a fault of the JVM in a mapping of this file. Linux has no memory to show behind the end of a file.
    ///
    /// @param fault what was caught
    /// @return the exception that names the object, if the file is shorter than it was made
    /// @throws InternalError the fault, if it is something else
    public synchronized RuntimeException explain(InternalError fault) {
        long now = descriptor < 0 ? bytes() : FileCalls.status(descriptor).size();
        if (now >= bytes()) {
            throw fault;
        }
        return new CorruptObjectException(("'%s' was truncated while it was open: it was created with %,d bytes and has"
                + " %,d now; close it, unlink it and create it again").formatted(name, bytes(), now), fault);
    }

    /// Reads the tokens of the participants, without mapping.
    ///
    /// @return 1024 tokens, by slot; the first is 0
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public synchronized int[] participants() {
        byte[] bytes = new byte[RegionLayout.PAGE];
        Errno.check(FileCalls.read(descriptor, bytes, RegionLayout.PARTICIPANTS), "pread", name);
        int[] tokens = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asIntBuffer().get(tokens);
        tokens[0] = 0;
        return tokens;
    }

    /// Reads the whole body, without mapping; for small ones.
    ///
    /// @return its bytes
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public synchronized byte[] readBody() {
        byte[] bytes = new byte[Math.toIntExact(header.bodyBytes())];
        Errno.check(FileCalls.read(descriptor, bytes, RegionLayout.BODY), "pread", name);
        return bytes;
    }

    /// Tries to be one of those who may come.
    ///
    /// @return false if somebody is about to remove the file
    public boolean tryCome() {
        return locks.tryShared(COME_AND_GO, 1);
    }

    /// Tries to be the one who may remove the file.
    ///
    /// @return false if somebody is about to attach, or to remove it
    public boolean tryRemove() {
        return locks.tryExclusive(COME_AND_GO, 1);
    }

    /// Ends what [#tryCome] or [#tryRemove] began.
    public void settled() {
        locks.release(COME_AND_GO, 1);
    }

    /// Maps the whole file.
    ///
    /// @return the mapping, or null if this file was closed meanwhile
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public synchronized Mapping map() {
        return descriptor < 0 ? null : Mapping.of(descriptor, bytes(), name);
    }

    @Override
    public synchronized void close() {
        descriptor = -1;
        locks.close();
    }
}
