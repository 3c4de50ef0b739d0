package io.sluice.bench.journal;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.link.Transport;
import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Goal;
import io.sluice.bench.report.Result;
import io.sluice.bench.report.Sample;
import io.sluice.bench.report.Series;
import io.sluice.pool.process.JavaProcess;
import io.sluice.pool.task.Action;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.value.SharedDouble;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// A benchmark of journals. The subjects alternate, block by block, each in a JVM of its own that has the flags of
/// Chronicle Queue; it warms up for one block, and measures the next. Journals lie in the folder of temporary files.
///
/// @param asked the question
/// @param subjectNames names of the subjects
public record JournalBenchmark(Question asked, List<String> subjectNames) implements Benchmark {
    /// All benchmarks of journals.
    public static final List<JournalBenchmark> ALL = Stream.of(Question.values())
            .map(question -> new JournalBenchmark(question, question.subjects()))
            .toList();

    private static final Duration SET_UP = Duration.ofSeconds(4);

    @Override
    public String name() {
        return asked.benchmark();
    }

    @Override
    public String question() {
        return asked.text();
    }

    @Override
    public JournalBenchmark only(List<String> names) {
        return new JournalBenchmark(asked, subjectNames.stream().filter(names::contains).toList());
    }

    @Override
    public Duration estimate(Plan plan) {
        return SET_UP.plusMillis(2 * plan.millis()).multipliedBy((long) plan.forks() * plan.blocks()
                * subjectNames.size());
    }

    @Override
    public Result run(Plan plan) throws Exception {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        Histogram latencies = new Histogram(3);
        for (int block = 0; block < plan.forks() * plan.blocks(); block++) {
            for (String subject : subjectNames) {
                values.computeIfAbsent(subject, any -> new ArrayList<>()).add(measure(subject, plan, latencies));
            }
        }
        List<Series> series = values.entrySet().stream().map(entry -> series(entry, latencies)).toList();
        return new Result(name(), question(), asked.unit(), asked != Question.LATENCY, series, goals());
    }

    private static Series series(Map.Entry<String, List<Double>> entry, Histogram latencies) {
        return latencies.getTotalCount() == 0
                ? Series.of(entry.getKey(), "", entry.getValue())
                : new Series(entry.getKey(), "", entry.getValue().stream().map(Sample::of).toList(),
                        Map.of(Distance.ANY, Series.encode(latencies)));
    }

    private double measure(String subject, Plan plan, Histogram latencies) throws Exception {
        Path directory = Files.createTempDirectory("sluice-journal");
        String folder = directory.toString();
        Question question = asked;
        long millis = plan.millis();
        try (SharedSpace space = SharedSpace.openTemporary()) {
            String name = space.name();
            SharedDouble answer = space.doubleValue(Double.NaN);
            if (question == Question.TAP || question == Question.LATENCY) {
                var ring = space.ring(Tap.RING, Tap.SHAPE);
                try (JavaProcess recorder = switch (subject) {
                            case "ring" -> null;
                            case "ring-beside" -> child(() -> Tap.append(name, Path.of(folder)));
                            default -> child(() -> Tap.record(name, Path.of(folder)));
                        };
                        JavaProcess sender = child(() -> answer.set(Tap.send(name, millis,
                                question == Question.LATENCY, !subject.equals("ring"))))) {
                    var _ = sender.join();
                    ring.shutdown();
                    if (recorder != null) {
                        var _ = recorder.join();
                    }
                }
                return question == Question.TAP ? answer.get() : Tap.latency(directory, latencies);
            }
            try (JavaProcess child = child(() -> answer.set(Disk.measure(subject, Path.of(folder), millis)))) {
                var _ = child.join();
            }
            return answer.get();
        } finally {
            remove(directory);
        }
    }

    private static JavaProcess child(Action action) {
        return JavaProcess.builder(action).jvmOptions(Transport.CHRONICLE.jvmOptions().toArray(String[]::new)).start();
    }

    private static void remove(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private List<Goal> goals() {
        return switch (asked) {
            case TAP -> List.of(Goal.against("ring-tapped", "ring-beside", 0.95),
                    Goal.inform("ring-tapped", "ring"));
            case APPEND -> List.of(Goal.inform("journal", "chronicle"), Goal.inform("journal", "file"));
            case REPLAY -> List.of(Goal.inform("ring", "read"));
            case LATENCY -> List.of();
        };
    }
}
