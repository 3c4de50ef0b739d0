package io.sluice.pool.connection;

import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.ObjectExistsException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.linux.Errno;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.object.KeptObjects;
import java.io.InvalidObjectException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The secret that both sides of a connection have. A process with the key may connect, and send objects of every class
/// that the codec of the connection allows.
///
/// The key never travels through a connection: each side proves that it has it. Give it to a child of `JavaProcess` or
/// to a task of a pool as a captured variable: it goes through memory without a name, and shows neither in a command
/// line nor in an environment.
///
/// - **Threads:** any; a key does not change.
/// - **Printing:** [#toString()] shows the length only.
/// - **Travel:** a key is `Serializable` as part of a task for a child of `JavaProcess` or a pool. Connections, queues
///   and other streams refuse it.
public final class AuthKey implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    /// The fewest bytes of a key.
    private static final int LEAST_BYTES = 16;
    private static final int MOST_BYTES = 4096;
    private static final int GENERATED_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] bytes;

    private AuthKey(byte[] bytes, String origin) {
        if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    ("key of %s: expected %d to %,d bytes, found %,d; use AuthKey.generate(), or"
                            + " `openssl rand -hex 32`").formatted(origin, LEAST_BYTES, MOST_BYTES, bytes.length));
        }
        this.bytes = bytes;
    }

    /// Makes a key of 256 random bits. Its bytes are 64 hexadecimal digits, so it can be stored as text.
    ///
    /// @return a new key
    public static AuthKey generate() {
        byte[] random = new byte[GENERATED_BYTES];
        new SecureRandom().nextBytes(random);
        return new AuthKey(HexFormat.of().formatHex(random).getBytes(StandardCharsets.US_ASCII), "random bits");
    }

    /// Takes a key that another program has made. Words that a person can remember are not random enough: a false
    /// listener can try them all, without being noticed.
    ///
    /// @param bytes 16 to 4,096 random bytes; copied
    /// @return the key
    /// @throws IllegalArgumentException if they are too few or too many
    public static AuthKey of(byte[] bytes) {
        return new AuthKey(bytes.clone(), "an array");
    }

    /// Reads a key from a file: its bytes, without a line feed at the end.
    ///
    /// @param file an ordinary file of this user, with mode 0600 or 0400
    /// @return the key
    /// @throws NoSuchObjectException if it is not there
    /// @throws UnsafeLocationException if it is a link, another user's, or others may read or write it
    /// @throws IllegalArgumentException if it has too few or too many bytes
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public static AuthKey fromFile(Path file) {
        int flags = Linux.O_RDONLY | Linux.O_CLOEXEC | Linux.O_NOFOLLOW | Linux.O_NONBLOCK;
        int descriptor = FileCalls.open(FileCalls.WORKING_DIRECTORY, file.toString(), flags, 0);
        if (descriptor == -Errno.ENOENT) {
            throw new NoSuchObjectException(
                    "key file '%s': not there; make one with AuthKey.generate().writeTo(file)".formatted(file));
        }
        if (descriptor == -Errno.ELOOP) {
            throw unsafe(file, "is a symbolic link");
        }
        Errno.check(descriptor, "openat", file.toString());
        try {
            check(file, FileCalls.status(descriptor));
            byte[] found = new byte[MOST_BYTES + 2];      // one more than a key and its line feed
            int count = FileCalls.read(descriptor, found, 0);
            Errno.check(count, "pread64", file.toString());
            int length = count > 0 && found[count - 1] == '\n' ? count - 1 : count;
            return new AuthKey(Arrays.copyOf(found, length), "file '" + file + "'");
        } finally {
            FileCalls.close(descriptor);
        }
    }

    private static void check(Path file, FileStatus status) {
        if (!status.isRegular()) {
            throw unsafe(file, "is " + status.type());
        }
        if (status.owner() != FileCalls.user()) {
            throw unsafe(file, "belongs to user %d, this is user %d".formatted(status.owner(), FileCalls.user()));
        }
        if (status.isOpenToOthers()) {
            throw unsafe(file, "has mode %s, so others know the key".formatted(status.permissions()));
        }
    }

    private static UnsafeLocationException unsafe(Path file, String why) {
        return new UnsafeLocationException(("key file '%s' %s; expected an ordinary file of this user with mode 0600:"
                + " make a new key with AuthKey.generate().writeTo(file)").formatted(file, why));
    }

    /// Reads a key from an environment variable: its text as UTF-8. Every process of this user can read it there, and
    /// children inherit it; a file is better.
    ///
    /// @param name of the variable
    /// @return the key
    /// @throws NoSuchObjectException if the variable is not set
    /// @throws IllegalArgumentException if the text is too short or too long
    public static AuthKey fromEnvironment(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new NoSuchObjectException("key: the environment variable %s is not set; set it to the text of a key,"
                    .formatted(name) + " such as `openssl rand -hex 32` prints");
        }
        return new AuthKey(value.getBytes(StandardCharsets.UTF_8), "environment variable " + name);
    }

    /// Writes the key to a new file with mode 0600, with a line feed behind it.
    ///
    /// @param file a path where no file is
    /// @throws ObjectExistsException if a file is there; it stays
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses
    public void writeTo(Path file) {
        int flags = Linux.O_RDWR | Linux.O_CREAT | Linux.O_EXCL | Linux.O_CLOEXEC | Linux.O_NOFOLLOW;
        int descriptor = FileCalls.open(FileCalls.WORKING_DIRECTORY, file.toString(), flags, 0_600);
        if (descriptor == -Errno.EEXIST) {
            throw new ObjectExistsException(
                    "key file '%s': expected a new file, found one; remove it first".formatted(file));
        }
        Errno.check(descriptor, "openat", file.toString());
        try {
            byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
            line[bytes.length] = '\n';
            Errno.check(FileCalls.write(descriptor, line, 0), "pwrite64", file.toString());
        } finally {
            FileCalls.close(descriptor);
        }
    }

    /// The proof that its sender has the key, for the given parts.
    byte[] mac(byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(bytes, ALGORITHM));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("expected a JDK with " + ALGORITHM + ", as each has", e);
        }
    }

    @Serial
    private Object writeReplace() {
        if (!KeptObjects.isCollecting()) {
            throw new UnsupportedOperationException("key: a key travels to a child of JavaProcess or in a task of a"
                    + " pool, and not through a connection, a queue or a file; use writeTo(file)");
        }
        return this;
    }

    @Serial
    private Object readResolve() throws InvalidObjectException {
        if (bytes == null) {
            throw new InvalidObjectException("key: expected bytes, found none");
        }
        return new AuthKey(bytes.clone(), "a message");
    }

    /// The length of the key, and nothing of its content.
    @Override
    public String toString() {
        return "AuthKey[%d bytes]".formatted(bytes.length);
    }
}
