package io.sluice.jmh.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sluice.jmh.report.Distance;
import io.sluice.jmh.report.Quotient;
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
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /// One quotient.
    ///
    /// @param match name of the match
    /// @param quotient which of its goals, as [io.sluice.jmh.report.Goal#text] has it
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

        boolean isAbout(String otherMatch, Quotient other) {
            return match.equals(otherMatch) && quotient.equals(other.goal().text()) && distance == other.distance();
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
        return lines.stream().filter(line -> line.isAbout(match, quotient)).findFirst();
    }

    /// The same with newer lines in the place of older ones.
    Baseline with(Map<String, String> newMachine, List<Line> newer) {
        List<Line> all = new ArrayList<>(lines);
        for (Line line : newer) {
            all.removeIf(old -> old.match().equals(line.match()) && old.quotient().equals(line.quotient())
                    && old.distance() == line.distance());
            all.add(line);
        }
        return new Baseline(newMachine, all);
    }

    static Baseline read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "there is no baseline %s; 'sluice bench guard --update' makes one".formatted(file));
        }
        try {
            return JSON.readValue(Files.readString(file), Baseline.class);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException(
                    "%s is no baseline: %s".formatted(file, broken.getOriginalMessage()), broken);
        }
    }

    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
