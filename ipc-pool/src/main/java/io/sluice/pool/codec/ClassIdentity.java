package io.sluice.pool.codec;

import io.sluice.core.codec.CodecException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.CodeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Tells whether two processes have the same class: a lambda travels by the name of its method, and the compiler
/// numbers these, so another version of the class has another lambda under the same name.
///
/// The identity is the length and a checksum of the class file; that of a class without a file, or of the JDK, is
/// unknown. It is computed once for each class, from the file as it is then. No JVM tells the bytes of a class that it
/// has loaded; so a file that has changed since this JVM started may not be what runs here, and the sender refuses it.
final class ClassIdentity {
    static final long UNKNOWN = 0;

    /// Linux tells the start of a thread to a hundredth of a second, and the clock is not the one of its files.
    private static final Duration TOLERANCE = Duration.ofMillis(500);

    private static final ClassValue<Found> FOUND = new ClassValue<>() {
        @Override
        protected Found computeValue(Class<?> type) {
            return find(type);
        }
    };

    /// @param identity of the file
    /// @param changed when the file was changed last, if this JVM began with it; otherwise null
    private record Found(long identity, Instant changed) {
        static final Found NOTHING = new Found(UNKNOWN, null);
    }

    private ClassIdentity() {}

    /// The identity of a class that is about to be named to another process.
    ///
    /// @throws CodecException if its file has changed since this JVM started
    static long ofSent(Class<?> type) {
        Found found = found(type);
        if (found.changed != null && found.changed.isAfter(Start.LATEST)) {
            throw new CodecException(("class %s: its file changed at %s, after this JVM started, so another process may"
                    + " find another version of it than this one runs, and other lambdas under the same names; start"
                    + " this program again").formatted(type.getName(), found.changed));
        }
        return found.identity;
    }

    /// Compares a class of this process with the one that the sender has.
    ///
    /// @throws CodecException if they differ
    static void check(Class<?> type, long sent) {
        if (sent == UNKNOWN) {
            return;
        }
        long here = found(type).identity;
        if (here != UNKNOWN && here != sent) {
            throw new CodecException(("class %s of this process is another version than that of the sender, and may"
                    + " have other lambdas under the same names: its file changed between the starts of the two; start"
                    + " both with the same class files").formatted(type.getName()));
        }
    }

    /// What a class keeps for this one is of our loader, which it keeps reachable; so classes of the JDK, which outlive
    /// us, keep nothing.
    private static Found found(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || type.isHidden() || loader.equals(ClassLoader.getPlatformClassLoader())
                ? Found.NOTHING : FOUND.get(type);
    }

    private static Found find(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        String name = type.getName().replace('.', '/') + ".class";
        try {
            Path place = place(type);
            byte[] bytes = place == null ? null : Files.isDirectory(place) ? inFolder(place, name) : inJar(place, name);
            if (bytes != null) {
                // Only those of the class path were there when this JVM started; others, a program may have made
                // itself.
                boolean startedWithIt = loader.equals(ClassLoader.getSystemClassLoader());
                Path file = Files.isDirectory(place) ? place.resolve(name) : place;
                return new Found(identityOf(bytes), startedWithIt ? lastChange(file) : null);
            }
            try (InputStream in = loader.getResourceAsStream(name)) {
                return in == null ? Found.NOTHING : new Found(identityOf(in.readAllBytes()), null);
            }
        } catch (IOException | RuntimeException unreadable) {
            return Found.NOTHING;
        }
    }

    /// The folder or jar of a class, or null if it is in neither. The resources of a loader would do as well, but the
    /// classes behind its addresses cost a child milliseconds of its start.
    private static Path place(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null || !source.getLocation().getProtocol().equals("file")) {
            return null;
        }
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException notOne) {
            return null;
        }
    }

    private static byte[] inFolder(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
    }

    private static byte[] inJar(Path jar, String name) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(name);
            if (entry == null) {
                return null;
            }
            try (InputStream in = zip.getInputStream(entry)) {
                return in.readAllBytes();
            }
        }
    }

    private static long identityOf(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return (long) bytes.length << Integer.SIZE | sum.getValue();
    }

    /// The change of the inode counts: a copy may keep the old time of the content.
    private static Instant lastChange(Path file) throws IOException {
        return ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
    }

    /// When this JVM started, and a little later, by the clock of files. Asked by senders only: a child that has just
    /// started need not know.
    ///
    /// Linux keeps the time of a fork, and the program may be another one since, as behind a script that built the
    /// classes and became `java`. But no thread but the first outlives that, so the eldest of the others is the JVM's.
    private static final class Start {
        static final Instant LATEST = find();

        private static final int TICKS_PER_SECOND = 100;
        private static final int START_FIELD = 19;           // counted from the one behind the name

        private static Instant find() {
            try (var tasks = Files.list(Path.of("/proc/self/task"))) {
                String first = Long.toString(ProcessHandle.current().pid());
                long ticks = tasks.filter(task -> !task.getFileName().toString().equals(first))
                        .mapToLong(Start::ticks).min().orElse(Long.MAX_VALUE);
                double uptime = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
                long ageMillis = (long) (1e3 * (uptime - (double) ticks / TICKS_PER_SECOND));
                return Instant.now().minusMillis(Math.max(0, ageMillis)).plus(TOLERANCE);
            } catch (IOException | RuntimeException unknown) {
                return Instant.MAX;
            }
        }

        private static long ticks(Path task) {
            try {
                String stat = Files.readString(task.resolve("stat"));
                return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[START_FIELD]);
            } catch (IOException ended) {
                return Long.MAX_VALUE;
            }
        }
    }
}
