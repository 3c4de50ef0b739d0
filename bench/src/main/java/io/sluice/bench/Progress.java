package io.sluice.bench;

import io.sluice.bench.benchmark.Match;
import io.sluice.bench.benchmark.Plan;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// Says before each match how far a run is, and when it will probably end. The guess is corrected by how long the
/// matches took that are over.
final class Progress {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final PrintStream out;
    private final Plan plan;
    private final List<Match> matches;
    private final long start = System.nanoTime();

    Progress(PrintStream out, Plan plan, List<Match> matches) {
        this.out = out;
        this.plan = plan;
        this.matches = matches;
    }

    /// Says which match comes now.
    void next(int index) {
        double past = seconds(matches.subList(0, index));
        double elapsed = (System.nanoTime() - start) / 1e9;
        double pace = past > 0 ? elapsed / past : 1;
        Duration left = Duration.ofSeconds(Math.round(pace * seconds(matches.subList(index, matches.size()))));
        out.printf("[%s/%s] %s; about %s left, until %s%n", index + 1, matches.size(), matches.get(index).name(),
                text(left), LocalTime.now(ZoneId.systemDefault()).plus(left).format(CLOCK));
    }

    private double seconds(List<Match> those) {
        return those.stream()
                .filter(match -> match.obstacle(plan).isEmpty())
                .mapToDouble(match -> match.estimate(plan).toMillis() / 1e3)
                .sum();
    }

    private static String text(Duration duration) {
        return duration.toMinutes() > 0
                ? String.format(Locale.ROOT, "%d min %02d s", duration.toMinutes(), duration.toSecondsPart())
                : "%s s".formatted(duration.toSeconds());
    }
}
