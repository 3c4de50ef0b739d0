package io.sluice.pool;

import io.sluice.core.memory.StackRoom;
import io.sluice.core.park.Waiter;
import io.sluice.pool.codec.Values;
import io.sluice.pool.log.Log;
import io.sluice.pool.submission.MustRun;
import io.sluice.shm.queue.SharedQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Reads the results of the workers, in one thread at a time: one that waits for a result itself, so that no other
/// needs to wake it, or the pool's own thread if no other reads. (The leader of leader and followers: D. C. Schmidt et
/// al., *Leader/Followers*, PLoP 2000.)
final class ResultReader {
    /*
     * While results are on their way, a thread holds the lock, or the pool's thread is awake and about to try:
     *
     *   submitter        makes the scheduler busy, then wakes the pool's thread if the lock is free; a submitter that
     *                    will wait for its own task does not wake, but takes the lock
     *   leaving waiter   releases the lock, then wakes the pool's thread if the scheduler is busy
     *   pool's thread    releases the lock, then checks whether the scheduler is busy, then sleeps
     *
     * A thread that sleeps because the scheduler was idle, or the lock was taken, checks again after a slice anyway.
     */
    private static final Consumer<ResultReader> AWAIT_COMPLETIONS = ResultReader::awaitCompletions;
    private static final long SLICE_NANOS = Waiter.SLICE_NANOS;
    private static final long COMPLETION_NANOS = 10_000;
    private static final int MAX_UNREADABLE_IN_A_ROW = 20;

    private final Scheduler scheduler;
    private final SharedQueue<Message> results;
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread;
    private final Keeper keeper;
    private final Values values;
    private final Set<PoolFuture<?>> completing = ConcurrentHashMap.newKeySet();
    private final Runnable atEnd;
    private int unreadable;                  // guarded by the lock

    ResultReader(String name, Scheduler scheduler, SharedQueue<Message> results, Values values, Runnable atEnd) {
        this.scheduler = scheduler;
        this.results = results;
        this.values = values;
        this.atEnd = atEnd;
        this.keeper = new Keeper(name, () -> scheduler.hasWork() || !completing.isEmpty());
        this.thread = Thread.ofPlatform().daemon().name(name + "-results").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// A job was submitted.
    ///
    /// @param wake whether another thread than this one is to read; this one keeps the JVM alive itself otherwise,
    ///     unless it is a daemon
    void submitted(boolean wake) {
        if (wake || Thread.currentThread().isDaemon()) {
            keeper.keep();
        }
        if (wake) {
            wake();
        }
    }

    /// Ensures that a thread reads.
    void wake() {
        if (!lock.isLocked()) {
            LockSupport.unpark(thread);
        }
    }

    // The pool's own thread.

    private void run() {
        while (!scheduler.isOver()) {
            try {
                sleepAndRead();
            } catch (RuntimeException | Error unexpected) {      // such as a lack of memory for an event
                EventLoop.log(unexpected);
                LockSupport.parkNanos(SLICE_NANOS);
            }
        }
        try {
            lock.lock();         // never released: later waiters find that the pool is over
            MustRun.repeat(AWAIT_COMPLETIONS, this);
        } finally {
            try {
                atEnd.run();
            } finally {
                keeper.release();
            }
        }
    }

    private void sleepAndRead() {
        if (!scheduler.isBusy() || lock.isLocked()) {
            LockSupport.parkNanos(SLICE_NANOS);
        }
        if (lock.tryLock()) {
            try {
                do {
                    readUninterrupted(scheduler.isBusy() ? SLICE_NANOS : 0);
                } while (scheduler.isBusy() && !scheduler.isOver());
            } finally {
                lock.unlock();
            }
        }
    }

    private void readUninterrupted(long nanos) {
        try {
            read(nanos, () -> false);
        } catch (InterruptedException strayed) {
            // No code of the pool interrupts this thread; the flag is cleared, and the next round waits again.
        }
    }

    // Dependent stages.

    /// Completes a future that has dependent stages, in a virtual thread, so that they delay no result.
    ///
    /// @throws OutOfMemoryError if there is none; then nothing has changed
    void completing(PoolFuture<?> future, Runnable completion) {
        Runnable whole = () -> {
            try {
                completion.run();
            } finally {
                completing.remove(future);
            }
        };
        completing.add(future);
        keeper.keep();                       // also if nothing was submitted, such as a map of no elements
        MustRun.inAThread(whole);
    }

    /// Waits until those futures are done; not until their dependent stages are.
    private void awaitCompletions() {
        for (PoolFuture<?> future : completing) {
            while (!future.isDone()) {
                LockSupport.parkNanos(COMPLETION_NANOS);
            }
        }
    }

    /// Waits until the dependent stages of those futures have run too, if they run in the completing thread.
    ///
    /// @return whether they have in time
    boolean awaitDependents(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        while (!completing.isEmpty()) {
            if (System.nanoTime() - start >= nanos) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(COMPLETION_NANOS);
        }
        return true;
    }

    // Waiters.

    /// Waits, and reads results meanwhile if no other thread does.
    ///
    /// @param deadline as [Waiter#deadline] makes it
    /// @return whether it was done in time
    boolean await(Awaited awaited, long deadline) throws InterruptedException {
        StackRoom.probeDeep();                   // results of other tasks are decoded in this thread
        while (!awaited.isDone()) {
            Waiter.checkInterrupt();
            long slice = deadline == Waiter.FOREVER
                    ? SLICE_NANOS : Math.min(SLICE_NANOS, deadline - System.nanoTime());
            if (slice <= 0) {
                return false;
            }
            if (lock.isHeldByCurrentThread()) {
                throw new IllegalStateException("the thread that reads the results of a pool waits for one of them; a"
                        + " readObject or readResolve method must not use the pool");
            }
            if (!scheduler.isOver() && lock.tryLock()) {
                try {
                    if (!awaited.isDone()) {
                        read(slice, awaited::isDone);
                    }
                } finally {
                    lock.unlock();
                    if (scheduler.isBusy() && awaited.isDone()) {
                        wake();
                    }
                }
            } else {
                awaited.pause(slice);
            }
        }
        return true;
    }

    /// Waits as [#await] does, without limit; an interrupt is kept until the end.
    void awaitUninterruptibly(Awaited awaited) {
        boolean interrupted = false;
        while (!awaited.isDone()) {
            try {
                var _ = await(awaited, Waiter.FOREVER);
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // Reading.

    /// Reads and handles messages. One that finds no memory is handled again. Another failure is logged: the reading
    /// thread waits for another task, or is the pool's own, and goes on.
    private void read(long nanos, BooleanSupplier enough) throws InterruptedException {
        Message message = poll(nanos);
        if (message == null && nanos == SLICE_NANOS) {
            scheduler.noResults();
        }
        while (message != null) {
            try {
                handle(message);
            } catch (OutOfMemoryError noMemory) {
                MustRun.pause();
                continue;
            } catch (RuntimeException | Error unexpected) {
                Log.error("pool: a result could not be handled", unexpected);
            }
            message.done();
            message = enough.getAsBoolean() ? null : poll(0);
        }
    }

    /// The next message, or null. An unreadable one is dropped, or comes again if there was no memory for it. After
    /// many in a row the pool is broken.
    private Message poll(long nanos) throws InterruptedException {
        try {
            Message message = nanos == 0 ? results.poll() : results.poll(nanos, TimeUnit.NANOSECONDS);
            unreadable = 0;
            return message;
        } catch (RuntimeException | Error failure) {
            if (unreadable++ == 0) {
                Log.error("pool: a result could not be read", failure);
            }
            if (unreadable >= MAX_UNREADABLE_IN_A_ROW) {
                scheduler.unreadable(failure);
            }
            LockSupport.parkNanos(SLICE_NANOS);
            return null;
        }
    }

    /// @throws OutOfMemoryError if there was none to find its chunk; then nothing has changed
    private void handle(Message message) {
        Worker worker = null;
        Chunk chunk = null;
        if (isResult(message)) {
            worker = scheduler.worker(message.worker);
            chunk = worker == null ? null : worker.held(message.wordIndex, message.task);
            if (chunk == null) {
                return;                      // the worker was given up
            }
        }
        long nanos = message.nanos;
        try {
            if (chunk != null) {
                deliver(message, chunk);
            }
        } finally {
            while (!isReported(message, worker, chunk, nanos)) {
                MustRun.pause();
            }
        }
    }

    private static boolean isResult(Message message) {
        return message.kind != Message.READY && message.kind != Message.NOT_READY && message.kind != Message.DIED;
    }

    /// Reports a message to the scheduler. No other message will tell the same, so the caller repeats it.
    ///
    /// @return false if there was no memory
    private boolean isReported(Message message, Worker worker, Chunk chunk, long nanos) {
        try {
            switch (message.kind) {
                case Message.READY -> scheduler.ready(message.worker);
                case Message.NOT_READY -> scheduler.initializerFailed(failure(message));
                case Message.DIED -> scheduler.died(message.worker);
                default -> scheduler.completed(worker, chunk, nanos);
            }
            return true;
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
    }

    private void deliver(Message message, Chunk chunk) {
        try {
            if (message.refused != null) {
                chunk.job.fail(chunk, message.refused);
            } else if (message.kind == Message.FAILURE) {
                chunk.job.fail(chunk, failure(message));
            } else {
                chunk.job.deliver(chunk, message);
            }
        } catch (RuntimeException | Error failure) {
            chunk.job.abandon(failure);      // such as a lack of memory here; the worker has done its part
        }
    }

    private Throwable failure(Message message) {
        return values.failures().decode(message.buffer, 0, message.length);
    }
}
