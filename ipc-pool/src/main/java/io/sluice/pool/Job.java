package io.sluice.pool;

import io.sluice.shm.object.KeptObjects;
import java.util.ArrayDeque;

/// One call: what it consists of, and what becomes of it.
///
/// - **Threads:** the scheduler, but for [#deliver] and [#fail], which are for the thread that reads the results.
abstract class Job {
    final TaskOptions options;
    final String name;
    /// What its function and its elements captured, until it is over.
    final KeptObjects kept;
    /// Its place in the order of arrival, from 1; workers know the function of a map by it.
    long sequence;
    /// When its turn comes among jobs of its level, under [Policy#FEEDBACK].
    long turn;
    int level;
    /// How long its chunks have run, since it last rose to the top.
    long consumedNanos;
    /// Whether the backlog has it.
    boolean queued;
    /// Chunks that a worker did not do; null as long as there was none, which is nearly always.
    private ArrayDeque<Chunk> returned;
    private final Cost cost;
    private double recentNanos;
    private double recentElements;
    private double nanosPerElement;
    private volatile boolean over;

    Job(TaskOptions options, String name, Cost cost, KeptObjects kept) {
        this.options = options;
        this.name = name;
        this.kept = kept;
        this.cost = cost;
    }

    /// Whether nothing more is to come of it: it is done, or nobody waits for the rest.
    final boolean isOver() {
        return over;
    }

    final void over() {
        over = true;
        letGo();
    }

    /// Keeps what was captured no longer.
    void letGo() {
        letGo(kept);
    }

    static void letGo(KeptObjects kept) {
        try {
            kept.close();
        } catch (RuntimeException | Error leftInDisorder) {
            Log.debug("could not leave what a task captured", leftInDisorder);
        }
    }

    /// Whether nothing is to be done for it, for now.
    boolean isDone() {
        return isOver();
    }

    abstract int kind();

    /// The next chunk that was never given out, or null.
    abstract Chunk cut(int workers);

    /// The next chunk, those first that came back from a worker.
    final Chunk next(int workers) {
        Chunk back = returned == null ? null : returned.pollFirst();
        Chunk chunk = back != null ? back : cut(workers);
        if (chunk != null) {
            chunk.estimate = (long) (nanosPerElement() * chunk.count);
        }
        return chunk;
    }

    /// Takes back a chunk that a worker did not do, to be given out before all others.
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

    /// Takes what came of a chunk; decodes it. What it throws fails the job.
    abstract void deliver(Chunk chunk, Message result);

    /// Takes the failure of a chunk, which usually is the end of the job.
    void fail(Chunk chunk, Throwable failure) {
        abandon(PoolFuture.ofTask(failure));
    }

    /// Ends the job as a whole.
    abstract void abandon(Throwable failure);

    /// How long one element runs, from the chunks so far, or those of other jobs, in nanoseconds; 0 if nothing is
    /// known.
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
