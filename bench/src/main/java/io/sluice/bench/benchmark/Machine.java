package io.sluice.bench.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// The facts about the machine that a published number needs.
public final class Machine {
    /// Columns of `/proc/stat`: the number of those whose sum is the whole time, and the index of the idle time.
    private static final int COLUMNS = 8;
    private static final int IDLE = 3;

    private Machine() {}

    /// Facts that hold for every benchmark of a run.
    ///
    /// @return facts by name; the caller may add some
    public static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("cpu", cpu());
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("jdk", System.getProperty("java.vendor.version", System.getProperty("java.runtime.version")) + ", "
                + System.getProperty("java.vm.name"));
        facts.put("python", orNone(External.python()));
        facts.put("c compiler", orNone(External.compiler()));
        facts.put("commit", commit());
        facts.put("command", command());
        return facts;
    }

    private static String command() {
        return System.getProperty("sun.java.command", "").replaceFirst("^\\S*BenchCommand", "sluice bench");
    }

    private static String cpu() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException hidden) {
            return System.getProperty("os.arch");
        }
    }

    /// Share of all cores that is busy now, with any process.
    ///
    /// @param millis length of the observation
    /// @return 0 to 1; NaN if the system does not say
    public static double busyShare(long millis) {
        try {
            long[] before = ticks();
            Thread.sleep(millis);
            long[] after = ticks();
            double idle = after[IDLE] - before[IDLE];
            double all = LongStream.of(after).sum() - LongStream.of(before).sum();
            return all > 0 ? 1 - idle / all : Double.NaN;
        } catch (IOException hidden) {
            return Double.NaN;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Double.NaN;
        }
    }

    /// Times of all cores since the system started, from the first line of `/proc/stat`, see `proc_stat(5)`.
    private static long[] ticks() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/stat")).getFirst();
        return Stream.of(line.split("\\s+", -1)).skip(1).limit(COLUMNS).mapToLong(Long::parseLong).toArray();
    }

    private static String commit() {
        String commit = External.run(
                List.of("git", "-C", System.getProperty("sluice.root", "."), "describe", "--always", "--dirty"));
        return commit.isEmpty() ? "unknown" : commit;
    }

    private static String orNone(String version) {
        return version.isEmpty() ? "none: not compared" : version;
    }
}
