package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.Block.Distance;
import io.sluice.jmh.crossprocess.Outcome.Summary;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// The tables for people.
final class Report {
    private static final List<Distance> COLUMNS = List.of(Distance.NEAR, Distance.FAR);

    private Report() {}

    static void print(Outcome outcome, Options options, PrintStream out) {
        Measure measure = outcome.match().measure();
        out.printf("  %s, %s is better; median (least .. greatest) of so many blocks%n",
                measure.unit(), measure.higherIsBetter() ? "higher" : "lower");
        out.printf("  %-17s %-34s %-34s %6s %9s %9s %10s %10s%n",
                "", "near", "far", "moved", "refused", "empty", "p99 ns", "max ns");
        for (Contestant contestant : outcome.blocks().keySet()) {
            printContestant(outcome, contestant, options, out);
        }
        for (Goal goal : outcome.match().goals()) {
            printGoal(outcome, goal, options, out);
        }
        out.flush();
    }

    private static void printContestant(Outcome outcome, Contestant contestant, Options options, PrintStream out) {
        List<Block> all = outcome.blocks().get(contestant);
        out.printf("  %-17s", contestant.name());
        for (Distance distance : COLUMNS) {
            out.printf(" %-34s", text(outcome.summary(contestant, distance, options.nearNanos())));
        }
        int moved = outcome.blocks(contestant, Distance.MOVED, options.nearNanos()).size();
        double messages = Math.max(1, sum(all, Block::messages));
        out.printf(" %6d %9.3f %9.3f %10s %10s%n",
                moved,
                sum(all, Block::refusals) / messages,
                sum(all, Block::emptyLooks) / messages,
                nanos(all.stream().mapToLong(Block::p99).sorted().skip(all.size() / 2).findFirst().orElse(0)),
                nanos(all.stream().mapToLong(Block::max).max().orElse(0)));
    }

    private static double sum(List<Block> blocks, ToLongFunction<Block> column) {
        return blocks.stream().mapToLong(column).sum();
    }

    private static String nanos(long value) {
        return value == 0 ? "-" : "%,d".formatted(value);
    }

    private static String text(Summary summary) {
        if (summary.blocks() == 0) {
            return "-";
        }
        return "%s (%s .. %s) of %d%s".formatted(
                number(summary.median()), number(summary.min()), number(summary.max()), summary.blocks(),
                summary.blocks() < Tournament.ENOUGH ? ", few" : "");
    }

    /// Three digits that count.
    static String number(double value) {
        return value < 10 ? "%.3f".formatted(value) : value < 100 ? "%.1f".formatted(value) : "%,.0f".formatted(value);
    }

    private static void printGoal(Outcome outcome, Goal goal, Options options, PrintStream out) {
        boolean higher = outcome.match().measure().higherIsBetter();
        StringBuilder line = new StringBuilder("  %s / %s:".formatted(goal.ours(), goal.peer()));
        boolean any = false;
        for (Distance distance : COLUMNS) {
            double quotient = outcome.quotient(goal, distance, options.nearNanos());
            if (Double.isNaN(quotient)) {
                continue;
            }
            any = true;
            line.append(" %s %.2f".formatted(distance.name().toLowerCase(Locale.ROOT), quotient));
            if (goal.isBound()) {
                line.append(outcome.isReached(goal, quotient) ? " (reached)" : " (MISSED)");
            }
        }
        if (any) {
            if (goal.isBound()) {
                line.append("; asked for %s %s".formatted(higher ? "at least" : "at most", goal.bound()));
            }
            out.println(line);
        }
    }
}
