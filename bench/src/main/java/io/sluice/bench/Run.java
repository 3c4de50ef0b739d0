package io.sluice.bench;

import io.sluice.bench.benchmark.Benchmark;
import io.sluice.bench.benchmark.Machine;
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

/// Runs benchmarks one after the other, and passes each result on when it is complete. A benchmark that cannot run is
/// reported, and the others still run.
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

    /// Receives each result when it is complete.
    interface Receiver {
        void received(Benchmark benchmark, Result result) throws IOException;
    }

    /// Prints the facts that a published number needs, and warns of conditions that distort the figures.
    void introduce() {
        double busy = Machine.busyShare(LOOK_MILLIS);
        machine.put("busy before",
                Double.isNaN(busy) ? "unknown" : String.format(Locale.ROOT, "%.0f %% of all cores", 100 * busy));
        machine.forEach((fact, value) -> out.printf("%-12s %s%n", fact, value));
        out.println();
        if (busy > BUSY) {
            plan.notes().printf(Locale.ROOT,
                    "WARNING: %.0f %% of the machine is busy with other work; the figures will be worse, and vary%n",
                    100 * busy);
        }
        if (plan.cores().size() < 2) {
            plan.notes().printf("WARNING: there is only one core (%s); benchmarks between two cores are skipped%n",
                    plan.cores());
        } else if (!canPin()) {
            plan.notes().println("WARNING: the kernel refuses to bind threads to cores; the figures will vary");
            machine.put("pinning", "refused by the kernel");
        }
    }

    /// Tries on a new thread, which ends afterwards, so that this one stays unbound.
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

    /// Runs benchmarks.
    ///
    /// @param receiver gets each result when it is complete
    void run(List<Benchmark> benchmarks, Receiver receiver) throws IOException {
        Progress progress = new Progress(plan.notes(), plan, benchmarks);
        for (int i = 0; i < benchmarks.size(); i++) {
            progress.next(i);
            Optional<Result> result = run(benchmarks.get(i));
            if (result.isPresent()) {
                results.add(result.get());
                receiver.received(benchmarks.get(i), result.get());
            }
        }
    }

    /// Runs a benchmark.
    ///
    /// @return empty if it cannot run or failed; the reason was printed
    Optional<Result> run(Benchmark benchmark) {
        String obstacle = benchmark.obstacle(plan);
        if (!obstacle.isEmpty()) {
            plan.notes().printf("%s is skipped: %s%n", benchmark.name(), obstacle);
            return Optional.empty();
        }
        try {
            return Optional.of(benchmark.run(plan));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(benchmark.name() + " was interrupted", interrupted);
        } catch (Exception failed) {
            failures++;
            plan.notes().printf("%s FAILED: %s%n", benchmark.name(), failed);
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
