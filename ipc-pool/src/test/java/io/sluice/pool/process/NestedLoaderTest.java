package io.sluice.pool.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pool.ProcessPool;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs whose classes, with Sluice, are loaded by a loader of their own: a plugin's, or that of Spring Boot.
class NestedLoaderTest {
    private static final String LAUNCHER = "org.springframework.boot.loader.launch.JarLauncher";

    @TempDir
    private Path folder;

    /// Runs in the other loader.
    static final class Plugin {
        private Plugin() {}

        /// The result of each way of starting, first without a class path, then with one.
        static List<String> run(String classPath) throws Exception {
            List<String> said = new ArrayList<>();
            try (ProcessContext stock = ProcessContext.standby(1);
                    ProcessContext named = ProcessContext.standbyWithClassPath(1, classPath)) {
                for (Start start : List.<Start>of(
                        () -> JavaProcess.start(() -> {}).join(),
                        () -> stock.start(() -> {}).join(),
                        () -> ProcessPool.create(1))) {
                    try {
                        said.add(start.run().toString());
                    } catch (IllegalArgumentException refusal) {
                        said.add(refusal.getMessage());
                    }
                }
                try (JavaProcess process = JavaProcess.builder(() -> System.exit(7)).classPath(classPath).start()) {
                    said.add(process.join().toString());
                }
                try (JavaProcess process = named.start(() -> System.exit(8))) {
                    said.add(process.join().toString());
                }
            }
            try (ProcessPool pool = ProcessPool.builder().workers(1).classPath(classPath).build()) {
                said.add(pool.apply(() -> "from the pool"));
            }
            return said;
        }

        private interface Start {
            Object run() throws Exception;
        }
    }

    @Test
    void classesThatANewJvmWouldNotFindAreRefusedUnlessAClassPathIsNamed() throws Exception {
        String classPath = System.getProperty("java.class.path");
        URL[] urls = Arrays.stream(classPath.split(File.pathSeparator)).map(NestedLoaderTest::url).toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            var run = Class.forName(Plugin.class.getName(), true, loader).getDeclaredMethod("run", String.class);
            run.setAccessible(true);
            Thread thread = Thread.currentThread();
            ClassLoader usual = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                @SuppressWarnings("unchecked")
                List<String> said = (List<String>) run.invoke(null, classPath);
                assertThat(said.subList(0, 3)).allSatisfy(refusal -> assertThat(refusal)
                        .contains(": Sluice was loaded by java.net.URLClassLoader@")
                        .endsWith("with classPath(...) of the process, the pool or the context"));
                assertThat(said.subList(3, 6))
                        .containsExactly("exited with code 7", "exited with code 8", "from the pool");
            } finally {
                thread.setContextClassLoader(usual);
            }
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    // Spring Boot.

    /// The program in the jar.
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(Program.class.getClassLoader().getClass().getSimpleName());
            try (JavaProcess process = JavaProcess.start(() -> System.exit(NestedJars.launcher() == null ? 7 : 8))) {
                System.out.println(process.join());
            }
            try (ProcessPool pool = ProcessPool.create(1)) {
                System.out.println(pool.map(x -> x * x, List.of(1, 2, 3)));
            }
        }
    }

    /// The layout of its Maven plugin: its loader unpacked in the jar, the program's classes in a folder, and jars
    /// stored in the jar.
    @Test
    void aJarThatSpringBootHasPackedStartsProcessesAndPools() throws Exception {
        Path program = folder.resolve("program.jar");
        Path output = folder.resolve("output");
        pack(program);
        int code = Jvms.runCommand(output, List.of("--enable-native-access=ALL-UNNAMED", "-jar", program.toString()));
        assertThat(output).hasContent("""
                LaunchedClassLoader
                exited with code 8
                [1, 4, 9]
                """);
        assertThat(code).isZero();
    }

    private void pack(Path program) throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, LAUNCHER);
        manifest.getMainAttributes().putValue("Start-Class", Program.class.getName());
        manifest.getMainAttributes().putValue("Spring-Boot-Classes", "BOOT-INF/classes/");
        manifest.getMainAttributes().putValue("Spring-Boot-Lib", "BOOT-INF/lib/");
        Path loader = Path.of(Class.forName(LAUNCHER).getProtectionDomain().getCodeSource().getLocation().toURI());
        try (OutputStream file = Files.newOutputStream(program);
                JarOutputStream out = new JarOutputStream(file, manifest);
                JarFile classes = new JarFile(loader.toFile())) {
            for (JarEntry entry : classes.stream().filter(one -> one.getName().startsWith("org/")).toList()) {
                out.putNextEntry(new JarEntry(entry.getName()));
                out.write(classes.getInputStream(entry).readAllBytes());
                out.closeEntry();
            }
            for (String directory : List.of("BOOT-INF/", "BOOT-INF/classes/", "BOOT-INF/lib/")) {
                out.putNextEntry(new JarEntry(directory));
            }
            int jars = 0;
            for (Path entry : CommandLine.entries(null)) {
                if (isNeeded(entry)) {
                    store(out, "BOOT-INF/lib/" + jars++ + "-" + entry.getFileName(), Files.readAllBytes(entry));
                } else if (Files.isDirectory(entry)) {
                    addAll(out, entry);
                }
            }
        }
    }

    private static boolean isNeeded(Path entry) {
        String name = entry.getFileName().toString();
        return name.endsWith(".jar") && (name.startsWith("sluice-") || name.startsWith("agrona"));
    }

    private static void addAll(JarOutputStream out, Path classes) throws IOException {
        try (var all = Files.walk(classes)) {
            for (Path one : all.filter(Files::isRegularFile).toList()) {
                try {
                    out.putNextEntry(new JarEntry("BOOT-INF/classes/" + classes.relativize(one)));
                    var _ = Files.copy(one, out);
                    out.closeEntry();
                } catch (ZipException duplicate) {
                    // The first one on the class path is found.
                }
            }
        }
    }

    private static void store(JarOutputStream out, String name, byte[] bytes) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        JarEntry entry = new JarEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
        out.putNextEntry(entry);
        out.write(bytes);
        out.closeEntry();
    }
}
