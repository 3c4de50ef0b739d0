package io.sluice.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The results of one run.
///
/// @param machine facts that a published number needs, by name
/// @param results in the order of the run
public record Report(Map<String, String> machine, List<Result> results) {
    /// The result of a benchmark.
    ///
    /// @param name of the benchmark
    /// @return empty if the run did not include it
    public Optional<Result> result(String name) {
        return results.stream().filter(result -> result.name().equals(name)).findFirst();
    }

    /// Writes the report as JSON.
    ///
    /// @param file is replaced
    /// @throws IOException if the file cannot be written
    public void write(Path file) throws IOException {
        Json.write(this, file);
    }

    /// Reads a file that [#write] wrote.
    ///
    /// @param file of JSON
    /// @return the report
    /// @throws IOException if the file cannot be read
    /// @throws IllegalArgumentException if it is not a report; the message says what is wrong
    public static Report read(Path file) throws IOException {
        return Json.read(file, Report.class, "report of 'sluice bench'");
    }
}
