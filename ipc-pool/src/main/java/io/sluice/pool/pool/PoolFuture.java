package io.sluice.pool.pool;

import io.sluice.core.idle.Waiter;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// The future of a job. A thread that waits for it reads results itself if nobody else does; what depends on it runs in a
/// virtual thread, so that it cannot hold up the results of others.
///
/// @param <T> type of the result
final class PoolFuture<T> extends CompletableFuture<T> implements RunnableFuture<T>, Awaited {
    private final Scheduler scheduler;
    private final Pump pump;
    private Job job;                         // set before anybody else has the future
    private volatile int waiting;

    PoolFuture(Scheduler scheduler, Pump pump) {
        this.scheduler = scheduler;
        this.pump = pump;
    }

    void belongsTo(Job itsJob) {
        this.job = itsJob;
    }

    // What the pool says.

    void deliver(T value) {
        finish(() -> super.complete(value));
    }

    void fail(Throwable failure) {
        finish(() -> super.completeExceptionally(failure));
    }

    private void finish(BooleanSupplier completion) {
        if (getNumberOfDependents() == 0) {
            var _ = completion.getAsBoolean();
            wakeWaiting();
        } else {
            pump.completing(this, () -> {
                var _ = completion.getAsBoolean();
                wakeWaiting();
            });
        }
    }

    // What others say.

    @Override
    public boolean complete(T value) {
        return told(super.complete(value), false);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return told(super.completeExceptionally(failure), false);
    }

    /// Ends the wait for the task: one that has not begun never will. One that runs goes on, or, if `interrupt` is true,
    /// is interrupted, and its worker killed if it has not ended within the grace period.
    @Override
    public boolean cancel(boolean interrupt) {
        return told(super.cancel(interrupt), interrupt);
    }

    /// As a timer does it when the deadline has passed.
    void expire(TimeoutException why) {
        var _ = told(super.completeExceptionally(why), true);
    }

    private boolean told(boolean changed, boolean interrupt) {
        if (changed) {
            wakeWaiting();
            job.over();
            scheduler.abandoned(job, interrupt);
        }
        return changed;
    }

    /// Runs the task here, in this process and thread; for whoever has it from `shutdownNow()`.
    @Override
    public void run() {
        if (job instanceof CallJob<?> call) {
            call.runHere();
        }
    }

    // Waiting.

    @Override
    public T get() throws InterruptedException, ExecutionException {
        var _ = pump.await(this, Waiter.FOREVER);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!pump.await(this, Waiter.deadline(unit.toNanos(timeout)))) {
            throw new TimeoutException("task '%s' is not done after %d %s; it goes on".formatted(
                    job.name, timeout, unit.name().toLowerCase(Locale.ROOT)));
        }
        return super.get();
    }

    @Override
    public T join() {
        pump.awaitUninterruptibly(this);
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
