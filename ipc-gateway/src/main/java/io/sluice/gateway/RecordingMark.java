package io.sluice.gateway;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// What the directory of a recording says of itself, and the lock by which one gateway at a time has it.
final class RecordingMark implements AutoCloseable {
    /*
     * A file of properties, written beside itself and renamed, so it is always whole:
     *
     *   version       of these properties and of RecordLayout; another one is refused
     *   recording     the id of the recording; a subscriber's ledger knows it by that
     *   kind, codec   of the object; another object under the recording must have the same
     *   object, from  the id of the object that was recorded last, and the sequence from which on it is that one:
     *                 positions before are those of another object
     *
     * It is written before the archive makes its first file. So files without it are not ours, and stay untouched.
     */
    static final int VERSION = 1;
    private static final String FILE = "sluice-recording.properties";
    private static final String NEW_FILE = FILE + ".new";
    private static final String LOCK_FILE = "sluice-recording.lock";
    private static final Set<String> OURS = Set.of(FILE, NEW_FILE, LOCK_FILE);

    private final Path directory;
    private final FileChannel lock;
    private final Properties properties = new Properties();

    private RecordingMark(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /// Opens a directory, which is made where there is none.
    ///
    /// @param local the object that is about to be recorded
    /// @throws GatewayException if it is in use, not a recording, or one that does not fit the object
    static RecordingMark open(Path directory, LocalObject local) {
        try {
            Files.createDirectories(directory);
            refuseForeignFiles(directory);
            FileChannel lock = FileChannel.open(
                    directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            RecordingMark mark = new RecordingMark(directory, lock);
            try {
                mark.take();
                mark.read(local);
                return mark;
            } catch (RuntimeException | IOException | Error refused) {
                mark.close();
                throw refused;
            }
        } catch (IOException refused) {
            throw new GatewayException("recording '%s': the directory cannot be used: %s".formatted(
                    directory, refused), refused);
        }
    }

    private static void refuseForeignFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            if (!Files.exists(directory.resolve(FILE))
                    && files.anyMatch(file -> !OURS.contains(file.getFileName().toString()))) {
                throw new GatewayException(("recording '%s': the directory is not empty, and not a recording of a"
                        + " gateway; choose another one").formatted(directory));
            }
        }
    }

    private void take() throws IOException {
        boolean taken;
        try {
            taken = lock.tryLock() != null;
        } catch (OverlappingFileLockException _) {       // held by this JVM
            taken = false;
        }
        if (!taken) {
            throw new GatewayException(("recording '%s': another gateway records there; end that one, or choose"
                    + " another directory").formatted(directory));
        }
    }

    private void read(LocalObject local) throws IOException {
        if (!Files.exists(directory.resolve(FILE))) {
            create(local);
            return;
        }
        try (Reader reader = Files.newBufferedReader(directory.resolve(FILE))) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException damaged) {
            throw damaged(damaged);
        }
        if (number("version") != VERSION) {
            throw new GatewayException(("recording '%s': written by another release (version %s, this one has %s);"
                    + " choose another directory").formatted(directory, number("version"), VERSION));
        }
        id();
        if (number("kind") != local.form().code() || !text("codec").equals(local.object().elementType())) {
            throw new GatewayException(("recording '%s': it is of a %s with the codec '%s', and '%s' is a %s with"
                    + " '%s'; choose another directory").formatted(directory, Form.name((int) number("kind")),
                    text("codec"), local.name(), local.form(), local.object().elementType()));
        }
    }

    private void create(LocalObject local) {
        properties.setProperty("version", String.valueOf(VERSION));
        properties.setProperty("recording", UUID.randomUUID().toString());
        properties.setProperty("kind", String.valueOf(local.form().code()));
        properties.setProperty("codec", local.object().elementType());
        setObject(local.object().objectId(), 1);
    }

    private long number(String key) {
        try {
            return Long.parseLong(text(key));
        } catch (NumberFormatException wrong) {
            throw damaged(wrong);
        }
    }

    private String text(String key) {
        String text = properties.getProperty(key);
        if (text == null) {
            throw damaged(new IOException("no '%s'".formatted(key)));
        }
        return text;
    }

    private UUID uuid(String key) {
        try {
            return UUID.fromString(text(key));
        } catch (IllegalArgumentException wrong) {
            throw damaged(wrong);
        }
    }

    private GatewayException damaged(Exception reason) {
        return new GatewayException(("recording '%s': %s is damaged (%s); restore the directory, or choose another"
                + " one").formatted(directory, FILE, reason.getMessage()), reason);
    }

    Path directory() {
        return directory;
    }

    /// The id of the recording.
    UUID id() {
        return uuid("recording");
    }

    /// From which sequence on the recording is of an object.
    ///
    /// @return `Long.MAX_VALUE` if the last one recorded is another
    long since(UUID object) {
        return uuid("object").equals(object) ? number("from") : Long.MAX_VALUE;
    }

    /// Notes which object is recorded from a sequence on, before its first message is.
    void setObject(UUID object, long from) {
        properties.setProperty("object", object.toString());
        properties.setProperty("from", String.valueOf(from));
        Path written = directory.resolve(NEW_FILE);
        try {
            try (Writer writer = Files.newBufferedWriter(written)) {
                properties.store(writer, "A recording of sluice gateway --archive");
            }
            Files.move(written, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException refused) {
            throw new GatewayException("recording '%s': %s cannot be written: %s".formatted(
                    directory, FILE, refused), refused);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();                // the lock goes with it
        } catch (IOException refused) {
            throw new GatewayException("recording '%s': %s".formatted(directory, refused), refused);
        }
    }
}
