package io.sluice.pool;

import io.sluice.pool.ProcessPoolBuilder.Policy;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// The jobs that have chunks to give out, in the order of a policy. Belongs to the scheduler.
final class Backlog {
    private static final long FIRST_QUANTUM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int QUANTUM_GROWTH = 4;
    private static final long RISE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Policy policy;
    private final TreeSet<Place> places = new TreeSet<>();
    private long turns;
    private long rose = System.nanoTime();

    /// The place of a job: the lowest rank comes first, and within a rank the lowest turn. No two are equal.
    record Place(int rank, long turn, Job job) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byRank = Integer.compare(rank, other.rank);
            return byRank != 0 ? byRank : Long.compare(turn, other.turn);
        }
    }

    Backlog(Policy policy) {
        this.policy = policy;
    }

    /// Adds a job that has chunks, unless it is there.
    ///
    /// @throws OutOfMemoryError if there is no memory for its place; then it is not there
    void add(Job job) {
        if (job.place == null && job.hasNext()) {
            move(job);
        }
    }

    /// Gives a job its place, in exchange for the one that it may have. Without memory for it, nothing has changed.
    private void move(Job job) {
        Place next = switch (policy) {
            case FIRST_COME -> new Place(0, job.sequence, job);
            case PRIORITY -> new Place(~job.options.priority(), job.sequence, job);      // the highest comes first
            case FEEDBACK -> new Place(level(job.consumedNanos), ++turns, job);
        };
        places.add(next);
        remove(job);
        job.place = next;
    }

    /// The next chunk of the job whose turn it is, or null if no job has one.
    ///
    /// @throws OutOfMemoryError if there is no memory for it; then no chunk is lost, and at most a turn has passed
    Chunk next(int workers) {
        if (policy == Policy.FEEDBACK) {
            rise();
        }
        while (!places.isEmpty()) {
            Job job = places.first().job();
            if (job.isOver()) {
                remove(job);                 // cancelled, or failed by another of its chunks
                continue;
            }
            if (policy == Policy.FEEDBACK) {
                move(job);                   // before it gives the chunk out: this may throw
            }
            Chunk chunk = job.next(workers);
            if (!job.hasNext()) {
                remove(job);
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
        if (job.place != null) {
            places.remove(job.place);
            job.place = null;
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
            for (Place place : List.copyOf(places)) {        // without memory for all, some rise a second later
                place.job().consumedNanos = 0;
                move(place.job());
            }
        }
    }
}
