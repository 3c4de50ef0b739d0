package io.sluice.jmh.crossprocess;

import io.sluice.jmh.crossprocess.Block.Distance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// All blocks of a match.
///
/// @param match the match
/// @param blocks of each contestant that took part, in the order in which they were played
record Outcome(Match match, LinkedHashMap<Contestant, List<Block>> blocks) {
    /// The middle of some values, and how far they spread.
    record Summary(double median, double min, double max, int blocks) {}

    void add(Contestant contestant, Block block) {
        blocks.computeIfAbsent(contestant, any -> new ArrayList<>()).add(block);
    }

    List<Block> blocks(Contestant contestant, Distance distance, long nearNanos) {
        return blocks.get(contestant).stream().filter(block -> block.distance(nearNanos) == distance).toList();
    }

    boolean isEnough(Distance distance, int contestants, int enough, long nearNanos) {
        return blocks.size() == contestants && blocks.keySet().stream()
                .allMatch(contestant -> blocks(contestant, distance, nearNanos).size() >= enough);
    }

    /// What the blocks of a contestant at a distance say together; without any, of 0 blocks.
    Summary summary(Contestant contestant, Distance distance, long nearNanos) {
        double[] values = blocks(contestant, distance, nearNanos).stream().mapToDouble(Block::value).sorted().toArray();
        int count = values.length;
        if (count == 0) {
            return new Summary(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        double median = (values[(count - 1) / 2] + values[count / 2]) / 2;
        return new Summary(median, values[0], values[count - 1], count);
    }

    /// The quotient of a goal at a distance.
    ///
    /// @return NaN if one of the two has no blocks there
    double quotient(Goal goal, Distance distance, long nearNanos) {
        double peer = goal.isMeasured() ? median(goal.peer(), distance, nearNanos) : goal.constant();
        return median(goal.ours(), distance, nearNanos) / peer;
    }

    private double median(String name, Distance distance, long nearNanos) {
        return blocks.keySet().stream()
                .filter(contestant -> contestant.name().equals(name))
                .findFirst()
                .map(contestant -> summary(contestant, distance, nearNanos).median())
                .orElse(Double.NaN);
    }

    /// Whether a goal is reached, by the quotient at a distance.
    boolean isReached(Goal goal, double quotient) {
        return match.measure().higherIsBetter() ? quotient >= goal.bound() : quotient <= goal.bound();
    }
}
