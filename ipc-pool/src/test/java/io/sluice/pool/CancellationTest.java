package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.pool.codec.Values;
import io.sluice.pool.task.Task;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.value.SharedLong;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Tasks that were cancelled, or whose deadline has passed.
class CancellationTest extends PoolTest {
    private static ProcessPool pool;

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(1).name("cancelled").grace(Duration.ofSeconds(30)).build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    /// Tasks in the worker's queue are revoked there, the others leave the backlog.
    @Test
    void aTaskThatIsCancelledBeforeItBeginsNeverRuns() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong ran = space.longValue("ran", 0);
        List<CompletableFuture<Long>> running = occupy(pool, gate);
        List<CompletableFuture<Long>> waiting = IntStream.range(0, 20)
                .mapToObj(i -> pool.submit(ran::incrementAndGet)).toList();
        CompletableFuture<Integer> last = pool.submit(() -> 1);
        for (int i = 0; i < 20; i++) {
            assertThat(waiting.get(i).cancel(i % 2 == 0)).isTrue();
            assertThat(waiting.get(i).cancel(true)).isTrue();
            assertThat(waiting.get(i).isCancelled()).isTrue();
            assertThatThrownBy(waiting.get(i)::get).isInstanceOf(CancellationException.class);
        }
        gate.set();
        assertThat(resultOf(last)).isEqualTo(1);
        assertThat(resultOf(running.getFirst())).isPositive();
        assertThat(ran.get()).isZero();
    }

    /// A worker's queue of 1,024 is full of revoked tasks after about a thousand cancellations; the pool goes on.
    @Test
    void manyCancelledTasksDoNotStopTheWorker() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong ran = space.longValue("ran", 0);
        var _ = occupy(pool, gate);
        for (int i = 0; i < 3000; i++) {
            assertThat(pool.submit(ran::incrementAndGet).cancel(false)).isTrue();
        }
        gate.set();
        assertThat(resultOf(pool.submit(() -> 1))).isEqualTo(1);
        assertThat(ran.get()).isZero();
    }

    @Test
    void aRunningTaskIsInterruptedOnDemand() throws Exception {
        SharedEvent begun = space.event("begun");
        SharedEvent gate = space.event("gate");
        SharedLong interrupted = space.longValue("interrupted", 0);
        long pid = pool.apply(() -> ProcessHandle.current().pid());
        CompletableFuture<Boolean> task = pool.submit(() -> {
            begun.set();
            try {
                return gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                interrupted.set(1);
                throw expected;
            }
        });
        begun.await();
        assertThat(task.cancel(true)).isTrue();
        assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
        awaitUntil(() -> interrupted.get() == 1);
        assertThat(pool.apply(() -> ProcessHandle.current().pid())).isEqualTo(pid);
        assertThat(pool.apply(() -> Thread.currentThread().isInterrupted())).isFalse();
    }

    @Test
    void aRunningTaskGoesOnIfCancelledWithoutInterrupt() throws Exception {
        SharedEvent begun = space.event("begun");
        SharedEvent gate = space.event("gate");
        SharedLong ended = space.longValue("ended", 0);
        CompletableFuture<Integer> task = pool.submit(() -> {
            begun.set();
            gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            ended.set(1);
            return 1;
        });
        begun.await();
        assertThat(task.cancel(false)).isTrue();
        gate.set();
        assertThat(pool.apply(() -> 2)).isEqualTo(2);
        assertThat(ended.get()).isEqualTo(1);
    }

    @Test
    void aTaskThatIsDoneCannotBeCancelled() throws Exception {
        CompletableFuture<Integer> task = pool.submit(() -> 1);
        assertThat(resultOf(task)).isEqualTo(1);
        assertThat(task.cancel(true)).isFalse();
        assertThat(task.isCancelled()).isFalse();
    }

    /// A task that ignores the interrupt ends with its worker, which is replaced.
    @Test
    void aTaskThatIgnoresTheInterruptIsKilledAfterTheGracePeriod() throws Exception {
        SharedEvent begun = space.event("begun");
        SharedLong pid = space.longValue("pid", 0);
        try (ProcessPool strict = ProcessPool.builder().workers(1).grace(Duration.ofMillis(100)).build()) {
            CompletableFuture<?> deaf = strict.submit(() -> {
                pid.set(ProcessHandle.current().pid());
                begun.set();
                while (begun.isSet()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                    var _ = Thread.interrupted();
                }
            });
            begun.await();
            CompletableFuture<Integer> behind = strict.submit(() -> 1);
            assertThat(deaf.cancel(true)).isTrue();
            assertThat(resultOf(behind)).isEqualTo(1);
            assertThat(strict.apply(() -> ProcessHandle.current().pid())).isNotEqualTo(pid.get());
            assertThat(deaf.isCancelled()).isTrue();
            assertThat(ProcessHandle.of(pid.get()).filter(ProcessHandle::isAlive)).isEmpty();
        }
    }

    // Deadlines.

    @Test
    void aTaskPastItsDeadlineIsInterrupted() {
        SharedEvent gate = space.event("gate");
        SharedLong begun = space.longValue("begun", 0);
        SharedLong interrupted = space.longValue("interrupted", 0);
        CompletableFuture<Boolean> task = pool.submit(() -> {
            begun.set(1);
            try {
                return gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException expected) {
                interrupted.set(1);
                throw expected;
            }
        }, TaskOptions.defaults().withName("late").withDeadline(Duration.ofSeconds(2)));
        assertThat(failureOf(task)).isInstanceOf(TimeoutException.class)
                .hasMessage("task 'late' was not done within its deadline of PT2S");
        awaitUntil(() -> interrupted.get() == begun.get());
    }

    @Test
    void aTaskWhoseDeadlinePassesInTheBacklogNeverRuns() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong ran = space.longValue("ran", 0);
        var _ = occupy(pool, gate);
        TaskOptions soon = TaskOptions.defaults().withDeadline(Duration.ofMillis(50));
        List<CompletableFuture<Long>> waiting = IntStream.range(0, 5)
                .mapToObj(i -> pool.submit(ran::incrementAndGet, soon)).toList();
        for (var each : waiting) {
            assertThat(failureOf(each)).isInstanceOf(TimeoutException.class);
        }
        gate.set();
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
        assertThat(ran.get()).isZero();
    }

    @Test
    void aDeadlineHoldsForMapsAsWell() throws Exception {
        SharedEvent gate = space.event("gate");
        SharedLong begun = space.longValue("begun", 0);
        CompletableFuture<List<Boolean>> map = pool.mapAsync((Integer x) -> {
            begun.set(1);
            return gate.await(WATCHDOG_SECONDS, TimeUnit.SECONDS);
        }, List.of(1, 2, 3), TaskOptions.defaults().withChunkSize(1).withDeadline(Duration.ofSeconds(1)));
        assertThat(failureOf(map)).isInstanceOf(TimeoutException.class);
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
    }

    @Test
    void aDeadlineThatIsMetHasNoEffect() throws Exception {
        TaskOptions late = TaskOptions.defaults().withDeadline(Duration.ofDays(1));
        assertThat(resultOf(pool.submit(() -> 1, late))).isEqualTo(1);
        assertThat(pool.map((Integer x) -> x, List.of(1, 2), late)).containsExactly(1, 2);
        assertThatThrownBy(() -> TaskOptions.defaults().withDeadline(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("PT0S is not positive");
    }

    // The worker's side.

    /// A cancellation may arrive when the worker has marked a task as begun and is about to run it.
    @Test
    void anInterruptThatComesJustBeforeTheTaskIsNotLost() throws Exception {
        SharedQueue<Message> results = space.queue(
                "results", new MessageCodec(), QueueOptions.of(16).withSlotBytes(MessageCodec.SLOT_BYTES));
        SharedQueue<Integer> seen = space.queue("seen", Codec.ints(), 16);
        TaskRunner runner = new TaskRunner(1, List.of(), results);
        runner.interrupt(7);
        for (long number : new long[] {6, 7, 8}) {
            runner.execute(call(number, () -> seen.offer(Thread.currentThread().isInterrupted() ? 1 : 0)));
        }
        assertThat(List.of(seen.take(), seen.take(), seen.take())).containsExactly(0, 1, 0);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private static Message call(long number, Task<?> task) {
        Message message = Message.of(Message.CALL, 1);
        message.task = number;
        var body = new ExpandableMemoryBuffer();
        message.arrive(body, 0, -1, 0, new Values(List.of()).encode(task, body, 0));
        return message;
    }
}
