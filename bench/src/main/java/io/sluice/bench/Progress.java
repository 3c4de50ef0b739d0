package io.sluice.bench;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.benchmark.Plan;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// Prints before each benchmark how far a run is, and when it will probably end. The estimate is corrected by the
/// times that the finished benchmarks took.
final class Progress {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final PrintStream out;
    private final Plan plan;
    private final List<Benchmark> benchmarks;
    private final long start = System.nanoTime();

    Progress(PrintStream out, Plan plan, List<Benchmark> benchmarks) {
        this.out = out;
        this.plan = plan;
        this.benchmarks = benchmarks;
    }

    /// Prints the benchmark that starts now.
    void next(int index) {
        double past = seconds(benchmarks.subList(0, index));
        double elapsed = (System.nanoTime() - start) / 1e9;
        double pace = past > 0 ? elapsed / past : 1;
        Duration left = Duration.ofSeconds(Math.round(pace * seconds(benchmarks.subList(index, benchmarks.size()))));
        out.printf("[%s/%s] %s; about %s left, until %s%n", index + 1, benchmarks.size(), benchmarks.get(index).name(),
                text(left), LocalTime.now(ZoneId.systemDefault()).plus(left).format(CLOCK));
    }

    private double seconds(List<Benchmark> some) {
        return some.stream()
                .filter(benchmark -> benchmark.obstacle(plan).isEmpty())
                .mapToDouble(benchmark -> benchmark.estimate(plan).toMillis() / 1e3)
                .sum();
    }

    private static String text(Duration duration) {
        return duration.toMinutes() > 0
                ? String.format(Locale.ROOT, "%d min %02d s", duration.toMinutes(), duration.toSecondsPart())
                : "%s s".formatted(duration.toSeconds());
    }
}
