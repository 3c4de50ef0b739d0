package io.sluice.pool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The largest heap of each worker where a control group limits the memory of this process and its children. By default
/// a JVM takes up to a quarter of the limit, whatever else is in the group, and with five of them the kernel kills one.
///
/// @param limitBytes of the control group; [Long#MAX_VALUE] if there is none
record HeapShare(long limitBytes) {
    /*
     * The workers together have half of the limit, and each a quarter at most, as any JVM has. The other half is for
     * the heap of this process, a quarter again, and for the memory of all of them beside their heaps: code, threads,
     * and the shared memory, which is charged to the group.
     *
     * Without a limit no option is given: heaps that may together exceed the memory of a machine seldom all grow at
     * once, and a machine can swap.
     */
    private static final int SMALLEST_MEGABYTES = 16;
    private static final int MEGABYTE_SHIFT = 20;
    /// Options that choose a heap size: it may exceed the share, and a JVM with contradictory sizes does not start.
    private static final Pattern HEAP = Pattern.compile(
            "-Xm[xsn].*|-XX:(((Max|Min|Initial)(HeapSize|RAMPercentage|RAMFraction))|MaxRAM|NewSize|MaxNewSize)=.*");
    private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

    static HeapShare ofThisContainer() {
        return of(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    /// @param proc mount point of the process file system
    /// @param groups mount point of the control groups of version 2, or the directory of those of version 1
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

    /// The lowest limit of a group and of its ancestors. A container may see its own group as the root, while the path
    /// names groups that it cannot see.
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
        } catch (IOException | NumberFormatException none) {         // as for the word max
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

    /// The heap option of each worker, if it needs one.
    ///
    /// @param workers number of workers
    /// @param others options that each of them has in any case
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
