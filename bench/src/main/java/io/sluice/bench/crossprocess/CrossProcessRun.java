package io.sluice.bench.crossprocess;

import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.link.Transport;
import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Result;
import io.sluice.bench.report.Sample;
import io.sluice.bench.report.Series;
import io.sluice.bench.report.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// Runs a benchmark: the subjects alternate, block by block, so that a change of the machine affects all of them.
final class CrossProcessRun {
    private static final int MAX_FORK_FACTOR = 2;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Plan plan;

    CrossProcessRun(Plan plan) {
        this.plan = plan;
    }

    /// Starts all subjects anew several times: as often as planned, and up to twice as often while no distance has
    /// enough blocks of every subject.
    Result run(CrossProcessBenchmark benchmark) {
        if (benchmark.isCrowded(plan)) {
            plan.notes().printf("  %s participants share %s cores, and yield to each other%n",
                    benchmark.participants().size(), plan.cores().size());
        }
        Map<Subject, List<Block>> blocks = new LinkedHashMap<>();
        for (int fork = 0; needsFork(blocks, fork); fork++) {
            fork(benchmark, blocks, fork == 0);
        }
        return result(benchmark, blocks);
    }

    private boolean needsFork(Map<Subject, List<Block>> blocks, int fork) {
        if (fork < plan.forks()) {
            return true;
        }
        return fork < MAX_FORK_FACTOR * plan.forks()
                && !isEnough(Distance.NEAR, blocks)
                && !isEnough(Distance.FAR, blocks);
    }

    private void fork(CrossProcessBenchmark benchmark, Map<Subject, List<Block>> blocks, boolean isFirst) {
        Path directory = newDirectory();
        Thread cleaner = new Thread(() -> deleteIfThere(directory));
        Runtime.getRuntime().addShutdownHook(cleaner);
        Map<Subject, RunningSubject> running = new LinkedHashMap<>();
        try {
            open(benchmark, directory, running, isFirst);
            runBlocks(benchmark, running, blocks);
        } finally {
            running.values().forEach(RunningSubject::close);
            deleteIfThere(directory);
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory(Path.of("/dev/shm"), "sluice-bench-");
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static void deleteIfThere(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private void open(
            CrossProcessBenchmark benchmark, Path directory, Map<Subject, RunningSubject> running, boolean isFirst) {
        for (Subject subject : benchmark.subjects()) {
            Path place = newPlace(directory, subject);
            Optional<RunningSubject> started = switch (subject.transport()) {
                case PYTHON, C -> running.values().stream().findFirst()
                        .flatMap(prober -> program(benchmark, subject, place, prober));
                default -> Optional.of(processes(place, benchmark, subject));
            };
            if (started.isPresent()) {
                running.put(subject, started.get());
                plan.details().printf("  %-17s %s%n", subject.name(), started.get().description());
            } else if (isFirst) {
                plan.notes().printf("  %-17s left out: there is no %s, or no other subject to run the probes%n",
                        subject.name(), subject.transport() == Transport.C ? "cc" : "python3");
            }
        }
    }

    private RunningSubject processes(Path place, CrossProcessBenchmark benchmark, Subject subject) {
        RunningSubject processes = new Processes(place, benchmark, subject, plan);
        return subject.watched() ? new Watched(processes, place) : processes;
    }

    private Optional<RunningSubject> program(
            CrossProcessBenchmark benchmark, Subject subject, Path place, RunningSubject prober) {
        return subject.transport() == Transport.C
                ? Program.c(place, prober, plan.cores(), benchmark.load().park() ? "futex" : "lines")
                : Program.python(place, prober, plan.cores());
    }

    private static Path newPlace(Path directory, Subject subject) {
        try {
            return Files.createDirectory(directory.resolve(subject.name()), OWNER_ONLY);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private void runBlocks(
            CrossProcessBenchmark benchmark,
            Map<Subject, RunningSubject> running,
            Map<Subject, List<Block>> blocks) {
        long millis = plan.millis() * benchmark.blockFactor();
        for (int round = 0; round < plan.warmup(); round++) {
            running.values().forEach(one -> one.runBlock(plan.millis()));
        }
        for (int round = 0; round < plan.blocks(); round++) {
            running.forEach((subject, one) ->
                    blocks.computeIfAbsent(subject, any -> new ArrayList<>()).add(one.runBlock(millis)));
        }
    }

    private boolean isEnough(Distance distance, Map<Subject, List<Block>> blocks) {
        int enough = Math.min(Summary.MIN_SAMPLES, plan.forks() * plan.blocks());
        return blocks.values().stream().allMatch(ofSubject ->
                ofSubject.stream().filter(block -> block.distance(plan.nearNanos()) == distance).count() >= enough);
    }

    private Result result(CrossProcessBenchmark benchmark, Map<Subject, List<Block>> blocks) {
        List<Series> series = new ArrayList<>();
        blocks.forEach((subject, ofSubject) -> series.add(series(subject, ofSubject)));
        Measure measure = benchmark.measure();
        return new Result(benchmark.name(), benchmark.question(), measure.unit(), measure.higherIsBetter(),
                series, benchmark.goals());
    }

    private Series series(Subject subject, List<Block> blocks) {
        Map<Distance, Histogram> merged = new EnumMap<>(Distance.class);
        List<Sample> samples = new ArrayList<>();
        for (Block block : blocks) {
            Sample sample = block.sample(plan.nearNanos());
            samples.add(sample);
            block.latencies().ifPresent(latencies ->
                    merged.computeIfAbsent(sample.distance(), any -> new Histogram(3)).add(latencies));
        }
        Map<Distance, String> latencies = new EnumMap<>(Distance.class);
        merged.forEach((distance, histogram) -> latencies.put(distance, Series.encode(histogram)));
        return new Series(subject.name(), subject.detail(), samples, latencies);
    }
}
