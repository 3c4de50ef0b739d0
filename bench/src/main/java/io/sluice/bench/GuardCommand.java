package io.sluice.bench;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.exact.Figure;
import io.sluice.bench.exact.HotPath;
import io.sluice.bench.report.Ratio;
import io.sluice.bench.report.Report;
import io.sluice.bench.report.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Did a change make something slower? Compares the ratios of one run, ours over a peer's or a floor's, with those of
/// the baseline. A ratio beyond its limit is measured again before it is reported.
@Command(
        name = "guard",
        description = {
            "Compares ratios and exact figures with the baseline; exits 1 and names each regression.",
            "",
            "A ratio is ours over a peer's or a floor's in the same run; one that looks worse is measured again first."
                + " Exact figures are the bytes and system calls of an operation.",
        })
@SuppressWarnings("EnumOrdinal")   // figures come in the order of the operations
final class GuardCommand implements Callable<Integer> {
    private static final int ATTEMPTS = 3;
    /// Selects the exact figures, which are no benchmark.
    private static final String EXACT = "exact";

    @Parameters(arity = "0..*", paramLabel = "BENCHMARK[:SUBJECT,...]",
            description = "Benchmarks to compare, and 'exact' for the exact figures (all).")
    private List<String> names = List.of();

    @Option(names = "--baseline", paramLabel = "FILE", defaultValue = "${sys:sluice.root:-.}/bench/baseline.json",
            description = "File of the kept ratios (${DEFAULT-VALUE}).")
    private Path file;

    @Option(names = "--update", description = "Keep the ratios of this run, and compare nothing.")
    private boolean update;

    @Option(names = "--from", paramLabel = "JSON", description = "With --update: keep the ratios of an earlier run.")
    private Path from;

    @Mixin
    private PlanOptions options;

    private final List<String> regressions = new ArrayList<>();
    private int compared;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> ofBenchmarks = names.stream().filter(name -> !name.equals(EXACT)).toList();
        List<Benchmark> benchmarks = names.isEmpty() ? Suite.GUARD : Suite.select(ofBenchmarks);
        if (from != null && !update) {
            throw new IllegalArgumentException("--from needs --update");
        }
        Baseline baseline = update && !Files.exists(file)
                ? new Baseline(Map.of(), List.of()) : Baseline.read(file);
        if (from != null) {
            return keep(baseline, Report.read(from));
        }
        Run run = new Run(options.plan(false), System.out);
        run.introduce();
        if (names.isEmpty() || names.contains(EXACT)) {
            checkExactFigures();
        }
        run.run(benchmarks, (benchmark, result) -> {
            if (!update) {
                compare(run, benchmark, result, baseline);
            }
        });
        return update ? keep(baseline, run.report()) : conclude(run);
    }

    private int keep(Baseline baseline, Report report) throws IOException {
        List<Baseline.KeptRatio> kept = new ArrayList<>();
        for (Result result : report.results()) {
            result.ratios().forEach(ratio -> kept.add(Baseline.KeptRatio.of(result.name(), ratio)));
        }
        baseline.with(report.machine(), kept).write(file);
        System.out.printf("%s ratios are kept in %s%n", kept.size(), file);
        return 0;
    }

    private int conclude(Run run) {
        if (!regressions.isEmpty()) {
            System.out.println("\nREGRESSIONS:");
            regressions.forEach(System.out::println);
        } else {
            System.out.printf("%nno regression; %s ratios were compared%n", compared);
        }
        return regressions.isEmpty() && !run.hasFailed() ? 0 : 1;
    }

    /// Bytes and system calls are exact, so the baseline is what each operation promises.
    private void checkExactFigures() throws InterruptedException {
        System.err.println("exact figures; they take some seconds");
        List<Figure> figures = HotPath.measure();
        for (HotPath path : HotPath.values()) {
            Figure figure = figures.get(path.ordinal());
            System.out.printf(Locale.ROOT, "  %-24s %6.2f B/op, promised %d; %s%n",
                    figure.name(), figure.bytesPerOperation(),
                    path.promisedBytes(), figure.systemCalls());
            if (figure.bytesPerOperation() > path.promisedBytes()) {
                regressions.add(String.format(Locale.ROOT, "%s: %.2f bytes for each operation, promised %d",
                        figure.name(), figure.bytesPerOperation(), path.promisedBytes()));
            }
            if (figure.callsPerOperation() > 0) {
                regressions.add("%s: system calls, promised none: %s".formatted(figure.name(), figure.systemCalls()));
            }
        }
    }

    private void compare(Run run, Benchmark benchmark, Result first, Baseline baseline) {
        Result result = first;
        List<Ratio> open = new ArrayList<>(first.ratios());
        for (int attempt = 1; !open.isEmpty(); attempt++) {
            List<Ratio> worse = new ArrayList<>();
            for (Ratio asked : open) {
                // A repetition at another distance of the cores has no such ratio: the earlier one stands.
                Ratio found = result.ratio(asked.goal(), asked.distance()).orElse(asked);
                if (!isAccepted(benchmark, found, baseline, attempt)) {
                    worse.add(found);
                }
            }
            open = worse;
            if (open.isEmpty() || attempt == ATTEMPTS) {
                break;
            }
            System.out.printf("  %s looks worse and is measured again%n", benchmark.name());
            Optional<Result> again = run.run(benchmark);
            if (again.isEmpty()) {
                break;
            }
            result = again.get();
        }
        for (Ratio ratio : open) {
            Baseline.KeptRatio kept = baseline.kept(benchmark.name(), ratio).orElseThrow();
            regressions.add(String.format(Locale.ROOT, "%s, %s, %s: %.3f, was %.3f [%.3f, %.3f]: regressed by %.0f %%",
                    benchmark.name(), kept.ratio(), kept.distance().text(), ratio.value(),
                    kept.value(), kept.low(), kept.high(), 100 * kept.regression(ratio.value())));
        }
    }

    private boolean isAccepted(Benchmark benchmark, Ratio ratio, Baseline baseline, int attempt) {
        Optional<Baseline.KeptRatio> kept = baseline.kept(benchmark.name(), ratio);
        String text = String.format(Locale.ROOT, "  %-16s %-28s %-4s %8.3f",
                benchmark.name(), ratio.goal().text(), ratio.distance().text(), ratio.value());
        if (kept.isEmpty()) {
            System.out.println(text + "  not compared: no baseline at this distance of the cores");
            return true;
        }
        compared += attempt == 1 ? 1 : 0;
        boolean accepted = kept.get().accepts(ratio.value());
        System.out.printf(Locale.ROOT, "%s  was %.3f, limit %.3f: %s%s%n", text, kept.get().value(), kept.get().limit(),
                accepted ? "ok" : "WORSE", attempt > 1 ? " (attempt %s)".formatted(attempt) : "");
        return accepted;
    }
}
