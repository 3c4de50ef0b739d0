package io.sluice.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.Span;
import io.sluice.cli.inspect.Ages.Age;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.ObjectState.Counter;
import io.sluice.shm.space.ObjectState.Flow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What a history of looks tells about the oldest message that waits.
class AgesTest {
    private static final long SECOND = 1_000_000_000;

    private final Ages ages = new Ages();

    private static ObjectState look(long in, long depth, long nanoTime, Counter... counters) {
        ObjectInfo info = new ObjectInfo("q", ObjectInfo.Kind.QUEUE, new UUID(1, 1), 4096, "Long", false, 1,
                Instant.EPOCH, 1, 0, List.of(1), Map.of("consumers", 2L), 0, 0);
        return new ObjectState(info, Condition.OK, "", List.of(new Flow("", 1024, depth, in, 1, 8, 1, 1)), List.of(),
                List.of(), List.of(counters), List.of(), nanoTime);
    }

    private Age after(ObjectState look) {
        ages.see(look);
        return ages.of(look);
    }

    /// A message that was there before is as old as the first look that found it; a new one is younger than the last
    /// look that did not.
    @Test
    void looksBoundTheAgeFromBothSides() {
        assertThat(after(look(10, 3, SECOND))).isEqualTo(new Age(0, Age.UNKNOWN));
        assertThat(after(look(12, 5, 2 * SECOND))).isEqualTo(new Age(SECOND, Age.UNKNOWN));
        assertThat(after(look(12, 5, 4 * SECOND))).isEqualTo(new Age(3 * SECOND, Age.UNKNOWN));
        // The oldest is now the one at position 11, which came between the first and the second look.
        assertThat(after(look(12, 1, 5 * SECOND))).isEqualTo(new Age(3 * SECOND, 4 * SECOND));
        assertThat(after(look(13, 1, 6 * SECOND))).isEqualTo(new Age(0, SECOND));
        assertThat(after(look(13, 0, 7 * SECOND))).isNull();
        assertThat(after(look(14, 1, 9 * SECOND))).isEqualTo(new Age(0, 2 * SECOND));
        assertThat(after(look(14, 1, 10 * SECOND))).isEqualTo(new Age(SECOND, 3 * SECOND));
    }

    /// A single look knows when a consumer last found nothing, unless a message came back since.
    @Test
    void aSingleLookHasOneBound() {
        Counter empty = new Counter("empty ns ago", 500, false);
        assertThat(after(look(10, 1, SECOND, empty))).isEqualTo(new Age(0, 500));
        assertThat(new Ages().of(look(10, 1, SECOND, empty, new Counter("given back", 1, true))))
                .isEqualTo(new Age(0, Age.UNKNOWN));
        assertThat(new Ages().of(look(10, 1, SECOND, new Counter("empty ns ago", -1, false))))
                .isEqualTo(new Age(0, Age.UNKNOWN));
    }

    /// Against messages whose ages are known, over many looks: the bounds hold, and stay close while history suffices.
    @Test
    void theBoundsHold() {
        Random random = new Random(17);
        Deque<Long> waiting = new ArrayDeque<>();
        long in = 0;
        long now = SECOND;
        int bounded = 0;
        for (int look = 0; look < 2000; look++) {
            for (int step = random.nextInt(8); step > 0; step--) {
                now += 1 + random.nextInt(1000);
                if (random.nextInt(100) < (look / 200 % 2 == 0 ? 55 : 45)) {
                    waiting.add(now);
                    in++;
                } else {
                    waiting.poll();
                }
            }
            now += 1 + random.nextInt(1000);
            Age age = after(look(in, waiting.size(), now));
            assertThat(age == null).isEqualTo(waiting.isEmpty());
            if (age != null) {
                long real = now - waiting.peek();
                assertThat(age.leastNanos()).isLessThanOrEqualTo(real);
                assertThat(age.mostNanos()).isGreaterThanOrEqualTo(real);
                bounded += age.leastNanos() > 0 && age.mostNanos() < Age.UNKNOWN ? 1 : 0;
            }
        }
        assertThat(bounded).isGreaterThan(500);
    }

    /// People see one bound, scripts the seconds.
    @Test
    void anAgeIsShort() {
        assertThat(new Age(3_200_000_000L, Age.UNKNOWN).cell().text()).isEqualTo(">3.2 s");
        assertThat(new Age(0, 1_500_000).cell().text()).isEqualTo("<1.5 ms");
        assertThat(new Age(0, Age.UNKNOWN).cell().raw()).isNull();
        assertThat(new Age(2 * SECOND, Age.UNKNOWN).cell().raw()).isEqualTo(2.0);
        assertThat(List.of(7L, 1_000L, 59_940_000_000L, 90 * SECOND, 5 * 3600 * SECOND, 400 * 3600 * SECOND))
                .extracting(Span::text)
                .containsExactly("7 ns", "1.0 us", "59.9 s", "1.5 min", "5.0 h", "400 h");
    }
}
