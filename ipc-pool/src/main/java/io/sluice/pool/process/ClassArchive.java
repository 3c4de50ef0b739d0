package io.sluice.pool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// The file in which the JVM keeps the classes of a class path ready to be mapped (class-data sharing), so that the
/// next JVM starts faster. The JVM makes the file when the first child ends in order. It ignores a file that was made
/// from other jars, by their time and size, but does not replace it either, so these are a part of the name. An
/// ahead-of-time cache is not used: JDK 25 does not check it against the jars, and would run outdated classes.
final class ClassArchive {
    private ClassArchive() {}

    /// The file for a class path and this JVM, or null if there can be none, as with folders on the class path, or
    /// without a writable folder: JVMs start without an archive then.
    static Path of(String classPath) {
        return of(classPath, System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
    }

    /// @param cache folder of this user's caches, or null; ignored unless it is absolute, as its specification says
    /// @param home of this user; `?` if the user has none
    static Path of(String classPath, String cache, String home) {
        List<Path> entries = CommandLine.entries(classPath);
        if (entries.isEmpty() || !entries.stream().allMatch(CommandLine::isJar)) {
            return null;
        }
        Path caches = cache != null && cache.startsWith("/") ? Path.of(cache) : Path.of(String.valueOf(home), ".cache");
        if (!caches.isAbsolute()) {
            return null;
        }
        try {
            Path folder = caches.resolve("sluice");
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            StringBuilder paths = new StringBuilder();
            StringBuilder stamps = new StringBuilder();
            for (Path entry : entries) {
                paths.append(entry.toAbsolutePath()).append('\n');
                stamps.append(Files.size(entry)).append(' ').append(Files.getLastModifiedTime(entry)).append('\n');
            }
            String prefix = "%s-%s-".formatted(Runtime.version(), hash(paths.toString()));
            Path archive = folder.resolve(prefix + hash(stamps.toString()) + ".jsa");
            if (!Files.exists(archive)) {
                removeAll(folder, prefix);
            }
            return archive;
        } catch (IOException noSuchFolder) {
            return null;
        }
    }

    /// Removes the archives of earlier versions of the jars.
    private static void removeAll(Path folder, String prefix) throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, prefix + "*.jsa")) {
            for (Path archive : old) {
                Files.deleteIfExists(archive);
            }
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, Long.BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
