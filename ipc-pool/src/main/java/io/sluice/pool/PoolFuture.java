package io.sluice.pool;

import io.sluice.core.memory.StackRoom;
import io.sluice.core.park.Waiter;
import io.sluice.pool.submission.MustRun;
import io.sluice.pool.submission.Timer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The future of a job. A thread that waits for it reads results itself if no other does; dependent stages run in a
/// virtual thread, so that they cannot delay the results of other jobs. Once it is done it drops its job: a future that
/// stays reachable keeps its value reachable, and neither the task nor a timer.
///
/// @param <T> type of the result
final class PoolFuture<T> extends CompletableFuture<T> implements RunnableFuture<T>, Awaited {
    /*
     * A stage runs in the thread that completes the future, and the reading thread, which reads the results of all
     * jobs, must run none. So a future with stages is completed in a virtual thread. One without is completed by the
     * reading thread itself, which is faster.
     *
     * `stages` decides which: an adder sets it from NONE to ADDED before it adds the first stage, the reading thread
     * from NONE to COMPLETING before it completes. Only one of the two succeeds. An adder that finds COMPLETING waits
     * until the future is done; its stage then runs in the adder. The wait is as short as the completion, in which no
     * code of users runs.
     *
     * A `CompletableFuture` announces a stage by a call of `newIncompleteFuture` or `minimalCompletionStage`, or of
     * `toCompletableFuture` if it is the second of two. `allOf` and `anyOf` announce nothing: they are found by the
     * number of dependents. A stage of theirs can still run in the reading thread if they are called between that look
     * and the completion, some nanoseconds later.
     */
    private static final int NONE = 0;
    private static final int ADDED = 1;
    private static final int COMPLETING = 2;
    private static final BiConsumer<PoolFuture<Object>, Object> DELIVER = PoolFuture::finishWith;
    private static final BiConsumer<PoolFuture<?>, Throwable> FAIL = PoolFuture::finishWithFailure;
    private static final VarHandle STAGES;

    static {
        try {
            STAGES = MethodHandles.lookup().findVarHandle(PoolFuture.class, "stages", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Scheduler scheduler;
    private final ResultReader resultReader;
    private String name;                     // this and the next two are set before another thread has the future
    private Timer deadline;
    private volatile Job job;                // until it is done
    private volatile int waiting;
    private volatile int stages;

    PoolFuture(Scheduler scheduler, ResultReader resultReader) {
        this.scheduler = scheduler;
        this.resultReader = resultReader;
    }

    void belongsTo(Job itsJob) {
        this.name = itsJob.name;
        this.job = itsJob;
    }

    /// Sets how long after its submission it expires; called before that.
    void expiresAfter(Duration time) {
        deadline = Timer.after(TimeUnit.NANOSECONDS.convert(time), () -> expire(new TimeoutException(
                "task '%s' was not done within its deadline of %s".formatted(name, time))));
    }

    // Completion by the pool.

    /*
     * The worker has done its part, and nothing else completes the future. So the thread that completes it, be it the
     * reading thread or a virtual one, waits for the memory that it needs. A completion that is repeated changes
     * nothing.
     */

    @SuppressWarnings("unchecked")           // it takes its own value
    void deliver(T value) {
        MustRun.repeat(DELIVER, (PoolFuture<Object>) this, value);
    }

    private void finishWith(T value) {
        finish(() -> super.complete(value));
    }

    void fail(Throwable failure) {
        MustRun.repeat(FAIL, this, failure);
    }

    private void finishWithFailure(Throwable failure) {
        finish(() -> super.completeExceptionally(failure));
    }

    /// @throws OutOfMemoryError if there is none; then nothing has changed
    private void finish(BooleanSupplier completion) {
        if (getNumberOfDependents() == 0 && STAGES.compareAndSet(this, NONE, COMPLETING)) {
            try {
                end(completion);
            } finally {
                stages = ADDED;
            }
        } else {
            resultReader.completing(this, () -> end(completion));
        }
    }

    private void end(BooleanSupplier completion) {
        var _ = completed(completion);
        dropJob();
        wakeWaiting();
    }

    private void dropJob() {
        job = null;
        if (deadline != null) {
            deadline.cancel();
        }
    }

    // Stages.

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        adding();
        return super.newIncompleteFuture();
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        adding();
        return super.toCompletableFuture();
    }

    @Override
    public CompletionStage<T> minimalCompletionStage() {
        adding();
        return super.minimalCompletionStage();
    }

    /// A stage will be added.
    private void adding() {
        if (!STAGES.compareAndSet(this, NONE, ADDED)) {
            while (stages == COMPLETING && !isDone()) {
                LockSupport.parkNanos(1);     // or returns at once, if interrupted
            }
        }
    }

    // Completion by users and timers.

    @Override
    public boolean complete(T value) {
        return completeEarly(() -> super.complete(value), false);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        return completeEarly(() -> super.completeExceptionally(failure), false);
    }

    /// Completes it with the value of a supplier, which the executor runs.
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> {
            if (!isDone()) {
                try {
                    var _ = complete(supplier.get());
                } catch (Throwable failure) {
                    var _ = completeExceptionally(failure);
                }
            }
        });
        return this;
    }

    @Override
    public void obtrudeValue(T value) {
        var _ = completeEarly(() -> {
            super.obtrudeValue(value);
            return true;
        }, false);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        var _ = completeEarly(() -> {
            super.obtrudeException(failure);
            return true;
        }, false);
    }

    /// Cancels the task: one that has not begun never begins. A running one goes on, or, if `interrupt` is true, is
    /// interrupted, and its worker is killed if the task has not ended within the grace period.
    @Override
    public boolean cancel(boolean interrupt) {
        return completeEarly(() -> super.cancel(interrupt), interrupt);
    }

    /// Called by a timer when the deadline has passed.
    private void expire(TimeoutException why) {
        var _ = completeEarly(() -> super.completeExceptionally(why), true);
    }

    private boolean completeEarly(BooleanSupplier completion, boolean interrupt) {
        StackRoom.probeDeep();               // this thread may have to run events of the scheduler
        Job ended = job;                     // read before it is dropped: if it is null, there is nothing to withdraw
        if (ended != null && !isDone()) {
            scheduler.withdraw(ended);       // first: once this is done, no part of the job begins
        }
        boolean changed = completed(completion);
        if (changed && ended != null) {      // no step here is left out for want of memory: no other call does it
            dropJob();
            wakeWaiting();
            ended.over();
            scheduler.abandoned(ended, interrupt);
        }
        return changed;
    }

    /// Completes it. The task is done or withdrawn already, so it must be completed: without memory for that, this
    /// waits. The memory may end between the completion and its stages; the next attempt goes on with these.
    ///
    /// @return whether this has completed it
    private boolean completed(BooleanSupplier completion) {
        boolean open = !isDone();
        boolean changed = false;
        for (;;) {
            try {
                return completion.getAsBoolean() || changed;
            } catch (OutOfMemoryError noMemory) {
                changed = open && isDone();
                MustRun.pause();
            }
        }
    }

    /// Runs the task here, in this process and thread, unless the future is done.
    @Override
    public void run() {
        Job unfinished = job;
        if (unfinished != null) {
            unfinished.runHere();
        }
    }

    // Waiting.

    /// Waits until it is done, and reads results meanwhile if no other thread does.
    ///
    /// @param deadline as [Waiter#deadline] gives it
    /// @return whether it was done in time
    boolean await(long deadline) throws InterruptedException {
        return resultReader.await(this, deadline);
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        var _ = await(Waiter.FOREVER);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!await(Waiter.deadline(unit.toNanos(timeout)))) {
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
        if (waiting > 0) {       // a waiter counts itself, then checks; the future is done first, then this checks
            synchronized (this) {
                notifyAll();
            }
        }
    }
}
