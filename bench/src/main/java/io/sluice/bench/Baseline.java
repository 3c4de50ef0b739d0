package io.sluice.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Json;
import io.sluice.bench.report.Ratio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The ratios that a run is compared with. They differ between machines much less than the values that they divide.
///
/// @param machine facts about the machine of the last update, by name
/// @param ratios one for each benchmark, goal and distance
record Baseline(Map<String, String> machine, List<KeptRatio> ratios) {
    /// One kept ratio.
    ///
    /// @param benchmark name of the benchmark
    /// @param ratio text of the goal, see [io.sluice.bench.report.Goal#text]
    /// @param distance of the cores
    /// @param higherIsBetter whether a greater ratio is better
    /// @param value ratio of the medians
    /// @param low least ratio that the intervals of both sides allow
    /// @param high greatest ratio that the intervals of both sides allow
    record KeptRatio(
            String benchmark, String ratio, Distance distance, boolean higherIsBetter,
            double value, double low, double high) {

        /// By so much, as a share, runs of the same code differ even where their intervals do not overlap.
        static final double TOLERANCE = 0.10;

        static KeptRatio of(String benchmark, Ratio ratio) {
            return new KeptRatio(benchmark, ratio.goal().text(), ratio.distance(), ratio.higherIsBetter(),
                    ratio.value(), ratio.low(), ratio.high());
        }

        boolean hasSameKeyAs(KeptRatio other) {
            return benchmark.equals(other.benchmark) && ratio.equals(other.ratio) && distance == other.distance;
        }

        /// A ratio beyond this counts as worse: the worse end of the interval, and a tolerance.
        @JsonIgnore
        double limit() {
            return higherIsBetter ? low * (1 - TOLERANCE) : high * (1 + TOLERANCE);
        }

        boolean accepts(double found) {
            return higherIsBetter ? found >= limit() : found <= limit();
        }

        /// By how much a ratio is worse than this one, as a share of this one.
        double regression(double found) {
            return higherIsBetter ? 1 - found / value : found / value - 1;
        }
    }

    Optional<KeptRatio> kept(String benchmark, Ratio ratio) {
        return ratios.stream().filter(KeptRatio.of(benchmark, ratio)::hasSameKeyAs).findFirst();
    }

    /// A copy in which newer ratios replace older ones with the same key.
    Baseline with(Map<String, String> newMachine, List<KeptRatio> newer) {
        List<KeptRatio> all = new ArrayList<>(ratios);
        for (KeptRatio kept : newer) {
            all.removeIf(kept::hasSameKeyAs);
            all.add(kept);
        }
        return new Baseline(newMachine, all);
    }

    /// Reads a file that [#write] wrote.
    ///
    /// @throws IllegalArgumentException if there is no such file, or it is not a baseline; the message says what to do
    static Baseline read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "there is no baseline %s; 'sluice bench guard --update' makes one".formatted(file));
        }
        try {
            return Json.read(file, Baseline.class, "baseline");
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException(
                    "%s; restore the file, or delete it and run 'sluice bench guard --update'"
                            .formatted(unreadable.getMessage()),
                    unreadable);
        }
    }

    void write(Path file) throws IOException {
        Json.write(this, file);
    }
}
