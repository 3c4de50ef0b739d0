package io.sluice.bench.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// One result as text for a terminal: the question, the values, the latencies if there are any, the ratios.
public final class TextTable {
    private static final int WIDTH = 120;

    private TextTable() {}

    /// Prints a result.
    ///
    /// @param result to be printed
    /// @param out receives the text
    public static void print(Result result, PrintStream out) {
        out.print(text(result));
        out.flush();
    }

    static String text(Result result) {
        StringBuilder out = new StringBuilder();
        out.append(result.name()).append(": ").append(result.question()).append('\n');
        out.append("  %s, %s is better; median and 90 %% confidence interval of n samples\n".formatted(
                result.unit(), result.higherIsBetter() ? "higher" : "lower"));
        out.append(values(result));
        Row.remarks(result).forEach(remark -> append(out, remark));
        // A terminal with the C locale cannot show µ.
        out.append(latencies(result).toString().replace("µs", "us"));
        ratios(result).forEach(line -> append(out, line));
        return out.toString();
    }

    private static void append(StringBuilder out, String text) {
        String line = String.join("\n      ", Lines.wrap(text, WIDTH - 6));
        out.append("  ").append(line).append('\n');
    }

    private static Columns values(Result result) {
        Columns table = new Columns(2, Row.headings(result));
        Row.of(result).forEach(row -> table.add(row.cells()));
        return table;
    }

    private static Columns latencies(Result result) {
        Columns table = new Columns(2, Percentiles.headings());
        Percentiles.of(result).forEach(row -> table.add(row.cells()));
        return table;
    }

    private static List<String> ratios(Result result) {
        List<String> lines = new ArrayList<>();
        List<Ratio> ratios = result.ratios();
        for (Goal goal : result.goals()) {
            List<Ratio> ofGoal = ratios.stream().filter(one -> one.goal().equals(goal)).toList();
            ofGoal.forEach(ratio -> lines.add(line(ratio)));
            if (ofGoal.isEmpty()) {
                lines.add(goal.text() + ": not measured");
            }
        }
        return lines;
    }

    private static String line(Ratio ratio) {
        Goal goal = ratio.goal();
        String best = goal.peers().size() == 1 ? "" : " (" + ratio.peer() + ")";
        String asked = ratio.isBound() ? "; asked for " + ratio.asked() : "";
        return "%s%s, %s: %s%s".formatted(
                goal.text(), best, ratio.distance().text(), ratio.text(), asked);
    }
}
