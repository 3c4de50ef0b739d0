package io.sluice.pool;

import io.sluice.pool.ProcessPoolBuilder.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// The jobs that have chunks to give out, in the order of a policy. Belongs to the scheduler.
final class Backlog {
    private static final long FIRST_QUANTUM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int QUANTUM_GROWTH = 4;
    private static final long RISE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Policy policy;
    /// Its order has no two equal jobs, and does not change while they are in the set.
    private final TreeSet<Job> jobs;
    private long turns;
    private long rose = System.nanoTime();

    Backlog(Policy policy) {
        this.policy = policy;
        Comparator<Job> arrival = Comparator.comparingLong(job -> job.sequence);
        this.jobs = new TreeSet<>(switch (policy) {
            case FIRST_COME -> arrival;
            case PRIORITY ->
                Comparator.<Job>comparingInt(job -> job.options.priority()).reversed().thenComparing(arrival);
            case FEEDBACK -> Comparator.<Job>comparingInt(job -> job.level).thenComparingLong(job -> job.turn);
        });
    }

    void add(Job job) {
        if (!job.queued && job.hasNext()) {
            if (policy == Policy.FEEDBACK) {
                job.turn = ++turns;
                job.level = level(job.consumedNanos);
            }
            jobs.add(job);
            job.queued = true;
        }
    }

    /// The next chunk of the job whose turn it is, or null if no job has one.
    Chunk next(int workers) {
        if (policy == Policy.FEEDBACK) {
            rise();
        }
        while (!jobs.isEmpty()) {
            Job job = jobs.first();
            if (job.isOver()) {
                remove(job);                 // cancelled, or failed by another of its chunks
                continue;
            }
            Chunk chunk = job.next(workers);         // without memory for it, nothing changes
            if (policy == Policy.FEEDBACK || !job.hasNext()) {
                remove(job);
                add(job);
            }
            if (chunk != null) {
                return chunk;
            }
        }
        return null;
    }

    /// Removes a job that needs no turn any more: calls that are cancelled while all workers are busy do not
    /// accumulate.
    void remove(Job job) {
        if (job.queued) {
            jobs.remove(job);
            job.queued = false;
        }
    }

    private static int level(long consumedNanos) {
        int level = 0;
        for (long quantum = FIRST_QUANTUM_NANOS; consumedNanos >= quantum; quantum *= QUANTUM_GROWTH) {
            level++;
        }
        return level;
    }

    private void rise() {
        long now = System.nanoTime();
        if (now - rose >= RISE_NANOS) {
            rose = now;
            List<Job> all = new ArrayList<>(jobs);
            jobs.clear();
            for (Job job : all) {
                job.queued = false;
                job.consumedNanos = 0;
                add(job);
            }
        }
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }
}
