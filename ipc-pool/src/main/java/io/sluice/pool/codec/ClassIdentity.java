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

/// Compares the class of two processes: a lambda travels by the name of its method, and the compiler numbers these, so
/// another version of the class may have another lambda under the same name.
///
/// The identity is the length and a checksum of the class file; that of a class without a file, or of the JDK, is
/// unknown. It is computed once for each class, from the file as it is then. A JVM does not expose the bytes of a
/// loaded class; so a file that has changed since this JVM started may differ from the loaded class, and the sender
/// refuses it.
final class ClassIdentity {
    static final long UNKNOWN = 0;

    /// Linux reports the start of a thread to a hundredth of a second, by another clock than that of files.
    private static final Duration TOLERANCE = Duration.ofMillis(500);

    private static final ClassValue<Found> FOUND = new ClassValue<>() {
        @Override
        protected Found computeValue(Class<?> type) {
            return find(type);
        }
    };

    /// @param identity of the file
    /// @param changed last change of the file, if it was on the class path at the start of this JVM; otherwise null
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

    /// Compares a class of this process with that of the sender.
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

    /// A value that a class keeps is of Sluice's loader, and keeps that reachable; so classes of the JDK, which outlive
    /// Sluice, keep none.
    private static Found found(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || type.isHidden() || loader.equals(ClassLoader.getPlatformClassLoader())
                ? Found.NOTHING : FOUND.get(type);
    }

    private static Found find(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        String name = type.getName().replace('.', '/') + ".class";
        try {
            Path location = location(type);
            byte[] bytes = location == null ? null
                    : Files.isDirectory(location) ? inFolder(location, name) : inJar(location, name);
            if (bytes != null) {
                // Only files of the class path existed when this JVM started; a program may have made others itself.
                boolean startedWithIt = loader.equals(ClassLoader.getSystemClassLoader());
                Path file = Files.isDirectory(location) ? location.resolve(name) : location;
                return new Found(identityOf(bytes), startedWithIt ? lastChange(file) : null);
            }
            try (InputStream in = loader.getResourceAsStream(name)) {
                return in == null ? Found.NOTHING : new Found(identityOf(in.readAllBytes()), null);
            }
        } catch (IOException | RuntimeException unreadable) {
            return Found.NOTHING;
        }
    }

    /// The folder or jar of a class, or null if it is in neither. The resources of a loader would tell as well, but the
    /// classes that handle their URLs cost a child milliseconds of its start.
    private static Path location(Class<?> type) {
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

    /// The start of this JVM plus a tolerance, by the clock of files. Used by senders only: a child that has just
    /// started does not need it.
    ///
    /// Linux keeps the time of a fork, and the program may have changed since, as after a script that built the classes
    /// and then became `java` by `exec`. Only the first thread survives an `exec`, so the oldest of the others belongs
    /// to the JVM.
    private static final class Start {
        static final Instant LATEST = find();

        private static final int TICKS_PER_SECOND = 100;
        private static final int START_FIELD = 19;           // counted from the field after the name

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
