package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// When a pool gives up starting workers.
class FailedStartsTest {
    private final FailedStarts starts = new FailedStarts();

    @Test
    void theThirdFailureInARowReachesTheLimit() {
        assertThat(starts.failed(0, 1)).isFalse();
        assertThat(starts.pauseNanos()).isZero();
        assertThat(starts.failed(1, 2)).isFalse();
        assertThat(starts.pauseNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(starts.failed(2, 3)).isTrue();
    }

    @Test
    void workersThatFailTogetherCountOnce() {
        for (int number = 0; number < 8; number++) {
            assertThat(starts.failed(number, 8)).isFalse();
        }
        assertThat(starts.inARow()).isEqualTo(1);
        assertThat(starts.failed(8, 9)).isFalse();
        assertThat(starts.failed(9, 10)).isTrue();
    }

    @Test
    void killsFromOutsideReachTheLimitOnlyWithoutAReadyWorker() {
        for (int number = 0; number < 14; number++) {
            assertThat(starts.killed(number, number + 1, true)).isFalse();
        }
        assertThat(starts.pauseNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(5));
        assertThat(starts.killed(14, 15, false)).isFalse();
        assertThat(starts.killed(15, 16, true)).isTrue();
    }

    @Test
    void aWorkerThatIsReadyEndsTheRow() {
        var _ = starts.failed(0, 1);
        var _ = starts.failed(1, 2);
        starts.end();
        assertThat(starts.inARow()).isZero();
        assertThat(starts.failed(2, 3)).isFalse();
    }
}
