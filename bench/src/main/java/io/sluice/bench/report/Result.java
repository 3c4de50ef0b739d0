package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The result of one benchmark.
///
/// @param name on the command line
/// @param question a sentence
/// @param unit of the values
/// @param higherIsBetter whether a greater value is better
/// @param series one of each subject
/// @param goals ratios to compute
public record Result(
        String name, String question, String unit, boolean higherIsBetter, List<Series> series, List<Goal> goals) {

    /// The series of a subject.
    ///
    /// @param subject its name
    /// @return empty if the subject was left out
    public Optional<Series> series(String subject) {
        return series.stream().filter(one -> one.name().equals(subject)).findFirst();
    }

    /// The distances at which a subject has samples that count.
    ///
    /// @return in the order of the constants
    public List<Distance> distances() {
        List<Distance> all = new ArrayList<>(List.of(Distance.NEAR, Distance.FAR, Distance.ANY));
        all.removeIf(distance -> series.stream().allMatch(one -> one.summary(distance).isEmpty()));
        return all;
    }

    /// The ratios of all goals at each distance where both sides have samples.
    ///
    /// @return in the order of the goals
    public List<Ratio> ratios() {
        List<Ratio> all = new ArrayList<>();
        for (Goal goal : goals) {
            for (Distance distance : distances()) {
                ratio(goal, distance).ifPresent(all::add);
            }
        }
        return all;
    }

    /// The ratio of a goal at a distance.
    ///
    /// @param goal of this result
    /// @param distance of the cores
    /// @return empty if ours, or all of its peers, have no samples there
    public Optional<Ratio> ratio(Goal goal, Distance distance) {
        Summary ours = series(goal.ours()).map(one -> one.summary(distance)).orElse(null);
        Comparator<Series> byMedian = Comparator.comparingDouble(one -> one.summary(distance).median());
        Optional<Series> best = goal.peers().stream()
                .flatMap(peer -> series(peer).stream())
                .filter(one -> !one.summary(distance).isEmpty())
                .max(higherIsBetter ? byMedian : byMedian.reversed());
        if (ours == null || ours.isEmpty() || best.isEmpty()) {
            return Optional.empty();
        }
        Summary peer = best.get().summary(distance);
        return Optional.of(new Ratio(
                goal, distance, best.get().name(),
                ours.median() / peer.median(), ours.low() / peer.high(), ours.high() / peer.low(), higherIsBetter));
    }
}
