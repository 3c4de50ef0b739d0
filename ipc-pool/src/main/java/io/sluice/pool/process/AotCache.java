package io.sluice.pool.process;

import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.FileStatus;
import io.sluice.shm.object.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The file in which the JVM keeps the classes that a child needs loaded and linked (JEP 483 and 514), so that the next
/// child starts faster.
///
/// ```
/// $XDG_CACHE_HOME/sluice/     ~/.cache/sluice; mode 0700
///     lock                    held by the process that makes an entry
///     <hash>.new/             an entry that is being made; garbage if the lock is free
///     <hash>/                 an entry: moved into place as a whole, and not changed any more
///         made-of             JDK, class path, and a stamp of each file that it was made of
///         classes.aot         missing if the JVM makes none of this class path
/// ```
///
/// A start that finds no entry, or an outdated one, goes without, and has one made in the background, by
/// [AotCacheMaker]. The JVM checks an entry as well, and starts without one that it cannot use.
///
/// - **Threads:** any.
/// - **Blocking:** some file accesses; never waits for an entry.
/// - **Death** of the maker leaves an unfinished entry, which the next one removes.
final class AotCache {
    static final String CLASSES = "classes.aot";
    static final String DESCRIPTION = "made-of";

    private static final String NO_FILE = "-";
    private static final int WRITABLE_BY_OTHERS = 0_022;
    private static final int STICKY = 0_1000;
    private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");
    /// Options with which a cache that was made without them can be used. Any other one switches it off: the JVM would
    /// refuse the cache, as for another class loader, an agent or another module graph, and start without the archive
    /// of the JDK as well. ZGC has other objects, and a heap of 32 GB or more has longer references.
    private static final Pattern FITTING = Pattern.compile(String.join("|",
            "-Xmx(\\d+[kKmM]?|[12]?\\d[gG])", "-X(ms|mn|ss)\\w+", "-Xint", "-(ea|esa|da|dsa)(:.*)?",
            "-Xlog:(?!aot|cds|all).*",
            "-D(?!java\\.(system\\.class\\.loader|class\\.path|home)|jdk\\.|sun\\.).*",
            "-XX:[+-](Use(Serial|Parallel|G1)GC|UsePerfData|ShrinkHeapInSteps)",
            "-XX:[+-](ExitOnOutOfMemoryError|CrashOnOutOfMemoryError|HeapDumpOnOutOfMemoryError)",
            "-XX:[+-](TieredCompilation|UseContainerSupport|AlwaysPreTouch)",
            "-XX:(Max|Min|Initial)RAMPercentage=.*", "-XX:(HeapDumpPath|ErrorFile|OnOutOfMemoryError|OnError)=.*",
            "-XX:(MaxDirectMemorySize|MaxMetaspaceSize|ReservedCodeCacheSize|ActiveProcessorCount)=.*",
            "-XX:(TieredStopAtLevel|MaxHeapFreeRatio|MinHeapFreeRatio)=.*"));
    /// Descriptions of the entries that makers are working at, or could not make.
    private static final Set<String> ASKED = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final String subject;

    /// @param folder of all entries
    /// @param subject JDK and class path of the JVMs that the entry is for: the first lines of its description
    AotCache(Path folder, String subject) {
        this.folder = folder;
        this.subject = subject;
    }

    /// The cache for a new JVM. If there is none, has one made.
    ///
    /// @param options of the new JVM
    /// @return null if there is none yet, or it would not fit
    static Path find(ProcessOptions options) {
        if (!isFitting(options.jvmOptions()) || !isFitting(options.environment())) {
            return null;
        }
        String subject = subject(options.classPath());
        Path folder = subject == null ? null : folder(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
        if (folder == null) {
            return null;
        }
        AotCache cache = new AotCache(folder, subject);
        if (cache.isCurrent()) {
            return cache.classes();
        }
        if (ASKED.add(subject)) {
            AotCacheMaker.start(cache, options.classPath(), new Runnable() {
                @Override
                public void run() {
                    ASKED.remove(subject);
                }
            });
        }
        return null;
    }

    // Options.

    static boolean isFitting(List<String> jvmOptions) {
        for (String option : jvmOptions) {
            if (!FITTING.matcher(option).matches()) {
                return false;
            }
        }
        return true;
    }

    /// Whether the options that the variables of a new process give to every JVM fit.
    private static boolean isFitting(Map<String, String> environment) {
        for (String variable : VARIABLES) {
            String text = environment.getOrDefault(variable, System.getenv(variable));
            if (text != null && !text.isBlank() && !isFitting(List.of(text.strip().split("\\s+", -1)))) {
                return false;
            }
        }
        return true;
    }

    // The subject of an entry.

    /// JDK and class path of a child's JVM; null if no cache can be made of them, as with folders of classes.
    static String subject(String classPath) {
        if (classPath == null && NestedJars.launcher() != null) {
            return null;
        }
        for (Path entry : CommandLine.entries(classPath)) {
            if (entry.endsWith("*") || Files.isDirectory(entry)) {
                return null;
            }
        }
        Path jdk = Path.of(System.getProperty("java.home"));
        StringBuilder text = new StringBuilder()
                .append(Runtime.version()).append(' ').append(stamp(jdk.resolve("lib/modules"))).append(' ').append(jdk)
                .append('\n');
        for (String option : CommandLine.paths(classPath)) {
            if (option.indexOf('\n') >= 0) {
                return null;
            }
            text.append(option).append('\n');
        }
        return text.append('\n').toString();
    }

    /// Size and times of a file or folder; nothing that changes it leaves all of them as they were.
    static String stamp(Path file) {
        try {
            Map<String, Object> status = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime");
            return "%s/%s/%s".formatted(status.get("size"), status.get("lastModifiedTime"), status.get("ctime"));
        } catch (IOException absent) {
            return NO_FILE;
        }
    }

    // The place of an entry.

    /// The folder of all entries; null if there can be none, or if it is not safe from other users.
    ///
    /// @param cache folder of this user's caches, or null; ignored unless it is absolute, as its specification says
    /// @param home of this user; `?` if the user has none
    static Path folder(String cache, String home) {
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
            return isPrivate(folder) && isUnderControl(folder.toRealPath().getParent()) ? folder : null;
        } catch (IOException noSuchFolder) {
            return null;
        }
    }

    /// Whether a folder is one of this user, and closed to others.
    private static boolean isPrivate(Path folder) {
        FileStatus status = FileCalls.status(FileCalls.WORKING_DIRECTORY, folder.toString());
        return status != null && status.isDirectory() && status.owner() == FileCalls.user() && !status.isOpenToOthers();
    }

    /// Whether no other user, except root, can replace what is in a folder: the same holds for all folders above it.
    private static boolean isUnderControl(Path folder) {
        for (Path above = folder; above != null; above = above.getParent()) {
            FileStatus status = FileCalls.status(FileCalls.WORKING_DIRECTORY, above.toString());
            boolean known = status != null && (status.owner() == FileCalls.user() || status.owner() == 0);
            if (!known || ((status.mode() & WRITABLE_BY_OTHERS) != 0 && (status.mode() & STICKY) == 0)) {
                return false;
            }
        }
        return true;
    }

    Path folder() {
        return folder;
    }

    String subject() {
        return subject;
    }

    /// The folder of the entry. The name only has to differ from those of other class paths: the description decides.
    Path entry() {
        return folder.resolve(Long.toHexString(Fingerprint.of(subject)));
    }

    // Whether it is current.

    /// Whether there is an entry, made of the files as they are now. It may say that no cache can be made of them.
    boolean isCurrent() {
        try {
            if (!isPrivate(entry())) {
                return false;
            }
            String description = Files.readString(entry().resolve(DESCRIPTION));
            if (!description.startsWith(subject)) {
                return false;
            }
            for (String line : description.substring(subject.length()).split("\n", -1)) {
                int blank = line.indexOf(' ');
                if (blank > 0 && !stamp(Path.of(line.substring(blank + 1))).equals(line.substring(0, blank))) {
                    return false;
                }
            }
            return true;
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    /// The file of classes; null if there is none, or others could have written it.
    private Path classes() {
        Path file = entry().resolve(CLASSES);
        FileStatus status = FileCalls.status(FileCalls.WORKING_DIRECTORY, file.toString());
        boolean safe = status != null && status.isRegular() && status.owner() == FileCalls.user()
                && (status.mode() & WRITABLE_BY_OTHERS) == 0;
        return safe ? file : null;
    }
}
