package io.sluice.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.Numbers;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.ObjectState.Wait;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The pictures of `top`, from states that no kernel need make.
class TopFrameTest {
    private final Map<UUID, ObjectState> before = new HashMap<>();
    private final Ages ages = new Ages();

    private ObjectState queue(String name, long depth, long in, int waits, Condition condition, String finding) {
        ObjectInfo info = new ObjectInfo(name, ObjectInfo.Kind.QUEUE, new UUID(1, name.hashCode()), 4096, "Long", false,
                1, Instant.EPOCH, 1, 0, List.of(1), Map.of("capacity", 1024L, "slotBytes", 64L), 0, 0);
        before.put(info.id(), state(info, 0, 0, 0, Condition.OK, "", 0));
        return state(info, depth, in, waits, condition, finding, 1_000_000_000);
    }

    private static ObjectState state(ObjectInfo info, long depth, long in, int waits, Condition condition,
            String finding, long nanoTime) {
        return new ObjectState(info, condition, finding, List.of(new Flow("", 1024, depth, in, 1, 32, 2, -1)), List.of(),
                waits == 0 ? List.of() : List.of(new Wait("lock", 1, 1, waits)), List.of(), List.of(), nanoTime);
    }

    private TopFrame frame(TopFrame.Order order, int rows, int columns, ObjectState... objects) {
        SpaceInfo space = new SpaceInfo("market", Path.of("/x"), 255, List.of(), List.of(), Map.of());
        return new TopFrame(List.of(new SpaceState(space, List.of(objects))), before, ages, order, rows,
                columns, false);
    }

    private ObjectState[] three() {
        return new ObjectState[] {
            queue("slow", 1000, 5, 0, Condition.OK, ""),
            queue("fast", 3, 1_250_000, 0, Condition.OK, ""),
            queue("stuck", 1024, 100, 7, Condition.FULL, "consumer pid 4711 does not read"),
        };
    }

    /// A rate has three digits at most, also where rounding makes a thousand.
    @Test
    void aRateIsRoundedToTheNextUnit() {
        assertThat(Numbers.rate(999.4)).isEqualTo("999/s");
        assertThat(Numbers.rate(999.96)).isEqualTo("1 k/s");
        assertThat(Numbers.rate(999_700)).isEqualTo("1 M/s");
        assertThat(Numbers.rate(1_250_000)).isEqualTo("1.3 M/s");
    }

    /// The order is the user's choice.
    @Test
    void rowsAreSorted() {
        assertThat(frame(TopFrame.Order.rate, 24, 102, three()).plain()).isEqualTo("""
                sluice top: 1 space, 3 objects, 0 processes; by rate
                NAME          KIND   USE               RATE  P/C  STATE
                market/fast   queue  3/1,024        1.3 M/s  2/-  ok
                market/stuck  queue  1,024/1,024      100/s  2/-  FULL: consumer pid 4711 does not read → sluice ps m…
                market/slow   queue  1,000/1,024        5/s  2/-  ok
                """);
        assertThat(frame(TopFrame.Order.depth, 24, 120, three()).plain().lines().skip(2))
                .extracting(line -> line.split(" ", 2)[0])
                .containsExactly("market/stuck", "market/slow", "market/fast");
        assertThat(frame(TopFrame.Order.name, 24, 120, three()).plain().lines().skip(2))
                .extracting(line -> line.split(" ", 2)[0])
                .containsExactly("market/fast", "market/slow", "market/stuck");
        assertThat(frame(TopFrame.Order.waits, 24, 80, three()).plain().lines().skip(2).findFirst().orElseThrow())
                .isEqualTo("market/stuck  queue  1,024/1,024      100/s  2/-  FULL: consumer pid 4711 does …")
                .hasSize(80);
    }

    /// A wide screen has room for the ages.
    @Test
    void aWideScreenShowsAges() {
        ObjectState stuck = queue("stuck", 3, 100, 0, Condition.OK, "");
        ages.see(state(stuck.info(), 3, 100, 0, Condition.OK, "", 500_000_000));
        ages.see(stuck);
        assertThat(frame(TopFrame.Order.name, 24, 120, stuck).plain()).contains("AGE  STATE\n")
                .containsPattern("stuck .* >500 ms  ok\n");
        assertThat(frame(TopFrame.Order.name, 24, 119, stuck).plain()).doesNotContain("AGE").doesNotContain("500");
    }

    /// Every size of the screen holds the picture: no line is longer, and no more lines come than fit.
    @Test
    void aPictureFitsTheScreen() {
        ObjectState[] many = new ObjectState[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = queue("a-queue-with-a-long-name-" + i, i, i, 0, Condition.FULL, "x".repeat(100));
        }
        for (int rows = 4; rows < 40; rows += 5) {
            for (int columns = 4; columns < 200; columns += 19) {
                TopFrame frame = frame(TopFrame.Order.name, rows, columns, many);
                for (int scroll : new int[] {0, frame.mostScroll() / 2, frame.mostScroll()}) {
                    String[] lines = frame.screen(scroll).split("\r\n", -1);
                    assertThat(lines.length).isLessThanOrEqualTo(rows - 1);
                    for (String line : lines) {
                        assertThat(line.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").length())
                                .isLessThanOrEqualTo(columns);
                    }
                }
                assertThat(frame.mostScroll()).isEqualTo(100 - (rows - 4));
            }
        }
        assertThat(frame(TopFrame.Order.name, 24, 80).mostScroll()).isZero();
    }
}
