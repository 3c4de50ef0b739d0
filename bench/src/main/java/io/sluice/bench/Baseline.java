package io.sluice.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.sluice.bench.report.Distance;
import io.sluice.bench.report.Json;
import io.sluice.bench.report.Quotient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Quotients that were good enough to be kept. They move from machine to machine much less than what they are made of.
///
/// @param machine where the last update was measured
/// @param lines one for each quotient and distance
record Baseline(Map<String, String> machine, List<Line> lines) {
    /// One quotient.
    ///
    /// @param match name of the match
    /// @param quotient which of its goals, as [io.sluice.bench.report.Goal#text] has it
    /// @param distance of the cores
    /// @param higherIsBetter which way is up
    /// @param value of the medians
    /// @param low the least that their intervals allow
    /// @param high the greatest that their intervals allow
    record Line(
            String match, String quotient, Distance distance, boolean higherIsBetter,
            double value, double low, double high) {

        /// Noise within which two runs of the same code differ although their intervals do not overlap.
        static final double TOLERANCE = 0.10;

        static Line of(String match, Quotient quotient) {
            return new Line(match, quotient.goal().text(), quotient.distance(), quotient.higherIsBetter(),
                    quotient.value(), quotient.low(), quotient.high());
        }

        boolean isAboutTheSameAs(Line other) {
            return match.equals(other.match) && quotient.equals(other.quotient) && distance == other.distance;
        }

        /// What a quotient may come to before it counts as worse: the worst that was seen here, and a tolerance.
        @JsonIgnore
        double limit() {
            return higherIsBetter ? low * (1 - TOLERANCE) : high * (1 + TOLERANCE);
        }

        boolean isKeptBy(double found) {
            return higherIsBetter ? found >= limit() : found <= limit();
        }

        /// How much worse a quotient is than this one, as a share of this one.
        double fall(double found) {
            return higherIsBetter ? 1 - found / value : found / value - 1;
        }
    }

    Optional<Line> line(String match, Quotient quotient) {
        return lines.stream().filter(Line.of(match, quotient)::isAboutTheSameAs).findFirst();
    }

    /// The same with newer lines in the place of older ones.
    Baseline with(Map<String, String> newMachine, List<Line> newer) {
        List<Line> all = new ArrayList<>(lines);
        for (Line line : newer) {
            all.removeIf(line::isAboutTheSameAs);
            all.add(line);
        }
        return new Baseline(newMachine, all);
    }

    static Baseline read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "there is no baseline %s; 'sluice bench guard --update' makes one".formatted(file));
        }
        return Json.read(file, Baseline.class, "baseline");
    }

    void write(Path file) throws IOException {
        Json.write(this, file);
    }
}
