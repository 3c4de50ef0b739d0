package io.sluice.bench.start;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.benchmark.External;
import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.report.Goal;
import io.sluice.bench.report.Result;
import io.sluice.bench.report.Series;
import io.sluice.bench.start.Children.What;
import io.sluice.pool.process.ProcessContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How long what is fresh takes until its first answer: a child, a pool, a program, the command. The subjects alternate;
/// each value is the median of the starts of a block. The children are started by this JVM, which has started others
/// before; caches are there, as from the second start of a program on.
///
/// @param subjectNames names of the subjects
public record ColdStart(List<String> subjectNames) implements Benchmark {
    private static final String BARE = "bare-java";
    private static final String PYTHON = "python";
    private static final String SCRIPT = "first.py";
    private static final Duration OF_A_START = Duration.ofMillis(700);

    /// The benchmark with all its subjects.
    public static final ColdStart ALL = new ColdStart(List.copyOf(starters(null).keySet()));

    @Override
    public String name() {
        return "cold-start";
    }

    @Override
    public String question() {
        return "How long does a fresh process, pool or program take until its first answer?";
    }

    @Override
    public ColdStart only(List<String> names) {
        return new ColdStart(subjectNames.stream().filter(names::contains).toList());
    }

    @Override
    public Duration estimate(Plan plan) {
        return Duration.ofMillis(plan.millis()).plus(OF_A_START.multipliedBy(3))
                .multipliedBy((long) (plan.forks() * plan.blocks() + 1) * subjectNames.size());
    }

    @Override
    public Result run(Plan plan) throws Exception {
        Path directory = Files.createTempDirectory("sluice-start");
        try {
            return result(plan, directory);
        } finally {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    private Result result(Plan plan, Path directory) throws Exception {
        try (InputStream script = ColdStart.class.getResourceAsStream(SCRIPT)) {
            var _ = Files.copy(script, directory.resolve(SCRIPT));
        }
        boolean python = !External.python().isEmpty();
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (int block = -1; block < plan.forks() * plan.blocks(); block++) {        // the first makes the caches
            for (Map.Entry<String, Starter> entry : starters(directory).entrySet()) {
                String subject = entry.getKey();
                if (!subjectNames.contains(subject) || (subject.contains(PYTHON) && !python)) {
                    continue;
                }
                try (Starter starter = entry.getValue()) {
                    double median = median(starter, plan.millis());
                    if (block >= 0) {
                        values.computeIfAbsent(subject, any -> new ArrayList<>()).add(median);
                    }
                }
            }
        }
        List<Series> series = values.entrySet().stream()
                .map(entry -> Series.of(entry.getKey(), "", entry.getValue()))
                .toList();
        return new Result(name(), question(), "ms", false, series, goals());
    }

    private static double median(Starter starter, long millis) throws Exception {
        starter.open();
        List<Double> all = new ArrayList<>();
        long start = System.nanoTime();
        while (all.isEmpty() || System.nanoTime() - start < millis * 1_000_000) {
            all.add(starter.start());
        }
        return all.stream().sorted().toList().get(all.size() / 2);
    }

    /// @param directory for files; null if the subjects are only listed
    private static Map<String, Starter> starters(Path directory) {
        Path files = directory == null ? Path.of("") : directory;
        Path script = files.resolve(SCRIPT);
        Map<String, Starter> all = new LinkedHashMap<>();
        all.put(BARE, Programs.bareJvm());
        for (What what : What.values()) {
            String prefix = what.name().toLowerCase(Locale.ROOT) + "-";
            all.put(prefix + "spawn", new Children(what, ProcessContext::spawn));
            all.put(prefix + "standby", new Children(what, Children::standby));
            if (what != What.EMPTY) {
                for (String method : List.of("spawn", "forkserver")) {
                    String asked = prefix.substring(0, prefix.length() - 1);
                    all.put(prefix + PYTHON + "-" + method, Programs.python(script, asked, method));
                }
            }
        }
        all.put("program", Programs.firstUse(null));
        all.put("program-aot", Programs.firstUse(files));
        all.put("command-ls", Programs.command(Path.of(System.getProperty("sluice.root", "."))));
        return all;
    }

    private static List<Goal> goals() {
        return List.of(
                Goal.against("element-spawn", BARE, 3), Goal.against("element-spawn", "element-python-spawn", 1.5),
                Goal.against("element-standby", "element-python-forkserver", 1),
                Goal.against("empty-spawn", BARE, 1.6),
                Goal.inform("pool-spawn", "pool-python-spawn"), Goal.inform("pool-standby", "pool-python-forkserver"),
                Goal.inform("program", BARE), Goal.inform("program-aot", BARE), Goal.inform("command-ls", BARE));
    }
}
