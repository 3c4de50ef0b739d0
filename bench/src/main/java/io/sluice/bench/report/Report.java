package io.sluice.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one run measured.
///
/// @param machine what a published number has to carry: facts by name
/// @param results in the order in which they were asked for
public record Report(Map<String, String> machine, List<Result> results) {
    /// The result of a name.
    ///
    /// @param name how the command line calls it
    /// @return empty if it was not asked for
    public Optional<Result> result(String name) {
        return results.stream().filter(result -> result.name().equals(name)).findFirst();
    }

    /// Writes it as JSON.
    ///
    /// @param file is replaced
    /// @throws IOException if it cannot be written
    public void write(Path file) throws IOException {
        Json.write(this, file);
    }

    /// Reads what [#write] wrote.
    ///
    /// @param file of JSON
    /// @return the report
    /// @throws IOException if it cannot be read
    /// @throws IllegalArgumentException if it is no such report; the message says where it is not
    public static Report read(Path file) throws IOException {
        return Json.read(file, Report.class, "report of 'sluice bench'");
    }
}
