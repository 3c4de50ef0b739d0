package io.sluice.pool;

import io.sluice.pool.log.Log;
import io.sluice.pool.submission.TaskFailures;
import io.sluice.shm.object.KeptObjects;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/// One call: the chunks that it consists of, and the destination of their results.
///
/// - **Threads:** the scheduler, except [#deliver] and [#fail], which are for the thread that reads the results.
abstract class Job {
    final TaskOptions options;
    final String name;
    /// Its context in UTF-8; null if it has none.
    final byte[] context;
    /// Shared objects that its function and its elements captured; kept until it is over.
    final KeptObjects kept;
    /// Its number in the order of arrival, from 1; workers identify the function of a map by it.
    long sequence;
    /// How long its chunks have run since it last rose to the top, in nanoseconds.
    long consumedNanos;
    /// Whether a worker was at one of its chunks when the pool was stopped.
    boolean begun;
    /// Its place in the backlog; null if it is not there.
    Backlog.Place place;
    /// Chunks that came back unbegun or lost from a worker; null until there is one, which is rare.
    private ArrayDeque<Chunk> returned;
    private final Cost cost;
    private double recentNanos;
    private double recentElements;
    private double nanosPerElement;
    private volatile boolean over;

    Job(TaskOptions options, String name, Cost cost, KeptObjects kept) {
        this.options = options;
        this.name = name;
        this.context = options.context() == null ? null : options.context().getBytes(StandardCharsets.UTF_8);
        this.kept = kept;
        this.cost = cost;
    }

    /// Whether its remaining results are irrelevant: it is done, or its future was completed otherwise.
    final boolean isOver() {
        return over;
    }

    /// Lets no further part of it begin. A part that runs may still need the captured objects.
    final void withdraw() {
        over = true;
    }

    final void over() {
        over = true;
        release();
    }

    /// Releases the captured objects. Throws nothing.
    void release() {
        release(kept);
    }

    static void release(KeptObjects kept) {
        try {
            kept.close();
        } catch (RuntimeException | Error leftInDisorder) {
            logUnreleased(leftInDisorder);
        }
    }

    private static void logUnreleased(Throwable why) {
        try {
            Log.debug("pool: could not release what a task captured", why);
        } catch (RuntimeException | Error noLog) {
            // Its class could not be initialized, as in [EventLoop#log].
        }
    }

    /// Whether none of its work is outstanding now; a stream may get more later.
    boolean isDone() {
        return isOver();
    }

    /// Kind of the message that carries its chunks.
    abstract int kind();

    /// Whether all of it is one chunk: once that has begun, no other part is left to cancel.
    boolean isSingleChunk() {
        return false;
    }

    /// Whether the failure of one chunk ends the job, so that its other chunks need not begin.
    boolean failsAsAWhole() {
        return false;
    }

    /// Notes that it does not wait in the backlog any more. @return true once, if it took a place there
    boolean leaveBacklog() {
        return false;
    }

    /// Runs it in this process and thread, if it can run as a whole.
    void runHere() {
        // Only a call can: a map has no task of its own.
    }

    /// Adds what `shutdownNow()` returns for it, if it is a task of an executor.
    void addRunnable(List<Runnable> target) {
        // Only a call is one.
    }

    /// The next chunk that was never given out, or null.
    abstract Chunk cut(int workers);

    /// The next chunk; chunks that came back from a worker come first.
    final Chunk next(int workers) {
        Chunk back = returned == null ? null : returned.pollFirst();
        Chunk chunk = back != null ? back : cut(workers);
        if (chunk != null) {
            chunk.estimate = (long) (nanosPerElement() * chunk.count);
        }
        return chunk;
    }

    /// Takes back a chunk that no worker has completed, to be given out before all others.
    final void giveBack(Chunk chunk) {
        if (returned == null) {
            returned = new ArrayDeque<>();
        }
        returned.addLast(chunk);
    }

    final boolean hasNext() {
        return (returned != null && !returned.isEmpty()) || hasMore();
    }

    /// Whether [#cut] has a chunk that was never given out.
    abstract boolean hasMore();

    /// Decodes and takes the result of a chunk. What it throws fails the job.
    abstract void deliver(Chunk chunk, Message result);

    /// Takes the failure of a chunk, which usually ends the job.
    void fail(Chunk chunk, Throwable failure) {
        abandon(TaskFailures.ofTask(failure));
    }

    /// Ends the job as a whole. Waits for the memory that it needs.
    abstract void abandon(Throwable failure);

    /// Estimated running time of one element in nanoseconds, from the chunks so far, or those of other jobs; 0 if
    /// unknown.
    final double nanosPerElement() {
        return nanosPerElement == 0 ? cost.nanosPerElement() : nanosPerElement;
    }

    final void measured(Chunk chunk, long nanos) {
        recentNanos = recentNanos / 2 + nanos;
        recentElements = recentElements / 2 + chunk.count;
        nanosPerElement = recentNanos / recentElements;
        cost.measured(nanosPerElement);
        consumedNanos += nanos;
    }
}
