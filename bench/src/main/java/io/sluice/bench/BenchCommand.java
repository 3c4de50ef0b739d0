package io.sluice.bench;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.report.BarChart;
import io.sluice.bench.report.Comparison;
import io.sluice.bench.report.HtmlReport;
import io.sluice.bench.report.Report;
import io.sluice.bench.report.Result;
import io.sluice.bench.report.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The `sluice bench` command.
@Command(
        name = "sluice bench",
        description = {
            "How fast is Sluice on this machine, beside its peers and bare floors?",
            "",
            "Without a name it runs a short selection, for five minutes or more: longer where the distance of the cores"
                + " changes. Nothing else should run at the same time.",
        },
        subcommands = {GuardCommand.class, HelpCommand.class},
        footer = {
            "",
            "Exit codes: 0 done, 1 a benchmark failed, 2 wrong usage.",
        })
public final class BenchCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "BENCHMARK[:SUBJECT,...]",
            description = "Benchmarks to run, each with all or some of its subjects; --list shows all.")
    private List<String> names = List.of();

    @Option(names = "--full", description = "Run all benchmarks, for an hour or more.")
    private boolean full;

    @Option(names = "--list", description = "Show all benchmarks and subjects, and run none.")
    private boolean list;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all figures to this file, block by block.")
    private Path json;

    @Option(names = "--html", paramLabel = "FILE",
            description = "Write a report with charts: one page that opens offline.")
    private Path html;

    @Option(names = "--svg", paramLabel = "DIR",
            description = "Write the bar chart of each benchmark to this directory.")
    private Path svg;

    @Option(names = "--from", paramLabel = "JSON", description = "Run nothing; take the figures of an earlier run.")
    private Path from;

    @Option(names = "--compare", arity = "2", paramLabel = "JSON",
            description = "Run nothing; show what changed from one run to another.")
    private List<Path> compared = List.of();

    @Mixin
    private PlanOptions options;

    private BenchCommand() {}

    /// Runs the command and ends the process.
    ///
    /// @param arguments of the command line
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command))
                .execute(arguments);
    }

    private static int failed(Exception failure, CommandLine command) {
        boolean usage = failure instanceof IllegalArgumentException;
        String text = failure instanceof IOException ? failure.toString() : failure.getMessage();
        System.err.println(command.getCommandName() + ": " + text);
        return usage
                ? command.getCommandSpec().exitCodeOnInvalidInput()
                : command.getCommandSpec().exitCodeOnExecutionException();
    }

    @Override
    public Integer call() throws IOException {
        if (list) {
            list();
            return 0;
        }
        if (!compared.isEmpty()) {
            Comparison.print(Report.read(compared.get(0)), Report.read(compared.get(1)), System.out);
            return 0;
        }
        if (from != null) {
            if (html == null && svg == null) {
                throw new IllegalArgumentException("--from needs an output: --html FILE or --svg DIR");
            }
            write(Report.read(from));
            return 0;
        }
        List<Benchmark> benchmarks = !names.isEmpty() ? Suite.select(names) : full ? Suite.ALL : Suite.SHORT;
        Plan plan = options.plan(full);
        Run run = new Run(plan, System.out);
        run.introduce();
        run.run(benchmarks, (benchmark, result) -> show(result, run.report()));
        write(run.report());
        return run.hasFailed() ? 1 : 0;
    }

    /// Writes the report after each benchmark, so that an interrupted run leaves the results so far.
    private void show(Result result, Report soFar) throws IOException {
        TextTable.print(result, System.out);
        System.out.println();
        if (json != null) {
            soFar.write(json);
        }
    }

    private void write(Report report) throws IOException {
        if (html != null) {
            HtmlReport.write(report, html);
            System.err.println("report: " + html.toAbsolutePath());
        }
        if (svg != null) {
            Files.createDirectories(svg);
            for (Result result : report.results()) {
                Files.writeString(svg.resolve(result.name() + ".svg"), BarChart.standalone(result));
            }
        }
    }

    private static void list() {
        for (Benchmark benchmark : Suite.ALL) {
            System.out.printf("%-18s %s%n%-18s %s%n", benchmark.name(), benchmark.question(), "",
                    String.join(",", benchmark.subjectNames()));
        }
    }
}
