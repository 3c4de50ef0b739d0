package io.sluice.pool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// How large the heap of each worker may be where a control group limits the memory of this process and its children. A
/// JVM takes a quarter of the limit, whatever else is in the group, and five of them make the kernel kill one.
///
/// @param limitBytes of the control group; [Long#MAX_VALUE] if there is none
record HeapShare(long limitBytes) {
    /*
     * The workers together have half of the limit, and each a quarter at most, as any JVM has. The other half is for
     * the heap of this process, a quarter again, and for what all of them have beside their heaps: code, threads, and
     * the shared memory, which counts as the group's.
     *
     * Without a limit nothing is said: heaps that may grow to more than the memory of a machine seldom do all at once,
     * and a machine can swap.
     */
    private static final int SMALLEST_MEGABYTES = 16;
    private static final int MEGABYTE_SHIFT = 20;
    /// Any size that is chosen may be larger than the share, and a JVM whose sizes do not fit together does not start.
    private static final Pattern HEAP = Pattern.compile(
            "-Xm[xsn].*|-XX:(((Max|Min|Initial)(HeapSize|RAMPercentage|RAMFraction))|MaxRAM|NewSize|MaxNewSize)=.*");
    private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

    static HeapShare ofThisContainer() {
        return of(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    /// @param proc where the kernel tells about processes
    /// @param groups where the control groups are mounted, of version 2, or the directory of those of version 1
    static HeapShare of(Path proc, Path groups) {
        long limit = Long.MAX_VALUE;
        try {
            for (String line : Files.readAllLines(proc.resolve("self/cgroup"), StandardCharsets.UTF_8)) {
                String[] group = line.split(":", 3);         // number, controllers, path
                if (group.length == 3 && group[1].isEmpty()) {
                    limit = Math.min(limit, lowest(groups, group[2], "memory.max"));
                } else if (group.length == 3 && List.of(group[1].split(",", -1)).contains("memory")) {
                    limit = Math.min(limit, lowest(groups.resolve("memory"), group[2], "memory.limit_in_bytes"));
                }
            }
            return new HeapShare(limit < physical(proc) ? limit : Long.MAX_VALUE);
        } catch (IOException | RuntimeException noControlGroups) {
            return new HeapShare(Long.MAX_VALUE);
        }
    }

    /// The lowest limit of a group and of those that it is in. A container may see its group as the top, under a path
    /// that it does not see.
    private static long lowest(Path top, String group, String file) {
        long lowest = limit(top.resolve(file));
        Path path = top;
        for (Path name : Path.of(group)) {
            path = path.resolve(name);
            lowest = Math.min(lowest, limit(path.resolve(file)));
        }
        return lowest;
    }

    private static long limit(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException none) {         // as the word max
            return Long.MAX_VALUE;
        }
    }

    private static long physical(Path proc) throws IOException {
        for (String line : Files.readAllLines(proc.resolve("meminfo"), StandardCharsets.UTF_8)) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        return Long.MAX_VALUE;
    }

    /// What a worker is told.
    ///
    /// @param workers how many there are
    /// @param others options that it has in any case
    List<String> options(int workers, List<String> others) {
        Stream<String> variables = VARIABLES.stream().map(System::getenv).filter(text -> text != null)
                .flatMap(text -> Stream.of(text.split("\\s+", -1)));
        boolean chosen = Stream.concat(others.stream(), variables).anyMatch(option -> HEAP.matcher(option).matches());
        if (chosen || limitBytes == Long.MAX_VALUE) {
            return List.of();
        }
        long share = Math.min(limitBytes / 4, limitBytes / 2 / workers) >> MEGABYTE_SHIFT;
        return List.of("-Xmx" + Math.max(SMALLEST_MEGABYTES, share) + "m");
    }
}
