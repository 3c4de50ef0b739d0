package io.sluice.pool;

import io.sluice.core.park.Waiter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// The future of a job. A thread that waits for it reads results itself if no other does; what depends on it runs in a
/// virtual thread, so that it cannot hold up the results of others. Once it is done it knows its job no more: a future
/// that is kept keeps its value, and neither the task nor a timer.
///
/// @param <T> type of the result
final class PoolFuture<T> extends CompletableFuture<T> implements RunnableFuture<T>, Awaited {
    private final Scheduler scheduler;
    private final ResultReader resultReader;
    private String name;                     // all three are set before another thread has the future
    private Future<?> deadline;
    private volatile Job job;                // until it is done
    private volatile int waiting;

    PoolFuture(Scheduler scheduler, ResultReader resultReader) {
        this.scheduler = scheduler;
        this.resultReader = resultReader;
    }

    void belongsTo(Job itsJob) {
        this.name = itsJob.name;
        this.job = itsJob;
    }

    /// Gives it up if it is not done by then; before it is submitted.
    void expiresAfter(Duration time) {
        deadline = Timers.after(TimeUnit.NANOSECONDS.convert(time), () -> expire(new TimeoutException(
                "task '%s' was not done within its deadline of %s".formatted(name, time))));
    }

    // What the pool says.

    void deliver(T value) {
        finish(() -> super.complete(value));
    }

    void fail(Throwable failure) {
        finish(() -> super.completeExceptionally(failure));
    }

    /// What a future fails with if its task threw: a `CompletableFuture` would take a bare `CancellationException` for
    /// its own cancellation, and unwrap a bare `CompletionException`.
    static Throwable ofTask(Throwable thrown) {
        return thrown instanceof CancellationException || thrown instanceof CompletionException
                ? new CompletionException(thrown) : thrown;
    }

    /// What the task threw, from what the future failed with.
    static Throwable thrown(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause() : failure;
    }

    private void finish(BooleanSupplier completion) {
        if (getNumberOfDependents() == 0) {
            end(completion);
        } else {
            resultReader.completing(this, () -> end(completion));
        }
    }

    private void end(BooleanSupplier completion) {
        var _ = completion.getAsBoolean();
        letGo();
        wakeWaiting();
    }

    private void letGo() {
        job = null;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    // What others say.

    @Override
    public boolean complete(T value) {
        return tell(() -> super.complete(value), false);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return tell(() -> super.completeExceptionally(failure), false);
    }

    /// Ends the wait for the task: one that has not begun never will. One that runs goes on, or, if `interrupt` is
    /// true, is interrupted, and its worker killed if it has not ended within the grace period.
    @Override
    public boolean cancel(boolean interrupt) {
        return tell(() -> super.cancel(interrupt), interrupt);
    }

    /// As a timer does it when the deadline has passed.
    private void expire(TimeoutException why) {
        var _ = tell(() -> super.completeExceptionally(why), true);
    }

    private boolean tell(BooleanSupplier completion, boolean interrupt) {
        Job ended = job;                     // read before it is let go: if it is gone, there is nothing to complete
        boolean changed = completion.getAsBoolean();
        if (changed && ended != null) {
            letGo();
            wakeWaiting();
            ended.over();
            scheduler.abandoned(ended, interrupt);
        }
        return changed;
    }

    /// Runs the task here, in this process and thread, unless the future is done.
    @Override
    public void run() {
        if (job instanceof CallJob<?> call) {
            call.runHere();
        }
    }

    // Waiting.

    @Override
    public T get() throws InterruptedException, ExecutionException {
        var _ = resultReader.await(this, Waiter.FOREVER);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!resultReader.await(this, Waiter.deadline(unit.toNanos(timeout)))) {
            throw new TimeoutException("task '%s' is not done after %d %s; it goes on".formatted(
                    name, timeout, unit.name().toLowerCase(Locale.ROOT)));
        }
        return super.get();
    }

    @Override
    public T join() {
        resultReader.awaitUninterruptibly(this);
        return super.join();
    }

    @Override
    public synchronized void pause(long nanos) throws InterruptedException {
        waiting++;
        try {
            if (!isDone()) {
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
            }
        } finally {
            waiting--;
        }
    }

    private void wakeWaiting() {
        if (waiting > 0) {       // a waiter counts itself, then looks; this is done, then looked at
            synchronized (this) {
                notifyAll();
            }
        }
    }
}
