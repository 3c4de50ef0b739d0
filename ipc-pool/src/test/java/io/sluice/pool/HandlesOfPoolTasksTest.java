package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.queue.SharedQueue;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The shared objects that tasks of a pool captured, or got as elements: they exist when a worker opens them, also if
/// the pool's process has closed them meanwhile, and a worker that ends in order has closed them.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HandlesOfPoolTasksTest {
    private static int spaces;
    private SharedSpace space;
    private ProcessPool pool;

    @BeforeEach
    void open() {
        space = SharedSpace.openTemporary(
                "handles-of-pool-tasks-%d-%d".formatted(ProcessHandle.current().pid(), spaces++));
        pool = ProcessPool.create(1);
    }

    @AfterEach
    void close() throws InterruptedException {
        pool.terminate();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        space.close();
    }

    private SharedQueue<Integer> queue(String name, int element) throws InterruptedException {
        SharedQueue<Integer> queue = space.queue(name, Codec.ints(), 4);
        queue.put(element);
        return queue;
    }

    /// The last process that closes an object removes it: this one or the worker.
    private void awaitEndOf(String... objects) {
        until(() -> Stream.of(objects).noneMatch(this::isThere));
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean isThere(String object) {
        return Files.exists(space.path().resolve(object));
    }

    @Test
    void anObjectClosedAfterASubmissionExistsForTheTask() throws Exception {
        SharedQueue<Integer> work = queue("work", 7);
        CompletableFuture<Integer> future = pool.submit(() -> work.take());
        work.close();
        assertThat(future.get()).isEqualTo(7);
        awaitEndOf("work");

        SharedQueue<Integer> offset = queue("offset", 40);
        List<SharedQueue<Integer>> inputs = List.of(queue("first", 1), queue("second", 2));
        CompletableFuture<List<Integer>> sums = pool.mapAsync(
                input -> input.take() + (offset.isEmpty() ? 0 : offset.take()), inputs);
        inputs.forEach(SharedQueue::close);
        offset.close();
        assertThat(sums.get()).containsExactly(41, 2);
        awaitEndOf("offset", "first", "second");
    }

    @Test
    void theElementsOfAStreamAreKeptUntilTheirResultsArrive() throws Exception {
        List<SharedQueue<Integer>> inputs = List.of(queue("first", 1), queue("second", 2));
        try (SharedEvent goOn = space.event("go-on");
                Results<Integer> results = pool.imap(input -> {
                    goOn.await();
                    return input.take();
                }, inputs, TaskOptions.defaults().withChunkSize(2), 4)) {
            CompletableFuture<Integer> first = CompletableFuture.supplyAsync(results::next);
            until(() -> pool.workers().stream().anyMatch(worker -> worker.tasks() > 0));
            inputs.forEach(SharedQueue::close);
            goOn.set();
            assertThat(first.get()).isEqualTo(1);
            assertThat(results.next()).isEqualTo(2);
            awaitEndOf("first", "second");
        }
    }

    @Test
    void objectsThatNoTaskWillOpenAreReleased() throws Exception {
        try (SharedEvent goOn = space.event("go-on")) {
            CompletableFuture<Boolean> first = pool.submit(() -> {
                goOn.await();
                return true;
            });
            SharedQueue<Integer> cancelled = queue("cancelled", 1);
            CompletableFuture<Integer> second = pool.submit(() -> cancelled.take());
            cancelled.close();
            assertThat(isThere("cancelled")).isTrue();
            assertThat(second.cancel(false)).isTrue();
            assertThat(isThere("cancelled")).isFalse();
            goOn.set();
            var _ = first.get();
        }
        pool.shutdown();
        SharedQueue<Integer> refused = queue("refused", 1);
        assertThatThrownBy(() -> pool.submit(() -> refused.take())).isInstanceOf(RejectedExecutionException.class);
        refused.close();
        assertThat(isThere("refused")).isFalse();
    }

    @Test
    void aCallThatIsRefusedKeepsNothing() throws Exception {
        List<Integer> elements = List.of(1);
        Iterable<Integer> unreadable = () -> {
            throw new UnsupportedOperationException("no iterator");
        };
        List<Function<SharedQueue<Integer>, Object>> calls = List.of(
                queue -> pool.imap(x -> x + queue.size(), unreadable),
                queue -> pool.imapUnordered(x -> x + queue.size(), elements, null, 4),
                queue -> pool.mapAsync(x -> x + queue.size(), elements, (TaskOptions) null).join(),
                queue -> pool.mapAsync(x -> x + queue.size(), (List<Integer>) null).join());
        for (Function<SharedQueue<Integer>, Object> call : calls) {
            SharedQueue<Integer> captured = queue("captured", 1);
            assertThatThrownBy(() -> call.apply(captured)).isInstanceOf(RuntimeException.class);
            captured.close();
            assertThat(isThere("captured")).isFalse();
        }
        assertThat(pool.submit(() -> 1, (TaskOptions) null).get()).isEqualTo(1);
    }

    @Test
    void anAbandonedStreamKeepsNothingAfterTheEndOfThePool() throws Exception {
        SharedQueue<Integer> half = queue("half", 1);
        assertThat(pool.imap(x -> x + half.size(), List.of(1, 2, 3, 4, 5, 6), TaskOptions.defaults(), 2).next())
                .isEqualTo(2);
        half.close();
        pool.shutdown();
        assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        awaitEndOf("half");
    }

    @Test
    void aTaskWhoseObjectDoesNotExistFailsWithThat() throws Exception {
        try (SharedQueue<Integer> work = queue("work", 1)) {
            assertThat(work.unlink()).isTrue();
            assertThatThrownBy(() -> pool.submit(() -> work.take()).get()).isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOf(NoSuchObjectException.class).hasMessageContaining("'work'");
        }
    }

    /// Also those of the initializer and of the last function.
    @Test
    void aWorkerThatEndsInOrderClosesItsObjects() throws Exception {
        try (SharedBarrier ofInitializer = space.barrier("of-initializer", 1);
                SharedBarrier ofFunction = space.barrier("of-function", 1)) {
            SharedBarrier kept = space.barrier("kept", 1);
            try (ProcessPool other = ProcessPool.builder().workers(1).initializer(() -> {
                var _ = kept.isBroken();
                var _ = ofInitializer.isBroken();
            }).build()) {
                kept.close();
                assertThat(other.map(x -> x + ofFunction.await(), List.of(1, 2))).containsExactly(1, 2);
                assertThat(isThere("kept")).isTrue();
            }
            assertThat(isThere("kept")).isFalse();
            assertThat(ofFunction.isBroken()).isFalse();
            assertThat(ofInitializer.isBroken()).isFalse();
        }
    }
}
