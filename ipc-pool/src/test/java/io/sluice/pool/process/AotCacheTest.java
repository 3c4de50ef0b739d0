package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ahead-of-time cache of children: where it is, when it is used, and that a start works in any case.
class AotCacheTest {
    @TempDir
    private Path folder;

    @AfterEach
    void endRemainingProcesses() {
        Jvms.endAll();
    }

    private Path home() {
        return folder.resolve("home");
    }

    // The place.

    @Test
    void theCacheIsInTheCachesOfTheUser() {
        assertThat(AotCache.folder(null, home().toString())).isEqualTo(home().resolve(".cache/sluice"));
        assertThat(AotCache.folder("", home().toString())).isEqualTo(home().resolve(".cache/sluice"));
        Path cache = folder.resolve("cache");
        assertThat(AotCache.folder(cache.toString(), "?")).isEqualTo(cache.resolve("sluice"));
    }

    /// A user without a home, as in containers, has the home `?`.
    @Test
    void withoutAHomeThereIsNoCacheAndNoFileIsMade() {
        assertThat(AotCache.folder(null, "?")).isNull();
        assertThat(AotCache.folder(null, null)).isNull();
        assertThat(AotCache.folder("relative", "?")).isNull();
        assertThat(Path.of("?")).doesNotExist();
        assertThat(Path.of("relative")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeMadeIsNotUsed() throws IOException {
        String file = Files.createFile(folder.resolve("file")).toString();
        assertThat(AotCache.folder(file, "/")).isNull();
        assertThat(AotCache.folder(null, file)).isNull();
        assertThat(AotCache.folder("/proc/none", "/")).isNull();
    }

    @Test
    void aFolderThatOthersCouldChangeIsNotUsed() throws IOException {
        Path cache = AotCache.folder(null, home().toString());
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-x---"));
        assertThat(AotCache.folder(null, home().toString())).as("open to the group").isNull();
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(home(), PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThat(AotCache.folder(null, home().toString())).as("could be replaced").isNull();
        Files.setPosixFilePermissions(home(), PosixFilePermissions.fromString("rwx------"));
        assertThat(AotCache.folder(null, home().toString())).isEqualTo(cache);
        Path other = Files.createDirectory(folder.resolve("other"));
        var _ = Files.createSymbolicLink(other.resolve("sluice"), cache);
        assertThat(AotCache.folder(other.toString(), "/")).as("a link").isNull();
    }

    // When it is used.

    @Test
    void optionsThatTheJvmWouldRefuseItForSwitchItOff() {
        assertThat(AotCache.isFitting(List.of("-Xmx64m", "-Xss1m", "-Dmine=1", "-XX:MaxRAMPercentage=20", "-Xlog:gc",
                "-XX:+ExitOnOutOfMemoryError", "-XX:+UseG1GC", "-ea"))).isTrue();
        for (String option : List.of(
                "-XX:+UseZGC", "-Xmx32g", "-javaagent:agent.jar", "-agentlib:jdwp=transport=dt_socket",
                "--patch-module=java.base=x", "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--limit-modules=java.base", "-Xshare:off", "-Xshare:auto", "-XX:AOTMode=off",
                "-XX:AOTCache=mine.aot", "-XX:SharedArchiveFile=mine.jsa",
                "-Djava.system.class.loader=mine.Loader", "-Xbootclasspath/a:more.jar", "-XX:ObjectAlignmentInBytes=16",
                "--module-path=more", "@file", "-Xlog:all=info", "-Xlog:aot")) {
            assertThat(AotCache.isFitting(List.of(option))).as(option).isFalse();
        }
    }

    @Test
    void foldersOfClassesHaveNoCache() throws IOException {
        String jar = Files.createFile(folder.resolve("a.jar")).toString();
        assertThat(AotCache.subject(jar)).contains(jar);
        assertThat(AotCache.subject(jar + ":" + folder)).isNull();
        assertThat(AotCache.subject(folder + "/*")).isNull();
    }

    // Real JVMs.

    /// The first child starts without, and has one made; the next one uses it. One that is damaged or outdated, or does
    /// not fit, is not used, and the JVM says nothing about it. Entries that are too old, and remains of a maker that
    /// was killed, are removed.
    @Test
    void aCacheIsMadeAndUsedAndOneThatDoesNotFitIsIgnored() throws Exception {
        String path = folder.toString();
        Path entries = Files.createDirectories(folder.resolve("cache/sluice"), PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        for (int i = 0; i < 9; i++) {
            Path old = Files.createDirectory(entries.resolve("old-" + i));
            Files.setLastModifiedTime(old, FileTime.fromMillis(i));
        }
        Files.createFile(Files.createDirectory(entries.resolve("killed.new")).resolve(AotCache.CLASSES));
        try (JavaProcess starter = Jvms.quiet(() -> {
            ProcessContext context = ProcessContext.spawn();
            startPrinter(context, path, "first");
            Path cache = awaitCache(path + "/cache/sluice");
            startPrinter(context, path, "second");
            startPrinter(context, path, "other collector", "-XX:+UseZGC");
            long size = Files.size(cache);
            truncate(cache, size / 2);
            startPrinter(context, path, "damaged");
            truncate(cache, 0);
            startPrinter(context, path, "empty");
        }).classPath(packed()).environment("XDG_CACHE_HOME", path + "/cache").start()) {
            var _ = Jvms.read(folder, "first uses");
            var _ = awaitCache(path + "/cache/sluice");
            var _ = Jvms.read(folder, "other collector uses");
            assertThat(Jvms.join(starter)).isEqualTo(new Exit.Returned(0));
        }
        for (String name : List.of("first", "second", "other collector", "damaged", "empty")) {
            assertThat(folder.resolve(name + ".out")).hasContent("printed by the process " + name);
            assertThat(folder.resolve(name + ".err")).isEmptyFile();
        }
        assertThat(folder.resolve("first uses")).hasContent("");
        assertThat(folder.resolve("second uses")).content().contains(AotCache.CLASSES);
        assertThat(folder.resolve("other collector uses")).hasContent("");
        assertThat(names(entries)).hasSize(8).doesNotContain("killed.new", "old-0", "old-1").contains("old-8");
    }

    private static void startPrinter(ProcessContext context, String folder, String name, String... options)
            throws InterruptedException {
        try (JavaProcess process = context.builder(() -> {
            System.out.print("printed by the process " + name);
            Jvms.write(folder, name + " uses", mappedCaches());
        })
                .jvmOptions(options)
                .stdout(Redirect.to(Path.of(folder, name + ".out").toFile()))
                .stderr(Redirect.to(Path.of(folder, name + ".err").toFile()))
                .start()) {
            assertThat(Jvms.join(process)).isEqualTo(new Exit.Returned(0));
        }
    }

    private static String mappedCaches() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("/cache/sluice/")).collect(Collectors.joining("\n"));
        }
    }

    private static Path awaitCache(String entries) {
        List<Path> found = new ArrayList<>();
        Jvms.until("there is a cache", () -> {
            for (String name : names(Path.of(entries))) {
                Path classes = Path.of(entries, name, AotCache.CLASSES);
                if (!name.endsWith(".new") && Files.exists(classes)) {
                    found.add(classes);
                }
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    private static void truncate(Path file, long size) throws IOException {
        try (var open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var _ = open.truncate(size);
        }
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isDirectory).map(path -> path.getFileName().toString()).toList();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// The class path of this JVM as one jar, whose manifest names others, since there is no cache of folders.
    private String packed() throws IOException {
        List<String> jars = new ArrayList<>();
        for (Path entry : CommandLine.entries(null)) {
            if (Files.isRegularFile(entry)) {
                jars.add(entry.toUri().toString());
            } else if (Files.isDirectory(entry)) {
                Path jar = folder.resolve("classes-" + jars.size() + ".jar");
                pack(entry, jar);
                jars.add(jar.toUri().toString());
            }
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", jars));
        Path outer = folder.resolve("outer.jar");
        new JarOutputStream(Files.newOutputStream(outer), manifest).close();
        return outer.toString();
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                var all = Files.walk(classes)) {
            for (Path one : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(one).toString()));
                var _ = Files.copy(one, out);
                out.closeEntry();
            }
        }
    }
}
