package io.sluice.bench;

import io.sluice.bench.benchmark.Match;
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
            "Without a name it plays a short selection, five minutes or more: longer where the cores move. Nothing else"
                + " should run meanwhile.",
        },
        subcommands = {GuardCommand.class, HelpCommand.class},
        footer = {
            "",
            "Exit codes: 0 done, 1 a match failed, 2 wrong usage.",
        })
public final class BenchCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "MATCH[:CONTESTANT,...]",
            description = "What to play, and who is to play it; --list shows all.")
    private List<String> names = List.of();

    @Option(names = "--full", description = "Play everything, an hour or more.")
    private boolean full;

    @Option(names = "--list", description = "Show all matches and contestants, and play nothing.")
    private boolean list;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all figures there, block by block.")
    private Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a report with charts there: one file, offline.")
    private Path html;

    @Option(names = "--svg", paramLabel = "DIR", description = "Write each bar chart there, a file for each match.")
    private Path svg;

    @Option(names = "--from", paramLabel = "JSON", description = "Play nothing; take the figures of an earlier run.")
    private Path from;

    @Option(names = "--compare", arity = "2", paramLabel = "JSON",
            description = "Play nothing; show what changed from one run to another.")
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
                throw new IllegalArgumentException("--from needs --html FILE or --svg DIR, what to make of the figures");
            }
            write(Report.read(from));
            return 0;
        }
        List<Match> matches = !names.isEmpty() ? Suite.select(names) : full ? Suite.ALL : Suite.SHORT;
        Plan plan = options.plan(full);
        Run run = new Run(plan, System.out);
        run.introduce();
        run.play(matches, (match, result) -> show(result, run.report()));
        write(run.report());
        return run.hasFailed() ? 1 : 0;
    }

    /// Writes everything after each match, so that a run that is cut short leaves what it had.
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
        for (Match match : Suite.ALL) {
            System.out.printf("%-18s %s%n%-18s %s%n", match.name(), match.question(), "",
                    String.join(",", match.contestants()));
        }
    }
}
