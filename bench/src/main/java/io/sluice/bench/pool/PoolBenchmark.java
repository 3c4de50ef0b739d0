package io.sluice.bench.pool;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.benchmark.External;
import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.report.Goal;
import io.sluice.bench.report.Result;
import io.sluice.bench.report.Series;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.connection.Address;
import io.sluice.pool.process.ProcessContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;

/// A benchmark of pools, of start methods, of connections and of managers. The subjects alternate, block by block.
/// Processes that spin must not live at the same time on a machine with two cores, so each subject starts before its
/// block and ends after it.
///
/// @param asked the question
/// @param subjectNames names of the subjects
public record PoolBenchmark(Question asked, List<String> subjectNames) implements Benchmark {
    /// All benchmarks of pools.
    public static final List<PoolBenchmark> ALL = Stream.of(Question.values()).map(PoolBenchmark::new).toList();

    private static final Duration SET_UP = Duration.ofMillis(1500);

    private PoolBenchmark(Question asked) {
        this(asked, all(asked, null).stream().map(Subject::name).toList());
    }

    @Override
    public String name() {
        return asked.benchmark();
    }

    @Override
    public String question() {
        return asked.text();
    }

    @Override
    public PoolBenchmark only(List<String> names) {
        return new PoolBenchmark(asked, subjectNames.stream().filter(names::contains).toList());
    }

    @Override
    public Duration estimate(Plan plan) {
        long blocks = ((long) plan.forks() * plan.blocks() + 1) * subjectNames.size();
        return SET_UP.plusMillis(plan.millis()).multipliedBy(blocks);
    }

    @Override
    public Result run(Plan plan) throws Exception {
        Path directory = Files.createTempDirectory("sluice-pool");
        try {
            return result(plan, directory);
        } finally {
            Files.deleteIfExists(directory.resolve(Python.SCRIPT_FILE));
            Files.delete(directory);
        }
    }

    private Result result(Plan plan, Path directory) throws Exception {
        boolean python = !External.python().isEmpty();
        if (!python && subjectNames.stream().anyMatch(name -> name.startsWith("python"))) {
            plan.notes().println("  python is left out: there is no python3");
        }
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (int block = -1; block < plan.forks() * plan.blocks(); block++) {         // the first warms up
            for (Subject subject : all(asked, directory)) {
                if (!subjectNames.contains(subject.name()) || (subject instanceof Python && !python)) {
                    subject.close();
                    continue;
                }
                try (subject) {
                    double value = subject.measure(asked, plan.millis());
                    if (block >= 0) {
                        values.computeIfAbsent(subject.name(), any -> new ArrayList<>()).add(value);
                    }
                }
            }
        }
        List<Series> series = values.entrySet().stream()
                .map(entry -> Series.of(entry.getKey(), "", entry.getValue()))
                .toList();
        return new Result(name(), question(), asked.unit(), asked.higherIsBetter(), series, goals());
    }

    /// @param directory for scripts; null if the subjects are only listed
    private static List<Subject> all(Question asked, Path directory) {
        List<Subject> all = new ArrayList<>(List.of(
                new Sluice("pool", WaitStrategy.ADAPTIVE, Policy.FIRST_COME),
                new Sluice("pool-spin", WaitStrategy.BUSY_SPIN, Policy.FIRST_COME),
                new Sluice("pool-park", WaitStrategy.PARK, Policy.FIRST_COME),
                new Sluice("pool-feedback", WaitStrategy.ADAPTIVE, Policy.FEEDBACK),
                new Threads("thread-pool", Executors::newFixedThreadPool),
                new Threads("fork-join", ForkJoinPool::new),
                new FutexEcho(),
                new Managers(),
                new Rmi(),
                new Python(directory, "")));
        if (asked == Question.START) {
            all.add(new Starts("bare-java", () -> null));
            all.add(new Starts("spawn", ProcessContext::spawn));
            all.add(new Starts("standby", ProcessContext::standby));
            all.add(new Python(directory, "spawn"));
            all.add(new Python(directory, "forkserver"));
        }
        if (asked == Question.CONNECTION) {
            all.add(new Connections("connection", Address.unix(), true));
            all.add(new Connections("connection-unix", Address.unix(), false));
            all.add(new Connections("connection-tcp", Address.tcp("127.0.0.1", 0), false));
        }
        all.removeIf(subject -> !subject.answers(asked));
        return all;
    }

    private List<Goal> goals() {
        return switch (asked) {
            case CALL -> List.of(
                    Goal.against("pool-spin", "python", 0.05), Goal.against("pool-spin", "thread-pool", 3),
                    Goal.against("pool-park", "futex", 2), Goal.inform("pool", "python"));
            case SUBMIT -> List.of(
                    Goal.against("pool", "python", 20), Goal.against("pool", "thread-pool", 0.33),
                    Goal.inform("pool", "fork-join"));
            case MAP -> List.of(Goal.against("pool", "python", 1.2));
            case MAP_ONE, IMAP_UNORDERED -> List.of(Goal.inform("pool", "python"));
            case START -> List.of(
                    Goal.against("spawn", "bare-java", 1.3),
                    Goal.inform("standby", "bare-java"), Goal.inform("standby", "python-forkserver"));
            case CALL_BESIDE_MAP -> List.of(Goal.inform("pool-feedback", "pool"));
            case CONNECTION -> List.of(
                    Goal.against("connection", "python", 0.3), Goal.against("connection-unix", "python", 1),
                    Goal.inform("connection-tcp", "python"));
            case MANAGER_GET, MANAGER_PUT -> List.of(
                    Goal.against("manager", "python", 10), Goal.inform("manager", "rmi"));
        };
    }
}
