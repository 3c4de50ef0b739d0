package io.sluice.bench.benchmark;

import io.sluice.bench.report.Result;
import java.time.Duration;
import java.util.List;

/// A question about speed, answered for several subjects in one run: ours, our peers and bare floors.
public interface Benchmark {
    /// Name on the command line.
    ///
    /// @return small letters, digits and hyphens
    String name();

    /// The question.
    ///
    /// @return a sentence
    String question();

    /// Names of the subjects.
    ///
    /// @return in the order of the report
    List<String> subjectNames();

    /// The same benchmark with some of its subjects.
    ///
    /// @param names of the subjects to keep
    /// @return a benchmark of these subjects only
    Benchmark only(List<String> names);

    /// Why the benchmark cannot run on this machine.
    ///
    /// @param plan conditions of the run
    /// @return a sentence; empty if it can run
    default String obstacle(Plan plan) {
        return "";
    }

    /// Estimated duration.
    ///
    /// @param plan conditions of the run
    /// @return an estimate
    Duration estimate(Plan plan);

    /// Runs the benchmark.
    ///
    /// @param plan conditions of the run
    /// @return the samples of all subjects
    /// @throws Exception if the run fails
    Result run(Plan plan) throws Exception;
}
