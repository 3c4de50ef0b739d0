package io.sluice.bench.micro;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.report.Goal;
import io.sluice.bench.report.Result;
import io.sluice.bench.report.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// A benchmark in one process, run by JMH: each method of a class is a subject, in a JVM of its own, with its
/// allocation. An iteration of JMH is a block.
///
/// @param name on the command line
/// @param question a sentence
/// @param benchmark class of the methods
/// @param parameters of the class, by name
/// @param subjectNames names of the methods
/// @param goals ratios to compute
public record JmhBenchmark(
        String name,
        String question,
        Class<?> benchmark,
        Map<String, String> parameters,
        List<String> subjectNames,
        List<Goal> goals) implements Benchmark {

    private static final Duration START = Duration.ofMillis(1200);
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    @Override
    public JmhBenchmark only(List<String> names) {
        return new JmhBenchmark(name, question, benchmark, parameters,
                subjectNames.stream().filter(names::contains).toList(), goals);
    }

    @Override
    public Duration estimate(Plan plan) {
        return START.multipliedBy(plan.forks()).plusMillis(plan.millisOfAll()).multipliedBy(subjectNames.size());
    }

    @Override
    public Result run(Plan plan) throws RunnerException {
        List<Series> series = new ArrayList<>();
        String unit = "ns/op";
        for (String subject : subjectNames) {
            RunResult result = run(subject, plan);
            unit = result.getPrimaryResult().getScoreUnit();
            series.add(Series.of(subject, allocation(result), values(result)));
        }
        return new Result(name, question, unit, false, series, goals);
    }

    private RunResult run(String subject, Plan plan) throws RunnerException {
        TimeValue block = TimeValue.milliseconds(plan.millis());
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + benchmark.getName().replace(".", "\\.") + "\\." + subject + "$")
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .forks(plan.forks())
                .warmupIterations(Math.max(1, plan.warmup()))
                .warmupTime(block)
                .measurementIterations(plan.blocks())
                .measurementTime(block);
        List<String> jvm = new ArrayList<>(plan.jvmOptions());
        jvm.add("--sun-misc-unsafe-memory-access=allow");        // JMH needs it; otherwise the JVM warns
        options.jvmArgsPrepend(jvm.toArray(String[]::new));
        parameters.forEach(options::param);
        Collection<RunResult> results = new Runner(options.build()).run();
        if (results.size() != 1) {
            throw new IllegalStateException("%s: %d methods are called %s, not one".formatted(
                    name, results.size(), subject));
        }
        return results.iterator().next();
    }

    private static List<Double> values(RunResult result) {
        return result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .map(IterationResult::getPrimaryResult)
                .map(iteration -> iteration.getScore())
                .toList();
    }

    /// Less than a tenth of a byte is the harness's own allocation.
    private static String allocation(RunResult result) {
        double bytes = result.getSecondaryResults().get(ALLOCATION).getScore();
        return bytes < 0.1 ? "0 B/op" : String.format(Locale.ROOT, "%.2f B/op", bytes);
    }
}
