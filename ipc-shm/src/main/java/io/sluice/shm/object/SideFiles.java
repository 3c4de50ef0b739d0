package io.sluice.shm.object;

import static io.sluice.shm.linux.Linux.O_RDONLY;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.shm.body.PipeBody;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.region.Directory;
import io.sluice.shm.region.NewFile;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.UUID;

/// The messages of one object that are too long for its body: a file for each, named after the object's id and the
/// position of the message. It appears whole, is never changed, and is removed by the consumer of the message.
///
/// - **Trust:** none. A message is read only if its file has the length that its slot states; that is checked before
///   memory is allocated.
/// - **Threads:** any.
public final class SideFiles {
    static final String PREFIX = ".large-";

    private static final HexFormat HEX = HexFormat.of();
    private static final int ID_DIGITS = 32;
    private static final int POSITION_DIGITS = 16;

    private final Directory directory;
    private final String object;
    private final String prefix;
    private final int token;
    private final long file;
    /// Whether the object is marked as having had large messages. Written without ordering: the mark is idempotent.
    private boolean noted;

    /// The side files of an object that this process has not opened.
    SideFiles(Directory directory, UUID object) {
        this(directory, object.toString(), object, 0, 0);
    }

    /// The side files of an object that is open here.
    ///
    /// @param name of the object, for messages
    /// @param token of this process
    /// @param file address of the object's file
    SideFiles(Directory directory, String name, UUID object, int token, long file) {
        this.directory = directory;
        this.object = name;
        this.prefix = prefix(object);
        this.token = token;
        this.file = file;
    }

    private static String prefix(UUID object) {
        return PREFIX
                + HEX.toHexDigits(object.getMostSignificantBits())
                + HEX.toHexDigits(object.getLeastSignificantBits())
                + "-";
    }

    /// The object that a side file belongs to.
    ///
    /// @param file a file name
    /// @return the id, or null if this is no name of a side file
    static UUID objectOf(String file) {
        if (file.length() != PREFIX.length() + ID_DIGITS + 1 + POSITION_DIGITS || !file.startsWith(PREFIX)) {
            return null;
        }
        try {
            int start = PREFIX.length();
            return new UUID(
                    HexFormat.fromHexDigitsToLong(file, start, start + ID_DIGITS / 2),
                    HexFormat.fromHexDigitsToLong(file, start + ID_DIGITS / 2, start + ID_DIGITS));
        } catch (NumberFormatException foreign) {
            return null;
        }
    }

    private String name(long position) {
        return prefix + HEX.toHexDigits(position);
    }

    /// Writes a message. A file that a dead process left at the same position is replaced.
    ///
    /// @param position of the message
    /// @param address of its bytes
    /// @param length in bytes, positive
    /// @throws io.sluice.shm.error.SystemCallException if there is no space
    public void write(long position, long address, long length) {
        if (length <= 0) {
            throw new IllegalArgumentException("a side file of %,d bytes is impossible".formatted(length));
        }
        if (!noted) {
            Participants.noteLargeMessages(file);    // first: after a death from here on, a cleaner looks for the file
            noted = true;
        }
        String name = name(position);
        try (NewFile made = new NewFile(directory, name, length, token)) {
            long written = Errno.check(FileCalls.write(made.descriptor(), address, length, 0), "pwrite", name);
            if (written != length) {
                throw Errno.failure("pwrite", name, Errno.ENOSPC);
            }
            while (!made.publish()) {
                directory.unlink(name);
            }
        }
    }

    /// Reads a whole message.
    ///
    /// @param position of the message
    /// @param length in bytes, as the slot of the message says
    /// @return its bytes
    /// @throws NoSuchObjectException if it is not there
    /// @throws CorruptObjectException if the file has another length; nothing was allocated
    public byte[] read(long position, int length) {
        int descriptor = open(position);
        try {
            checkLength(descriptor, position, length);
            byte[] bytes = new byte[length];
            checkRead(FileCalls.read(descriptor, bytes, 0), position, length);
            return bytes;
        } finally {
            FileCalls.close(descriptor);
        }
    }

    /// Reads a whole message into the beginning of a buffer.
    ///
    /// @param position of the message
    /// @param length in bytes, as the slot of the message says
    /// @param target grows to that length
    /// @throws NoSuchObjectException if it is not there
    /// @throws CorruptObjectException if the file has another length; the buffer did not grow then
    @SuppressWarnings("ReachabilityFenceUsage") // no finally: after an exception no memory is touched
    public void read(long position, int length, ExpandableMemoryBuffer target) {
        int descriptor = open(position);
        try {
            checkLength(descriptor, position, length);
            target.checkLimit(length);
            checkRead(FileCalls.read(descriptor, target.address(), length, 0), position, length);
            Reference.reachabilityFence(target);
        } finally {
            FileCalls.close(descriptor);
        }
    }

    private int open(long position) {
        String name = name(position);
        int descriptor = directory.openFile(name, O_RDONLY);
        if (descriptor == -Errno.ENOENT) {
            throw new NoSuchObjectException("'%s': the bytes of the large message at position %,d are gone; something"
                    .formatted(object, plain(position)) + " else has removed the file '%s'".formatted(name));
        }
        if (descriptor < 0) {
            throw directory.cannotOpen(name, -descriptor);
        }
        return descriptor;
    }

    private void checkLength(int descriptor, long position, int length) {
        FileStatus status = FileCalls.status(descriptor);
        directory.checkPrivate(name(position), status);
        if (length <= 0 || length > ExpandableMemoryBuffer.MAX_CAPACITY || status.size() != length) {
            throw wrongLength(position, length, status.size());
        }
    }

    private void checkRead(long result, long position, int length) {
        if (Errno.check(result, "pread", name(position)) != length) {
            throw wrongLength(position, length, result);    // truncated since its length was checked
        }
    }

    private CorruptObjectException wrongLength(long position, long expected, long found) {
        return new CorruptObjectException(("'%s': the large message at position %,d has %,d bytes by its slot and %,d"
                + " in its file '%s'; something else has written into one of them").formatted(
                object, plain(position), expected, found, name(position)));
    }

    private static long plain(long position) {
        return position & ~PipeBody.SECOND_RING_POSITION;
    }

    /// Removes a message.
    ///
    /// @param position of the message
    /// @return whether it was there
    public boolean remove(long position) {
        return directory.unlink(name(position));
    }

    /// The positions of all messages.
    ///
    /// @return in no order
    public long[] positions() {
        return positions(directory.names());
    }

    /// The positions of all messages, given what is in the directory.
    ///
    /// @param names of all files
    /// @return in no order
    long[] positions(Collection<String> names) {
        long[] positions = new long[names.size()];
        int count = 0;
        for (String name : names) {
            if (name.startsWith(prefix) && objectOf(name) != null) {
                positions[count++] = HexFormat.fromHexDigitsToLong(name.substring(prefix.length()));
            }
        }
        return Arrays.copyOf(positions, count);
    }

    /// Removes all messages.
    void removeAll() {
        for (long position : positions()) {
            remove(position);
        }
    }
}
