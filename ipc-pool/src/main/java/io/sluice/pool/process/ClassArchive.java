package io.sluice.pool.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Where the JVM keeps the classes of a class path ready to be mapped (class-data sharing), so that the next one starts
/// sooner. The JVM makes the file when the first child ends in order. It does not use one that was made from other jars,
/// by their time and size, but does not make it anew either, so these are a part of its name. An ahead-of-time cache is not used: JDK 25 does not check that, and runs classes of yesterday.
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
        } catch (IOException refused) {
            throw new UncheckedIOException("class-data archive: cannot make a folder in " + home
                    + "; set XDG_CACHE_HOME to a writable one, or do without the archive", refused);
        }
    }

    /// Removes the archives of what the jars were before.
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
