package io.sluice.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A question, and what all who were asked gave.
///
/// @param name how the command line calls it
/// @param question in words
/// @param unit of the values
/// @param higherIsBetter which way is up
/// @param series one of each subject
/// @param goals which ratios are asked for
public record Result(
        String name, String question, String unit, boolean higherIsBetter, List<Series> series, List<Goal> goals) {

    /// The series of a name.
    ///
    /// @param subject its name
    /// @return empty if it took no part
    public Optional<Series> series(String subject) {
        return series.stream().filter(one -> one.name().equals(subject)).findFirst();
    }

    /// The distances at which somebody has samples that count.
    ///
    /// @return in the order of the enumeration
    public List<Distance> distances() {
        List<Distance> all = new ArrayList<>(List.of(Distance.NEAR, Distance.FAR, Distance.ANY));
        all.removeIf(distance -> series.stream().allMatch(one -> one.summary(distance).isEmpty()));
        return all;
    }

    /// The ratios of the goals, where both sides have samples.
    ///
    /// @return at each distance
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
    /// @param goal one of ours
    /// @param distance of the cores
    /// @return empty if ours or all peers have no samples there
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
