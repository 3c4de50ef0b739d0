package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.pool.ProcessPoolBuilder.Policy;
import io.sluice.pool.ProcessPoolBuilder.WhenFull;
import io.sluice.pool.task.Task;
import io.sluice.shm.object.KeptObjects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A future is not done before the scheduler has withdrawn its task: once it is done, the task does not begin.
@Timeout(value = PoolTest.WATCHDOG_SECONDS, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WithdrawalTest {
    /// Keeps the scheduler in an event until it may go on.
    private static final class Holding extends Job {
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);

        Holding() {
            super(TaskOptions.defaults(), "holding", Cost.of(Holding.class), new KeptObjects());
        }

        @Override
        boolean isDone() {
            inside.countDown();
            try {
                mayGoOn.await();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
            return true;
        }

        @Override
        int kind() {
            return Message.CALL;
        }

        @Override
        Chunk cut(int workers) {
            return null;
        }

        @Override
        boolean hasMore() {
            return false;
        }

        @Override
        void deliver(Chunk chunk, Message result) {
            throw new AssertionError("it has no chunk");
        }

        @Override
        void abandon(Throwable failure) {
            over();
        }
    }

    @Test
    void aCancelledFutureIsNotDoneBeforeItsTaskIsWithdrawn() throws InterruptedException {
        var scheduler = new Scheduler(
                "withdrawal", 1, 1, 1, Policy.FIRST_COME, new Admission("withdrawal", 10, WhenFull.BLOCK),
                (number, started, refused) -> {});
        var future = new PoolFuture<Integer>(
                scheduler, new ResultReader("withdrawal", scheduler, null, null, () -> {}));
        Task<Integer> task = () -> 1;
        var job = new CallJob<>(
                TaskOptions.defaults(), "task", task, new byte[0], new KeptObjects(), null, null, future);
        var holding = new Holding();
        Thread busy = Thread.ofPlatform().start(() -> scheduler.submitted(holding));
        holding.inside.await();
        Thread canceller = Thread.ofPlatform().start(() -> future.cancel(false));
        PoolTest.awaitWaiting(canceller);
        assertThat(future).isNotDone();
        holding.mayGoOn.countDown();
        canceller.join();
        assertThat(job.isOver()).isTrue();
        assertThat(future).isCancelled();
        busy.join();
    }
}
