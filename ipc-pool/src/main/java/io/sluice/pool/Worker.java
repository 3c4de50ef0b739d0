package io.sluice.pool;

import io.sluice.core.crash.CrashPoint;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// One worker process, as the scheduler sees it: what it holds, and how much that is. Belongs to the scheduler, but for
/// [#held(int, long)].
final class Worker {
    /// One that runs and one that is next, whatever they take.
    private static final int PREFETCHED = 2;
    /// Short tasks are sent ahead for this long, so that the worker has work while the pool has none of the cores.
    private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// SIGHUP, SIGINT, SIGKILL and SIGTERM: from people, from managers of services, and from a system without memory.
    private static final Set<Integer> SENT_FROM_OUTSIDE = Set.of(1, 2, 9, 15);

    enum State { STARTING, READY, RETIRING, DEAD }

    final int number;
    private final JavaProcess process;
    State state = State.STARTING;
    /// How many tasks it was given, and how many it has done.
    long given;
    long done;

    private final SharedQueue<Message> tasks;
    private final SharedQueue<Long> interrupts;
    private final SharedLongArray words;
    private final TaskWords taskWords;
    private final Chunk[] chunks = new Chunk[TaskWords.COUNT];
    private final int[] free = new int[TaskWords.COUNT];
    private final Message sent = new Message();
    private int count;
    private long aheadNanos;

    Worker(int number, Channels channels, JavaProcess process) {
        this.number = number;
        this.process = process;
        this.tasks = channels.tasks(number);
        this.interrupts = channels.interrupts(number);
        this.words = channels.taskWords(number);
        this.taskWords = new TaskWords(words);
        for (int place = 0; place < free.length; place++) {
            free[place] = place;
        }
    }

    int count() {
        return count;
    }

    boolean hasRoom() {
        return state == State.READY
                && (count < PREFETCHED || (aheadNanos < AHEAD_NANOS && count < TaskWords.COUNT));
    }

    /// Whether what it holds beyond what it runs is worth waking another worker for, at a guess.
    boolean hasTooMuch() {
        return count >= 2 && aheadNanos > AHEAD_NANOS / 8;
    }

    /// Gives it a chunk.
    ///
    /// @return false if its queue is full
    /// @throws RuntimeException or an error, if the chunk cannot be sent at all, as when there is no memory for it;
    ///     nothing has changed then
    boolean give(Chunk chunk, long attempt) {
        int place = free[count];
        chunk.number = attempt;
        chunk.place = place;
        chunks[place] = chunk;
        taskWords.put(place, attempt);
        CrashPoint.POOL_TASK_PLACED.reached();
        sent.kind = chunk.job.kind();
        sent.worker = number;
        sent.task = attempt;
        sent.place = place;
        sent.job = chunk.job.sequence;
        sent.functionBytes = chunk.functionBytes;
        sent.body = chunk.body;
        boolean taken = false;
        try {
            taken = tasks.offer(sent);
        } finally {
            sent.body = Message.Body.NONE;   // or it would stay until the next one
            if (!taken) {
                chunks[place] = null;
            }
        }
        if (taken) {
            CrashPoint.POOL_TASK_SENT.reached();
            count++;
            given++;
            aheadNanos += cost(chunk);
        }
        return taken;
    }

    private static long cost(Chunk chunk) {
        return chunk.estimate == 0 ? UNKNOWN_NANOS : chunk.estimate;
    }

    /// The chunk of an attempt, for the thread that reads its result: the worker got it, so the queue has ordered its
    /// place before.
    Chunk held(int place, long attempt) {
        Chunk chunk = place >= 0 && place < chunks.length ? chunks[place] : null;
        return chunk != null && chunk.number == attempt ? chunk : null;
    }

    boolean holds(Chunk chunk, long attempt) {
        return held(chunk.place, attempt) == chunk;
    }

    /// Takes back what it has done, or will not do.
    void remove(Chunk chunk) {
        chunks[chunk.place] = null;
        count--;
        free[count] = chunk.place;
        aheadNanos -= cost(chunk);
        if (chunk.grace != null) {
            chunk.grace.cancel(false);
            chunk.grace = null;
        }
    }

    /// Takes back a chunk that it has not begun. @return false if it has
    boolean revoke(Chunk chunk) {
        if (!taskWords.revoke(chunk.place, chunk.number)) {
            return false;
        }
        remove(chunk);
        given--;
        return true;
    }

    boolean hasBegun(Chunk chunk) {
        return taskWords.isBegun(chunk.place, chunk.number);
    }

    /// What it holds, in the order in which it will run it.
    List<Chunk> chunks() {
        List<Chunk> all = new ArrayList<>(count);
        for (Chunk chunk : chunks) {
            if (chunk != null) {
                all.add(chunk);
            }
        }
        all.sort(Comparator.comparingLong(chunk -> chunk.number));
        return all;
    }

    /// The one that it will run last.
    Chunk last() {
        Chunk last = null;
        for (Chunk chunk : chunks) {
            if (chunk != null && (last == null || chunk.number > last.number)) {
                last = chunk;
            }
        }
        return last;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.kill();
    }

    /// How it ended; asked after it has.
    Exit exit() {
        return process.exit().orElseThrow();
    }

    /// Whether it ended by a signal that no fault of its own raises; asked after it has.
    boolean wasKilledFromOutside() {
        return exit() instanceof Exit.Killed(int signal) && SENT_FROM_OUTSIDE.contains(signal);
    }

    /// Whether it ended because it had no memory left; asked after it has.
    boolean ranOutOfMemory() {
        return exit() instanceof Exit.Returned(int code) && code == WorkerMain.OUT_OF_MEMORY;
    }

    /// Asks it to interrupt the task that it runs, if it runs this one.
    void interrupt(Chunk chunk) {
        var _ = interrupts.offer(chunk.number);    // a full queue says that it does not even listen
    }

    /// Lets it do what it holds, and then end.
    void retire() {
        if (state != State.DEAD) {
            state = State.RETIRING;
        }
        if (!tasks.isShutdown()) {
            tasks.shutdown();
        }
    }

    /// Closes all that belongs to it.
    void close() {
        try (process; words; interrupts; tasks) {
            state = State.DEAD;
        }
    }
}
