package io.sluice.pool.process;

import io.sluice.pool.log.StandardError;
import io.sluice.pool.task.Action;
import io.sluice.shm.linux.Niceness;
import io.sluice.shm.object.KeptObjects;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/// Makes an entry of the [AotCache]: the task of a process of its own, at a low priority. It goes on when the
/// process that started it ends, since short programs need the cache most.
///
/// It starts another JVM with the same class path that does once what most tasks do, see [Rehearsal]. That JVM writes
/// the cache when it ends, in some seconds.
///
/// @param folder of all entries
/// @param subject of the entry
record AotCacheMaker(String folder, String subject) implements Action {
    private static final int MOST_ENTRIES = 8;
    private static final long MOST_BYTES = 512L << 20;
    private static final long TIMEOUT_SECONDS = 600;
    private static final String LOCK = "lock";
    private static final String UNFINISHED = ".new";

    /// Has an entry made in the background.
    ///
    /// @param made called once it was made; not called if it was not
    static void start(AotCache cache, String classPath, Runnable made) {
        Thread.ofPlatform().daemon().name("sluice-aot-cache").start(new Runnable() {
            @Override
            public void run() {
                try {
                    launchAndWait(cache, classPath, made);
                } catch (IOException | InterruptedException | RuntimeException | Error refused) {
                    // JVMs start without a cache then.
                }
            }
        });
    }

    private static void launchAndWait(AotCache cache, String classPath, Runnable made)
            throws IOException, InterruptedException {
        Action maker = new AotCacheMaker(cache.folder().toString(), cache.subject());
        Launcher.Launched launched = launch("sluice-aot-cache", maker, false, classPath,
                List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"));
        try (Control _ = launched.control()) {
            if (launched.process().waitFor() == 0) {
                made.run();
            }
        }
    }

    /// Starts a silent JVM that uses no cache itself.
    private static Launcher.Launched launch(
            String name, Action task, boolean daemon, String classPath, List<String> jvmOptions) throws IOException {
        ProcessOptions options = new ProcessOptions(jvmOptions, Map.of(), classPath, null,
                ProcessOptions.USUAL.input(), Redirect.DISCARD, Redirect.DISCARD);
        try (KeptObjects none = new KeptObjects()) {
            return new Launcher(options, false).launch(new Control.Order(
                    name, daemon, CurrentProcess.process(), false, StandardError.OFF, TaskBytes.encode(task, none)));
        }
    }

    @Override
    public void act() throws IOException, InterruptedException {
        Niceness.low();
        AotCache cache = new AotCache(Path.of(folder), subject);
        try (FileChannel file = FileChannel.open(
                Path.of(folder, LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var _ = file.lock();         // until the file is closed
            if (!cache.isCurrent()) {    // another maker may have been faster
                removeUnfinished();
                make(cache);
                removeOldest(cache);
            }
        }
    }

    // Making.

    private void make(AotCache cache) throws IOException, InterruptedException {
        Path unfinished = Path.of(cache.entry() + UNFINISHED);
        Files.createDirectory(unfinished,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        StringBuilder description = new StringBuilder(subject);
        for (Path file : files()) {
            description.append(AotCache.stamp(file)).append(' ').append(file).append('\n');
        }
        // A file that changes from here on outdates the entry.
        Path classes = unfinished.resolve(AotCache.CLASSES);
        if (subject.equals(AotCache.subject(null))) {
            train(classes, unfinished.resolve("root"));
        }
        removeAllExcept(classes, unfinished);
        var _ = Files.writeString(unfinished.resolve(AotCache.DESCRIPTION), description);
        remove(cache.entry());
        var _ = Files.move(unfinished, cache.entry(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void train(Path classes, Path root) throws IOException, InterruptedException {
        Launcher.Launched trained = launch("sluice-aot-training", new Rehearsal(), true, null,
                List.of("-XX:AOTCacheOutput=" + classes, "-Dsluice.home=" + root));
        try (Control _ = trained.control()) {
            boolean ended = trained.process().waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!ended || trained.process().exitValue() != 0) {
                var _ = trained.process().destroyForcibly();
                var _ = Files.deleteIfExists(classes);
            }
        }
    }

    /// All files from which a JVM with the class path and module path of this one reads classes.
    private static Set<Path> files() throws IOException {
        Set<Path> files = new LinkedHashSet<>();
        for (Path entry : CommandLine.entries(System.getProperty("jdk.module.path", ""))) {
            Path absolute = entry.toAbsolutePath();
            files.add(absolute);
            if (Files.isDirectory(absolute)) {
                try (DirectoryStream<Path> modules = Files.newDirectoryStream(absolute)) {
                    modules.forEach(files::add);
                }
            }
        }
        for (Path entry : CommandLine.entries(null)) {
            addWithDependencies(entry.toAbsolutePath(), files);
        }
        return files;
    }

    /// Adds a jar, and those that its manifest adds to the class path.
    private static void addWithDependencies(Path jar, Set<Path> files) throws IOException {
        if (files.add(jar) && Files.isRegularFile(jar)) {
            try (JarFile open = new JarFile(jar.toFile())) {
                String dependencies = open.getManifest() == null
                        ? null
                        : open.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
                if (dependencies != null) {
                    for (String dependency : dependencies.strip().split("\\s+", -1)) {
                        URI address = jar.toUri().resolve(dependency);
                        if ("file".equals(address.getScheme())) {
                            addWithDependencies(Path.of(address), files);
                        }
                    }
                }
            }
        }
    }

    // Removing.

    /// The remains of makers that have died.
    private void removeUnfinished() throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(folder), "*" + UNFINISHED)) {
            for (Path unfinished : found) {
                remove(unfinished);
            }
        }
    }

    /// Removes the oldest entries, until number and size of all are within their bounds.
    private void removeOldest(AotCache newest) throws IOException {
        record Entry(Path path, long made, long bytes) {}
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(folder), Files::isDirectory)) {
            for (Path path : found) {
                Path classes = path.resolve(AotCache.CLASSES);
                entries.add(new Entry(path, Files.getLastModifiedTime(path).toMillis(),
                        Files.exists(classes) ? Files.size(classes) : 0));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::made));
        long bytes = entries.stream().mapToLong(Entry::bytes).sum();
        int count = entries.size();
        for (Entry entry : entries) {
            if ((count > MOST_ENTRIES || bytes > MOST_BYTES) && !entry.path.equals(newest.entry())) {
                remove(entry.path);
                count--;
                bytes -= entry.bytes;
            }
        }
    }

    private static void removeAllExcept(Path kept, Path folder) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            for (Path path : found) {
                if (!path.equals(kept)) {
                    remove(path);
                }
            }
        }
    }

    /// Removes a file or a folder with all that is in it, and no file that a link leads to.
    private static void remove(Path path) throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        var _ = Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
