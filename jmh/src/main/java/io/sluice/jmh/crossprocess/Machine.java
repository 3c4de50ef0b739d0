package io.sluice.jmh.crossprocess;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a published number has to carry.
public final class Machine {
    private Machine() {}

    /// What holds for every measurement.
    ///
    /// @return facts by name, to be added to
    public static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("cpu", cpu());
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("jdk", System.getProperty("java.vendor.version") + ", " + System.getProperty("java.vm.name"));
        facts.put("commit", commit());
        facts.put("load before", load());
        facts.put("command", System.getProperty("sun.java.command", ""));
        return facts;
    }

    static Map<String, String> describe(Options options) {
        Map<String, String> facts = facts();
        facts.put("measured on cores", options.cores().toString());
        facts.put("jvm options of children",
                String.join(" ", Pair.JVM_OPTIONS) + " " + String.join(" ", options.jvmOptions()));
        facts.put("blocks", "%d of %,d ms, %d before to warm up; near is below %d ns".formatted(
                options.blocks(), options.millis(), options.warmup(), options.nearNanos()));
        return facts;
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

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).strip();
        } catch (IOException hidden) {
            return "unknown";
        }
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder(List.of("git", "describe", "--always", "--dirty"))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? output : "unknown";
        } catch (IOException missing) {
            return "unknown";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
