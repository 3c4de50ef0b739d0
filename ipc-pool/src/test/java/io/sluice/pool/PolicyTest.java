package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.value.SharedLong;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which job a worker serves next.
class PolicyTest extends PoolTest {
    /// The order in which one worker runs tasks that were submitted while it was busy.
    private static List<Integer> order(SharedQueue<Integer> order, int count) throws InterruptedException {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(order.take());
        }
        return all;
    }

    @Test
    void firstComeFirstServed() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedQueue<Integer> order = space.queue("order", Codec.ints(), 64);
        try (ProcessPool pool = ProcessPool.create(1)) {
            var _ = occupy(pool, gate);
            for (int i = 0; i < 5; i++) {
                int number = i;
                var _ = pool.submit(() -> order.offer(number), TaskOptions.defaults().withPriority(number));
            }
            var _ = pool.mapAsync(
                    (Integer x) -> order.offer(x), List.of(5, 6, 7, 8), TaskOptions.defaults().withChunkSize(1));
            var _ = pool.submit(() -> order.offer(9), TaskOptions.defaults().withPriority(100));
            gate.set();
            assertThat(order(order, 10)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
    }

    @Test
    void higherPrioritiesGoFirstAndEqualOnesByArrival() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedQueue<Integer> order = space.queue("order", Codec.ints(), 64);
        try (ProcessPool pool = ProcessPool.builder().workers(1).policy(Policy.PRIORITY).build()) {
            var _ = occupy(pool, gate);
            var _ = pool.submit(() -> {});
            awaitUntil(() -> pool.workers().getFirst().tasks() == 2);
            int[] priorities = {0, 5, -3, 5, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0};
            for (int i = 0; i < priorities.length; i++) {
                int number = i;
                var _ = pool.submit(() -> order.offer(number), TaskOptions.defaults().withPriority(priorities[i]));
            }
            var _ = pool.mapAsync((Integer x) -> order.offer(x), List.of(10, 11, 12),
                    TaskOptions.defaults().withChunkSize(1).withPriority(2));
            gate.set();
            assertThat(order(order, 11)).containsExactly(5, 1, 3, 10, 11, 12, 4, 0, 7, 2, 6);
        }
    }

    /// A call need not wait for the end of an earlier map, as it would under the default policy.
    @Test
    void underFeedbackAShortCallOvertakesALongMap() throws Exception {
        SharedLong done = space.longValue("done", 0);
        int all = 3000;
        try (ProcessPool pool = ProcessPool.builder().workers(1).policy(Policy.FEEDBACK).build()) {
            CompletableFuture<List<Long>> map = pool.mapAsync((Integer x) -> {
                Thread.sleep(1);
                return done.incrementAndGet();
            }, IntStream.range(0, all).boxed().toList());
            awaitUntil(() -> done.get() >= 50);
            for (int i = 0; i < 5; i++) {
                assertThat(pool.apply(() -> 1)).isEqualTo(1);
            }
            assertThat(done.get()).isLessThan(all);
            assertThat(map).isNotDone();
            assertThat(map.cancel(true)).isTrue();
        }
    }

    /// Two maps take turns, so both have made progress before one is done.
    @Test
    void underFeedbackMapsTakeTurns() throws Exception {
        SharedLong first = space.longValue("first", 0);
        SharedLong second = space.longValue("second", 0);
        List<Integer> elements = IntStream.range(0, 300).boxed().toList();
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = ProcessPool.builder().workers(1).policy(Policy.FEEDBACK).build()) {
            var _ = occupy(pool, gate);
            TaskOptions single = TaskOptions.defaults().withChunkSize(1);
            CompletableFuture<List<Long>> one = pool.mapAsync((Integer x) -> {
                var _ = first.incrementAndGet();
                return second.get();
            }, elements, single);
            CompletableFuture<List<Long>> two = pool.mapAsync((Integer x) -> {
                var _ = second.incrementAndGet();
                return first.get();
            }, elements, single);
            gate.set();
            assertThat(resultOf(one).getLast()).isPositive();
            assertThat(resultOf(two).getFirst()).isLessThan(300);
        }
    }

    /// The pool estimates the running time of a task from that of others, and may be wrong.
    @Test
    void anIdleWorkerTakesTasksThatWaitBehindALongOne() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = ProcessPool.create(2)) {
            for (int i = 0; i < 20; i++) {
                for (CompletableFuture<Boolean> task : shortTasks(pool)) {
                    assertThat(resultOf(task)).isTrue();
                }
            }
            CompletableFuture<Boolean> longTask = shortOrLong(pool, space.name());
            for (CompletableFuture<Boolean> task : shortTasks(pool)) {
                assertThat(resultOf(task)).isTrue();
            }
            assertThat(longTask).isNotDone();
            gate.set();
            assertThat(resultOf(longTask)).isTrue();
        }
    }

    private static List<CompletableFuture<Boolean>> shortTasks(ProcessPool pool) {
        return IntStream.range(0, 1000).mapToObj(i -> shortOrLong(pool, "")).toList();
    }

    /// Short, unless there is a space with a gate to wait at. It does not capture the gate, since opening that takes
    /// longer than a short task should.
    private static CompletableFuture<Boolean> shortOrLong(ProcessPool pool, String spaceOfTheGate) {
        return pool.submit(() -> {
            if (spaceOfTheGate.isEmpty()) {
                return true;
            }
            try (SharedSpace opened = SharedSpace.openTemporary(spaceOfTheGate);
                    SharedEvent gate = opened.event("gate")) {
                return gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            }
        });
    }
}
