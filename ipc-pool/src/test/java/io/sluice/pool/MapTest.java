package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.CodecException;
import io.sluice.core.logging.Logged;
import io.sluice.pool.task.Pair;
import io.sluice.pool.task.Triple;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `map`: a function and many elements, all results at once.
class MapTest extends PoolTest {
    private static final List<Integer> HUNDRED = IntStream.range(0, 100).boxed().toList();
    private static ProcessPool pool;

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(2).name("maps").build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static TaskOptions chunksOf(int size) {
        return size == 0 ? TaskOptions.defaults() : TaskOptions.defaults().withChunkSize(size);
    }

    private static int squareBut(int refused, int number) throws IOException {
        if (number == refused) {
            throw new IOException("number " + number);
        }
        return number * number;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 100, 1000})
    void theResultsAreInTheOrderOfTheElements(int chunk) throws Exception {
        List<Integer> squares = HUNDRED.stream().map(x -> x * x).toList();
        assertThat(pool.map((Integer x) -> squareBut(-1, x), HUNDRED, chunksOf(chunk))).isEqualTo(squares);
        assertThat(pool.mapAsync((Integer x) -> squareBut(-1, x), HUNDRED, chunksOf(chunk)).get()).isEqualTo(squares);
    }

    @Test
    void noElementsGiveNoResults() throws Exception {
        assertThat(pool.map((Integer x) -> x, List.of())).isEmpty();
        assertThat(pool.map((Integer x) -> x, List.<Integer>of(), 3)).isEmpty();
        assertThat(pool.mapAsync((Integer x) -> x, List.<Integer>of()).get()).isEmpty();
        assertThat(pool.<Integer, Integer, Integer>starmap((x, y) -> x + y, List.of())).isEmpty();
    }

    @Test
    void resultsAreUnmodifiableAndMayBeNullAndOfManyTypes() throws Exception {
        List<Object> mixed = Arrays.asList(1, null, "two", 3.0, List.of(4), null);
        List<Object> copies = pool.map((Object x) -> x, mixed, 4);
        assertThat(copies).isEqualTo(mixed);
        assertThatThrownBy(() -> copies.set(0, 2)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(pool.map((Integer x) -> x % 2 == 0 ? null : x, List.of(1, 2, 3))).containsExactly(1, null, 3);
    }

    @Test
    void aChunkSizeBelowOneIsRefused() {
        assertThatThrownBy(() -> pool.map((Integer x) -> x, HUNDRED, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("task options: a chunk of 0 elements; expected 1 to %,d".formatted(1 << 20));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 1000})
    void anElementThatFailsFailsTheMapWithItsOwnException(int chunk) throws Exception {
        assertThatThrownBy(() -> pool.map((Integer x) -> squareBut(50, x), HUNDRED, chunksOf(chunk)))
                .isInstanceOf(ExecutionException.class)
                .satisfies(thrown -> {
                    assertThat(thrown.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("number 50");
                    assertThat(rootOf(thrown).getMessage()).contains("number 50", "squareBut");
                });
        assertThat(pool.map((Integer x) -> x, HUNDRED)).isEqualTo(HUNDRED);
    }

    /// A failed job uses no more of the workers' time; other jobs are not affected.
    @Test
    void afterAFailureNoFurtherElementIsBegun() throws Exception {
        SharedLong begun = space.longValue("begun", 0);
        List<Integer> many = Collections.nCopies(10_000, 1);
        CompletableFuture<List<Integer>> failing = pool.mapAsync((Integer x) -> {
            var _ = begun.incrementAndGet();
            throw new IOException("every one");
        }, many, chunksOf(1));
        CompletableFuture<List<Integer>> other = pool.mapAsync((Integer x) -> x, HUNDRED);
        assertThat(failureOf(failing)).isInstanceOf(IOException.class);
        assertThat(resultOf(other)).isEqualTo(HUNDRED);
        assertThat(begun.get()).isLessThan(10_000);
    }

    @Test
    void anElementThatDoesNotTravelIsRefusedAtOnceByItsIndex() {
        List<Object> elements = List.of(1, 2, new Object());
        assertThatThrownBy(() -> pool.map((Object x) -> x, elements))
                .isInstanceOf(CodecException.class).hasMessageContaining("element 2").hasMessageContaining("Object");
    }

    @Test
    void starmapTakesPairsAndTriples() throws Exception {
        List<Pair<String, Integer>> pairs = List.of(new Pair<>("a", 1), new Pair<>("b", 2));
        assertThat(pool.starmap(String::repeat, pairs)).containsExactly("a", "bb");
        assertThat(pool.starmapAsync(String::repeat, pairs).get()).containsExactly("a", "bb");
        assertThat(pool.starmap((Integer x, Integer y, Integer z) -> x * y + z,
                List.of(new Triple<>(2, 3, 4), new Triple<>(5, 6, 7)))).containsExactly(10, 37);
    }

    @Test
    void elementsAreCopiedWhenTheMapIsCalled() throws Exception {
        SharedEvent gate = space.event("gate");
        List<CompletableFuture<Long>> running = occupy(pool, gate);
        List<int[]> elements = List.of(new int[] {1}, new int[] {2});
        CompletableFuture<List<Integer>> results = pool.mapAsync((int[] x) -> x[0], elements);
        elements.forEach(element -> element[0] = 9);
        gate.set();
        assertThat(resultOf(results)).containsExactly(1, 2);
        for (var task : running) {
            var _ = resultOf(task);
        }
    }

    /// A cancelled map begins no more elements, and interrupts running ones.
    @Test
    void aMapCanBeCancelled() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong begun = space.longValue("begun", 0);
        SharedLong interrupted = space.longValue("interrupted", 0);
        CompletableFuture<List<Integer>> map = pool.mapAsync((Integer x) -> {
            var _ = begun.incrementAndGet();
            try {
                gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                var _ = interrupted.incrementAndGet();
            }
            return x;
        }, HUNDRED, chunksOf(1));
        awaitUntil(() -> begun.get() == 2);
        assertThat(map.cancel(true)).isTrue();
        awaitUntil(() -> interrupted.get() == 2);
        assertThat(pool.map((Integer x) -> x, HUNDRED)).isEqualTo(HUNDRED);
        assertThat(begun.get()).isEqualTo(2);
    }

    // Progress.

    @Test
    void aListenerGetsProgressInOrderAndTheEndLast() throws Exception {
        List<Progress> heard = new CopyOnWriteArrayList<>();
        List<Integer> results = pool.map((Integer x) -> {
            Thread.sleep(5);
            return x;
        }, HUNDRED, TaskOptions.defaults().withName("counted").withChunkSize(2).withProgress(heard::add));
        assertThat(results).isEqualTo(HUNDRED);
        awaitUntil(() -> !heard.isEmpty() && heard.getLast().done() == 100);
        assertThat(heard).hasSizeGreaterThan(1);
        assertThat(heard).extracting(Progress::done).isSorted().doesNotHaveDuplicates();
        assertThat(heard).extracting(Progress::elapsed).isSorted();
        assertThat(heard).allMatch(progress -> progress.job().equals("counted") && progress.total() == 100);
        assertThat(heard.getLast().remaining()).isZero();
        assertThat(heard.getLast().rate()).isPositive();
    }

    @Test
    void aListenerThatThrowsOrBlocksDoesNotAffectTheMap() throws Exception {
        try (Logged logged = new Logged("io.sluice.pool")) {
            assertThat(pool.map((Integer x) -> x, HUNDRED, TaskOptions.defaults().withProgress(progress -> {
                throw new IllegalStateException("of the listener");
            }))).isEqualTo(HUNDRED);
            awaitUntil(() -> !logged.failures().isEmpty());
            assertThat(logged.failures()).allMatch(failure -> "of the listener".equals(failure.getMessage()));
        }
        var end = new CompletableFuture<Void>();
        List<Long> heard = new ArrayList<>();
        assertThat(pool.map((Integer x) -> x, HUNDRED, TaskOptions.defaults().withProgress(progress -> {
            end.join();
            heard.add(progress.done());
        }))).isEqualTo(HUNDRED);
        assertThat(heard).isEmpty();
        end.complete(null);
    }
}
