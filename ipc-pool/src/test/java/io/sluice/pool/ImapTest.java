package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.core.codec.CodecException;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `imap` and `imapUnordered`: a function and many elements, one result after the other.
class ImapTest extends PoolTest {
    private static final List<Integer> THOUSAND = IntStream.range(0, 1000).boxed().toList();
    private static ProcessPool pool;

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(2).name("iterations").build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static int oddsFail(int number) throws IOException {
        if (number % 2 == 1) {
            throw new IOException("number " + number);
        }
        return number;
    }

    /// All results; a failure appears as the name of its class.
    private static List<Object> drain(Results<?> results) {
        List<Object> all = new ArrayList<>();
        while (results.hasNext()) {
            try {
                all.add(results.next());
            } catch (CompletionException failed) {
                all.add(failed.getCause().getClass().getSimpleName());
            }
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 1024", "7, 64", "7, 1", "2000, 10"})
    void theResultsComeInTheOrderOfTheElements(int chunk, int window) {
        try (var results = pool.imap((Integer x) -> x, THOUSAND, TaskOptions.defaults().withChunkSize(chunk), window)) {
            assertThat(drain(results)).isEqualTo(THOUSAND);
            assertThat(results.hasNext()).isFalse();
            assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 1024", "7, 64"})
    void unorderedResultsAllArrive(int chunk, int window) {
        var options = TaskOptions.defaults().withChunkSize(chunk);
        try (var results = pool.imapUnordered((Integer x) -> x, THOUSAND, options, window)) {
            assertThat(drain(results)).containsExactlyInAnyOrderElementsOf(THOUSAND);
        }
    }

    /// A ready result does not wait for others.
    @Test
    void unorderedResultsArriveAsTheyBecomeReady() throws Exception {
        SharedEvent gate = space.event("gate");
        try (var results = pool.imapUnordered((Integer x) -> {
            if (x == 0) {
                gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            }
            return x;
        }, List.of(0, 1, 2, 3))) {
            List<Object> first = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                first.add(results.next(WATCHDOG_SECONDS, TimeUnit.SECONDS));
            }
            assertThat(first).containsExactlyInAnyOrder(1, 2, 3);
            gate.set();
            assertThat(results.next()).isEqualTo(0);
        }
    }

    @Test
    void noElementsGiveNoResults() {
        try (var results = pool.imap((Integer x) -> x, List.of())) {
            assertThat(results.hasNext()).isFalse();
        }
        try (var results = pool.imapUnordered((Integer x) -> x, List.of())) {
            assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10})
    void aFailureAppearsAtItsPositionAndTheIterationGoesOn(int chunk) {
        var options = TaskOptions.defaults().withChunkSize(chunk);
        try (var results = pool.imap(ImapTest::oddsFail, List.of(0, 1, 2, 3), options, 100)) {
            assertThat(drain(results)).containsExactly(0, "IOException", 2, "IOException");
        }
        try (var results = pool.imapUnordered(ImapTest::oddsFail, List.of(0, 1, 2, 3), options, 100)) {
            assertThat(drain(results)).containsExactlyInAnyOrder(0, "IOException", 2, "IOException");
        }
        try (var results = pool.imap(ImapTest::oddsFail, List.of(1), options, 100)) {
            Throwable thrown = catchThrowable(results::next);
            assertThat(thrown).isInstanceOf(CompletionException.class);
            assertThat(thrown.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("number 1");
            assertThat(rootOf(thrown).getMessage()).contains("oddsFail");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    void anElementThatDoesNotTravelFailsAtItsPosition(int chunk) {
        try (var results = pool.imap(
                (Object x) -> x, List.of(1, new Object(), 2), TaskOptions.defaults().withChunkSize(chunk), 100)) {
            assertThat(results.next()).isEqualTo(1);
            assertThatThrownBy(results::next).isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(CodecException.class).hasStackTraceContaining("java.lang.Object");
            assertThat(results.next()).isEqualTo(2);
            assertThat(results.hasNext()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    void aResultThatDoesNotTravelFailsAtItsPosition(int chunk) {
        try (var results = pool.imap(
                (Integer x) -> x == 1 ? new Object() : x, List.of(0, 1, 2),
                TaskOptions.defaults().withChunkSize(chunk), 100)) {
            assertThat(drain(results)).containsExactly(0, "CodecException", 2);
        }
    }

    @Test
    void resultsMayBeNull() {
        List<Integer> elements = Arrays.asList(1, null, 2);
        try (var results = pool.imap((Integer x) -> x, elements)) {
            assertThat(drain(results)).containsExactly(1, null, 2);
        }
        try (var results = pool.imapUnordered((Integer x) -> x, elements)) {
            assertThat(drain(results)).containsExactlyInAnyOrder(1, null, 2);
        }
    }

    /// An input that throws once, at element 5 or before it; counts the elements read.
    private static final class Broken implements Iterator<Integer> {
        private final Throwable failure;
        private final boolean inHasNext;
        private final int end;
        private int next;
        private boolean thrown;

        Broken(Throwable failure, boolean inHasNext, int end) {
            this.failure = failure;
            this.inHasNext = inHasNext;
            this.end = end;
        }

        @Override
        public boolean hasNext() {
            if (inHasNext && next == 5 && !thrown) {
                thrown = true;
                throw Broken.<RuntimeException>sneaky(failure);
            }
            return next < end;
        }

        @Override
        public Integer next() {
            int index = next++;
            if (!inHasNext && index == 5) {
                throw Broken.<RuntimeException>sneaky(failure);
            }
            return index;
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})   // any Throwable, as user code throws it
        private static <T extends Throwable> T sneaky(Throwable any) throws T {
            throw (T) any;
        }
    }

    /// All results until the end, in the order of their arrival; a failure of the input appears as itself.
    private static List<Object> drainInTime(Results<?> results) throws Exception {
        List<Object> all = new ArrayList<>();
        while (results.hasNext()) {
            try {
                all.add(results.next(WATCHDOG_SECONDS / 4, TimeUnit.SECONDS));
            } catch (CompletionException failed) {
                all.add(failed.getCause());
            }
        }
        return all;
    }

    static Stream<Arguments> brokenInputs() {
        return Stream.of(1, 3, 5, 100).flatMap(chunk -> Stream.of(true, false).flatMap(inHasNext -> Stream.of(
                new IllegalStateException("input"), new IOException("input"), new AssertionError("input"),
                new StackOverflowError()).map(failure -> Arguments.of(chunk, inHasNext, failure))));
    }

    /// Elements read before are computed, the exception appears at its position, and the remaining elements follow.
    @ParameterizedTest
    @MethodSource("brokenInputs")
    void anInputThatThrowsFailsAtItsPositionAndTheIterationGoesOn(int chunk, boolean inHasNext, Throwable failure)
            throws Exception {
        var options = TaskOptions.defaults().withChunkSize(chunk);
        List<Object> expected = new ArrayList<>(List.of(0, 1, 2, 3, 4, failure));
        expected.addAll(inHasNext ? List.of(5, 6, 7) : List.of(6, 7));
        try (var results = pool.imap((Integer x) -> x, () -> new Broken(failure, inHasNext, 8), options, 100)) {
            assertThat(drainInTime(results)).isEqualTo(expected);
        }
        Iterable<Integer> input = () -> new Broken(failure, inHasNext, 8);
        try (var results = pool.imapUnordered((Integer x) -> x, input, options, 100)) {
            List<Object> all = drainInTime(results);
            assertThat(all).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(all.get(5)).isSameAs(failure);
        }
    }

    /// As a generator that has thrown.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInputThatThrowsAndEndsEndsTheIterationAfterTheException(boolean inHasNext) throws Exception {
        var failure = new IllegalStateException("input");
        try (var results = pool.imap((Integer x) -> x, () -> new Broken(failure, inHasNext, 5 + (inHasNext ? 0 : 1)))) {
            assertThat(drainInTime(results)).containsExactly(0, 1, 2, 3, 4, failure);
            assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    /// A caller that stops at the exception has read nothing after it.
    @Test
    void nothingIsReadAfterAnExceptionOfTheInputUntilItIsThrown() {
        var failure = new IllegalStateException("input");
        var input = new Broken(failure, false, 1000);
        try (var results = pool.imap((Integer x) -> x, () -> input)) {
            for (int i = 0; i < 5; i++) {
                assertThat(results.next()).isEqualTo(i);
                assertThat(input.next).isEqualTo(6);
            }
            assertThat(results.hasNext()).isTrue();
            assertThatThrownBy(results::next).isInstanceOf(CompletionException.class).hasCause(failure);
            assertThat(results.next()).isEqualTo(6);
        }
    }

    /// Python reads such an input until memory is exhausted.
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 100", "8, 100", "8, 1"})
    void anInfiniteInputIsReadAWindowAhead(int chunk, int window) {
        var given = new AtomicInteger();
        int most = Math.max(window, 2 * chunk);
        Iterable<Integer> endless = () -> Stream.generate(given::getAndIncrement).iterator();
        try (var results = pool.imap((Integer x) -> x, endless, TaskOptions.defaults().withChunkSize(chunk), window)) {
            assertThat(results.next()).isEqualTo(0);
            assertThat(given.get()).isLessThanOrEqualTo(most);
            for (int i = 1; i < 500; i++) {
                assertThat(results.next()).isEqualTo(i);
                assertThat(given.get()).isLessThanOrEqualTo(i + most);
            }
        }
    }

    @Test
    void aWindowOutOfRangeIsRefused() {
        for (int window : new int[] {0, -1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> pool.imap((Integer x) -> x, THOUSAND, TaskOptions.defaults(), window))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("window");
        }
    }

    @Test
    void aChunkOutOfRangeIsRefused() {
        for (int chunk : new int[] {0, -1, (1 << 20) + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> TaskOptions.defaults().withChunkSize(chunk))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected 1 to 1");
        }
        try (var results = pool.imap((Integer x) -> x, THOUSAND, TaskOptions.defaults().withChunkSize(1 << 20), 1)) {
            assertThat(drain(results)).isEqualTo(THOUSAND);
        }
    }

    @Test
    void aTimedNextCanBeRepeated() throws Exception {
        SharedEvent gate = space.event("gate");
        try (var results = pool.imap((Integer x) -> {
            gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            return x;
        }, List.of(1, 2), TaskOptions.defaults().withName("gated"), 10)) {
            assertThatThrownBy(() -> results.next(30, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class).hasMessageContaining("'gated' is not ready after 30");
            assertThatThrownBy(() -> results.next(0, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            gate.set();
            assertThat(results.next(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(results.next()).isEqualTo(2);
        }
    }

    /// Closing cancels the elements in flight: running tasks are interrupted, and the pool serves other jobs.
    @Test
    void closingEarlyCancelsTheRest() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong begun = space.longValue("begun", 0);
        SharedLong interrupted = space.longValue("interrupted", 0);
        var results = pool.imap((Integer x) -> {
            var _ = begun.incrementAndGet();
            if (x > 0) {
                try {
                    gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException expected) {
                    var _ = interrupted.incrementAndGet();
                }
            }
            return x;
        }, THOUSAND);
        assertThat(results.next()).isEqualTo(0);
        awaitUntil(() -> begun.get() == 3);
        results.close();
        results.close();
        assertThat(results.hasNext()).isFalse();
        assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
        awaitUntil(() -> interrupted.get() == 2);
        assertThat(pool.map((Integer x) -> x, THOUSAND)).isEqualTo(THOUSAND);
        assertThat(begun.get()).isEqualTo(3);
    }

    @Test
    void asAStreamItIsLazyAndItsCloseClosesIt() {
        try (Stream<Integer> stream = pool.imap((Integer x) -> x + 1, THOUSAND).stream()) {
            assertThat(stream.limit(3).toList()).containsExactly(1, 2, 3);
        }
        Iterable<Integer> endless = () -> Stream.iterate(0, x -> x + 1).iterator();
        var results = pool.imap((Integer x) -> x, endless);
        try (Stream<Integer> stream = results.stream()) {
            assertThat(stream.filter(x -> x % 10 == 9).findFirst()).contains(9);
        }
        assertThat(results.hasNext()).isFalse();
    }

    /// An interrupt ends only the timed method; the other one keeps the flag.
    @Test
    void anInterruptEndsATimedNextOnly() throws Exception {
        SharedEvent gate = space.event("gate");
        try (var results = pool.imap((Integer x) -> gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS), List.of(1, 2))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> results.next(1, TimeUnit.MINUTES)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            var stayed = new CompletableFuture<Boolean>();
            Thread reader = Thread.ofPlatform().start(() -> {
                Thread.currentThread().interrupt();
                var _ = results.next();
                stayed.complete(Thread.currentThread().isInterrupted());
            });
            awaitUntil(() -> !reader.isInterrupted());
            gate.set();
            assertThat(resultOf(stayed)).isTrue();
        }
    }

    /// Several iterations at once get their own results.
    @Test
    void simultaneousIterationsAreSeparate() throws Exception {
        try (var up = pool.imap((Integer x) -> x, THOUSAND); var down = pool.imap((Integer x) -> -x, THOUSAND)) {
            for (int i = 0; i < 1000; i++) {
                assertThat(up.next()).isEqualTo(i);
                assertThat(down.next()).isEqualTo(-i);
            }
        }
    }

    /// The pool may end during an iteration: the iteration throws once, and has no more results.
    @Test
    void theEndOfThePoolEndsTheIteration() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool doomed = ProcessPool.create(1)) {
            var results = doomed.imap((Integer x) -> x == 0 || gate.await(1, TimeUnit.DAYS), THOUSAND);
            assertThat(results.next()).isTrue();
            doomed.terminate();
            Throwable thrown = catchThrowable(results::next);
            assertThat(thrown).isInstanceOf(CompletionException.class).hasMessageContaining("terminated");
            assertThat(results.hasNext()).isFalse();
        }
    }

    /// As if another thread closed the pool while this one is about to iterate.
    @Test
    void anIterationThatBeginsAfterTheEndOfThePoolFails() {
        ProcessPool doomed = ProcessPool.create(1);
        var results = doomed.imap((Integer x) -> x, () -> {
            doomed.close();
            return THOUSAND.iterator();
        });
        assertThatThrownBy(results::next).isInstanceOf(CompletionException.class).hasMessageContaining("shut down");
        assertThat(results.hasNext()).isFalse();
    }
}
