package io.sluice.pool.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/// The jobs that have something to give out, in the order of a policy. Belongs to the scheduler.
final class Backlog {
    private static final long FIRST_QUANTUM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int QUANTUM_GROWTH = 4;
    private static final long RISE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Policy policy;
    private final PriorityQueue<Job> jobs;
    private long turns;
    private long rose = System.nanoTime();

    Backlog(Policy policy) {
        this.policy = policy;
        Comparator<Job> arrival = Comparator.comparingLong(job -> job.sequence);
        this.jobs = new PriorityQueue<>(switch (policy) {
            case FIRST_COME -> arrival;
            case PRIORITY -> Comparator.<Job>comparingInt(job -> job.options.priority()).reversed().thenComparing(arrival);
            case FEEDBACK -> Comparator.<Job>comparingInt(job -> job.level).thenComparingLong(job -> job.turn);
        });
    }

    void add(Job job) {
        if (!job.queued && job.hasNext()) {
            job.queued = true;
            if (policy == Policy.FEEDBACK) {
                job.turn = ++turns;
                job.level = level(job.consumedNanos);
            }
            jobs.add(job);
        }
    }

    /// The next piece of the job whose turn it is, or null if nobody has one.
    Piece next(int workers) {
        if (policy == Policy.FEEDBACK) {
            rise();
        }
        for (Job job = jobs.poll(); job != null; job = jobs.poll()) {
            job.queued = false;
            if (job.isOver()) {
                continue;                    // cancelled, or failed by another of its pieces
            }
            Piece piece = job.next(workers);
            add(job);
            if (piece != null) {
                return piece;
            }
        }
        return null;
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

    /// Empties it.
    List<Job> removeAll() {
        List<Job> all = new ArrayList<>(jobs);
        all.sort(jobs.comparator());
        jobs.clear();
        all.forEach(job -> job.queued = false);
        return all;
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }
}
