package io.sluice.pool.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Where the JVM keeps the classes of a class path ready to be mapped (class-data sharing), so that the next one starts
/// sooner. The JVM makes the file when the first child ends in order, and makes it anew when a jar has changed: it
/// checks time and size. An ahead-of-time cache is not used: JDK 25 does not check that, and runs classes of yesterday.
final class ClassArchive {
    private ClassArchive() {}

    /// The file for a class path and this JVM, or null where there can be none, as with folders on the class path.
    static Path of(String classPath) {
        List<Path> entries = CommandLine.entries(classPath);
        if (entries.isEmpty() || !entries.stream().allMatch(CommandLine::isJar)) {
            return null;
        }
        String cache = System.getenv("XDG_CACHE_HOME");
        Path home = cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        try {
            Path folder = home.resolve("sluice");
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return folder.resolve("%s-%s.jsa".formatted(Runtime.version(), hash(entries)));
        } catch (IOException refused) {
            throw new UncheckedIOException("class-data archive: cannot make a folder in " + home
                    + "; set XDG_CACHE_HOME to a writable one, or do without the archive", refused);
        }
    }

    private static String hash(List<Path> entries) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path entry : entries) {
                digest.update(entry.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, Long.BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
