package io.sluice.bench.benchmark;

import io.sluice.bench.report.Result;
import java.time.Duration;
import java.util.List;

/// A question that is put to several subjects, ours, our peers and bare floors, side by side in one run.
public interface Benchmark {
    /// How the command line calls it.
    ///
    /// @return small letters, digits and hyphens
    String name();

    /// What is asked.
    ///
    /// @return a sentence
    String question();

    /// Who is asked.
    ///
    /// @return names, in the order of the report
    List<String> subjectNames();

    /// The same with some of its subjects only.
    ///
    /// @param names of those who stay
    /// @return a benchmark with no others
    Benchmark only(List<String> names);

    /// Why it cannot be played here and now.
    ///
    /// @param plan how it would be played
    /// @return a sentence; empty if it can be played
    default String obstacle(Plan plan) {
        return "";
    }

    /// About how long it will take.
    ///
    /// @param plan how it will be played
    /// @return a guess
    Duration estimate(Plan plan);

    /// Plays it.
    ///
    /// @param plan how
    /// @return what came out
    /// @throws Exception if it cannot be played to its end
    Result run(Plan plan) throws Exception;
}
