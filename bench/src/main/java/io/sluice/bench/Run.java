package io.sluice.bench;

import io.sluice.bench.benchmark.Machine;
import io.sluice.bench.benchmark.Match;
import io.sluice.bench.benchmark.Plan;
import io.sluice.bench.report.Report;
import io.sluice.bench.report.Result;
import io.sluice.shm.linux.Affinity;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Plays matches one after the other, and shows what comes out as it comes. What cannot be played is said, and the rest
/// still runs.
final class Run {
    private static final long LOOK_MILLIS = 1000;
    private static final double BUSY = 0.10;

    private final Plan plan;
    private final PrintStream out;
    private final Map<String, String> machine = Machine.facts();
    private final List<Result> results = new ArrayList<>();
    private int failures;

    Run(Plan plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
        PlanOptions.describe(plan, machine);
    }

    /// What is done with a result when it comes.
    interface Receiver {
        void received(Match match, Result result) throws IOException;
    }

    /// Prints what a published number has to carry, and warns of what spoils numbers.
    void introduce() {
        double busy = Machine.busyShare(LOOK_MILLIS);
        machine.put("busy before",
                Double.isNaN(busy) ? "unknown" : String.format(Locale.ROOT, "%.0f %% of all cores", 100 * busy));
        machine.forEach((fact, value) -> out.printf("%-12s %s%n", fact, value));
        out.println();
        if (busy > BUSY) {
            plan.notes().printf(Locale.ROOT,
                    "WARNING: %.0f %% of the machine are busy with something else; the figures will be worse,"
                    + " and vary%n", 100 * busy);
        }
        if (plan.cores().size() < 2) {
            plan.notes().printf("WARNING: there is one core only (%s); what goes between two is not measured%n",
                    plan.cores());
        } else if (!canPin()) {
            plan.notes().println("WARNING: the kernel refuses to bind threads to cores; the figures will vary");
            machine.put("pinning", "refused by the kernel");
        }
    }

    /// On a thread of its own, which ends with it.
    private boolean canPin() {
        AtomicBoolean pinned = new AtomicBoolean();
        Thread trial = Thread.ofPlatform().start(() -> pinned.set(Affinity.pin(plan.cores().getFirst())));
        try {
            trial.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return pinned.get();
    }

    /// Plays matches.
    ///
    /// @param receiver gets each result as it comes
    void play(List<Match> matches, Receiver receiver) throws IOException {
        Progress progress = new Progress(plan.notes(), plan, matches);
        for (int i = 0; i < matches.size(); i++) {
            progress.next(i);
            Optional<Result> result = play(matches.get(i));
            if (result.isPresent()) {
                results.add(result.get());
                receiver.received(matches.get(i), result.get());
            }
        }
    }

    /// Plays a match.
    ///
    /// @return empty if it cannot be played, or failed; both was said
    Optional<Result> play(Match match) {
        String obstacle = match.obstacle(plan);
        if (!obstacle.isEmpty()) {
            plan.notes().printf("%s is not played: %s%n", match.name(), obstacle);
            return Optional.empty();
        }
        try {
            return Optional.of(match.play(plan));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(match.name() + " was interrupted", interrupted);
        } catch (Exception failed) {
            failures++;
            plan.notes().printf("%s FAILED: %s%n", match.name(), failed);
            failed.printStackTrace(plan.details());
            return Optional.empty();
        }
    }

    Report report() {
        return new Report(machine, results);
    }

    boolean hasFailed() {
        return failures > 0;
    }
}
