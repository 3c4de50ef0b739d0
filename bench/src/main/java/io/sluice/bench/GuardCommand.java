package io.sluice.bench;

import io.sluice.bench.benchmark.Match;
import io.sluice.bench.exact.Figure;
import io.sluice.bench.exact.HotPath;
import io.sluice.bench.report.Quotient;
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

/// Did a change make something slower? Quotients of one run, ours over a peer's or a floor's, are compared with those
/// that were kept; what looks worse is measured again before anybody is told.
@Command(
        name = "guard",
        description = {
            "Compares quotients and exact figures with the baseline; exits 1 with the line that fell.",
            "",
            "Quotients are ours over a peer's or a floor's in the same run; what looks worse is played again first."
                + " Exact figures are bytes and system calls of an operation.",
        })
@SuppressWarnings("EnumOrdinal")   // figures come in the order of the operations
final class GuardCommand implements Callable<Integer> {
    private static final int ATTEMPTS = 3;
    /// The name of what is no match.
    private static final String EXACT = "exact";

    @Parameters(arity = "0..*", paramLabel = "MATCH[:CONTESTANT,...]",
            description = "What to guard; 'exact' are the exact figures (all).")
    private List<String> names = List.of();

    @Option(names = "--baseline", paramLabel = "FILE", defaultValue = "${sys:sluice.root:-.}/bench/baseline.json",
            description = "The quotients that were kept (${DEFAULT-VALUE}).")
    private Path file;

    @Option(names = "--update", description = "Keep what is measured now, and complain of nothing.")
    private boolean update;

    @Option(names = "--from", paramLabel = "JSON", description = "With --update: keep what an earlier run measured.")
    private Path from;

    @Mixin
    private PlanOptions options;

    private final List<String> fallen = new ArrayList<>();
    private int judged;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> ofMatches = names.stream().filter(name -> !name.equals(EXACT)).toList();
        List<Match> matches = names.isEmpty() ? Suite.GUARD : Suite.select(ofMatches);
        if (from != null && !update) {
            throw new IllegalArgumentException("--from goes with --update");
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
        run.play(matches, (match, result) -> {
            if (!update) {
                judge(run, match, result, baseline);
            }
        });
        return update ? keep(baseline, run.report()) : conclude(run);
    }

    private int keep(Baseline baseline, Report report) throws IOException {
        List<Baseline.Line> lines = new ArrayList<>();
        for (Result result : report.results()) {
            result.quotients().forEach(quotient -> lines.add(Baseline.Line.of(result.name(), quotient)));
        }
        baseline.with(report.machine(), lines).write(file);
        System.out.printf("%s quotients are kept in %s%n", lines.size(), file);
        return 0;
    }

    private int conclude(Run run) {
        if (!fallen.isEmpty()) {
            System.out.println("\nFALLEN:");
            fallen.forEach(System.out::println);
        } else {
            System.out.printf("%nnothing fell; %s quotients were judged%n", judged);
        }
        return fallen.isEmpty() && !run.hasFailed() ? 0 : 1;
    }

    /// Bytes and system calls are counted, so there is no baseline but what each operation promises.
    private void checkExactFigures() throws InterruptedException {
        System.err.println("exact figures; some seconds");
        List<Figure> figures = HotPath.measure();
        for (HotPath path : HotPath.values()) {
            Figure figure = figures.get(path.ordinal());
            System.out.printf(Locale.ROOT, "  %-24s %6.2f B/op, promised %d; %s%n",
                    figure.name(), figure.bytesPerOperation(),
                    path.promisedBytes(), figure.systemCalls());
            if (figure.bytesPerOperation() > path.promisedBytes()) {
                fallen.add(String.format(Locale.ROOT, "%s: %.2f bytes for each operation, promised %d",
                        figure.name(), figure.bytesPerOperation(), path.promisedBytes()));
            }
            if (figure.callsPerOperation() > 0) {
                fallen.add("%s: system calls, promised none: %s".formatted(figure.name(), figure.systemCalls()));
            }
        }
    }

    private void judge(Run run, Match match, Result first, Baseline baseline) {
        Result result = first;
        List<Quotient> open = new ArrayList<>(first.quotients());
        for (int attempt = 1; !open.isEmpty(); attempt++) {
            List<Quotient> worse = new ArrayList<>();
            for (Quotient asked : open) {
                // Where the cores moved meanwhile, what was seen before stands.
                Quotient found = result.quotient(asked.goal(), asked.distance()).orElse(asked);
                if (!isKept(match, found, baseline, attempt)) {
                    worse.add(found);
                }
            }
            open = worse;
            if (open.isEmpty() || attempt == ATTEMPTS) {
                break;
            }
            System.out.printf("  %s looks worse, and is played again%n", match.name());
            Optional<Result> again = run.play(match);
            if (again.isEmpty()) {
                break;
            }
            result = again.get();
        }
        for (Quotient quotient : open) {
            Baseline.Line line = baseline.line(match.name(), quotient).orElseThrow();
            fallen.add(String.format(Locale.ROOT, "%s, %s, %s: %.3f, was %.3f [%.3f, %.3f]: worse by %.0f %%",
                    match.name(), line.quotient(), line.distance().text(), quotient.value(),
                    line.value(), line.low(), line.high(), 100 * line.fall(quotient.value())));
        }
    }

    private boolean isKept(Match match, Quotient quotient, Baseline baseline, int attempt) {
        Optional<Baseline.Line> line = baseline.line(match.name(), quotient);
        String text = String.format(Locale.ROOT, "  %-16s %-28s %-4s %8.3f",
                match.name(), quotient.goal().text(), quotient.distance().text(), quotient.value());
        if (line.isEmpty()) {
            System.out.println(text + "  not judged: no baseline at this distance of the cores");
            return true;
        }
        judged += attempt == 1 ? 1 : 0;
        boolean kept = line.get().isKeptBy(quotient.value());
        System.out.printf(Locale.ROOT, "%s  was %.3f, limit %.3f: %s%s%n", text, line.get().value(), line.get().limit(),
                kept ? "kept" : "WORSE", attempt > 1 ? " (attempt %s)".formatted(attempt) : "");
        return kept;
    }
}
