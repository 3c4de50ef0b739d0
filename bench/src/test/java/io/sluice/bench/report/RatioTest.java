package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Ours over the best of the peers, which is the greatest or the least, depending on the unit.
class RatioTest {
    private static final Series OURS = Series.of("ours", "", List.of(10., 11., 12., 13., 14.));
    private static final Series SLOW = Series.of("slow", "", List.of(4., 5., 6., 7., 8.));
    private static final Series FAST = Series.of("fast", "", List.of(7., 8., 9., 10., 11.));
    private static final Goal GOAL = new Goal("ours", List.of("slow", "fast", "absent"), 1.3);

    private static Ratio ratio(boolean higherIsBetter) {
        Result result = Samples.result("any", "M msg/s", higherIsBetter, List.of(OURS, SLOW, FAST), List.of(GOAL));
        return result.ratio(GOAL, Distance.ANY).orElseThrow();
    }

    @Test
    void theGreatestPeerCountsWhereHigherIsBetter() {
        assertThat(ratio(true)).isEqualTo(
                new Ratio(GOAL, Distance.ANY, "fast", 12. / 9, 10. / 11, 14. / 7, true));
        assertThat(ratio(true).isReached()).isTrue();
        assertThat(ratio(true).asked()).isEqualTo("at least 1.3");
    }

    @Test
    void theLeastPeerCountsWhereLowerIsBetter() {
        assertThat(ratio(false)).isEqualTo(
                new Ratio(GOAL, Distance.ANY, "slow", 12. / 6, 10. / 8, 14. / 4, false));
        assertThat(ratio(false).isReached()).isFalse();
        assertThat(ratio(false).asked()).isEqualTo("at most 1.3");
    }

    @Test
    void noSamplesNoRatio() {
        Result result = Samples.result("any", "ns", false, List.of(OURS), List.of(GOAL));
        assertThat(result.ratios()).isEmpty();
        assertThat(result.ratio(GOAL, Distance.NEAR)).isEmpty();
    }

    @Test
    void aGoalWithoutBoundInforms() {
        Result result = Samples.result(
                "any", "ns", false, List.of(OURS, FAST), List.of(Goal.inform("ours", "fast")));
        Ratio ratio = result.ratios().getFirst();
        assertThat(ratio.isBound()).isFalse();
        assertThat(ratio.asked()).isEmpty();
        assertThat(ratio.text()).doesNotContainIgnoringCase("reached").doesNotContain("MISSED");
    }
}
