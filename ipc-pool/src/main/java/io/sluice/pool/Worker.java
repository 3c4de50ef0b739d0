package io.sluice.pool;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.owner.Closing;
import io.sluice.pool.process.Exit;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// One worker process, as the scheduler sees it: the chunks that it holds, and their estimated cost. Belongs to the
/// scheduler, except [#held(int, long)].
final class Worker {
    /// A running chunk and the next one, whatever their cost.
    private static final int PREFETCHED = 2;
    /// Short chunks are sent ahead up to this estimated cost, so that the worker has work while the pool has no core.
    private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// SIGHUP, SIGINT, SIGKILL and SIGTERM: sent by people, by service managers, and by a kernel out of memory.
    private static final Set<Integer> SENT_FROM_OUTSIDE = Set.of(1, 2, 9, 15);

    enum State { STARTING, READY, RETIRING, DEAD }

    final int number;
    private final JavaProcess process;
    State state = State.STARTING;
    /// Number of chunks that it was given, and number of those that it has done.
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
    private boolean killed;

    Worker(int number, Channels channels, JavaProcess process) {
        this.number = number;
        this.process = process;
        SharedQueue<Message> toRun = null;
        SharedQueue<Long> toInterrupt = null;
        boolean opened = false;
        try {
            toRun = channels.tasks(number);
            toInterrupt = channels.interrupts(number);
            this.words = channels.taskWords(number);
            opened = true;
        } finally {
            if (!opened) {
                try (SharedQueue<Message> _ = toRun; SharedQueue<Long> _ = toInterrupt) {
                    // Each start that fails, as when shared memory is full, leaves nothing.
                }
            }
        }
        this.tasks = toRun;
        this.interrupts = toInterrupt;
        this.taskWords = new TaskWords(words);
        for (int index = 0; index < free.length; index++) {
            free[index] = index;
        }
    }

    int count() {
        return count;
    }

    boolean hasRoom() {
        return state == State.READY
                && (count < PREFETCHED || (aheadNanos < AHEAD_NANOS && count < TaskWords.COUNT));
    }

    /// Whether its chunks behind the running one are estimated to be worth waking another worker for.
    boolean hasTooMuch() {
        return count >= 2 && aheadNanos > AHEAD_NANOS / 8;
    }

    /// Gives it a chunk.
    ///
    /// @return false if its queue is full
    /// @throws RuntimeException or an error, if the chunk cannot be sent at all, as when there is no memory for it;
    ///     nothing has changed then
    boolean give(Chunk chunk, long attempt) {
        int index = free[count];
        chunk.number = attempt;
        chunk.wordIndex = index;
        chunks[index] = chunk;
        taskWords.put(index, attempt);
        CrashPoint.POOL_TASK_PLACED.reached();
        sent.kind = chunk.job.kind();
        sent.worker = number;
        sent.task = attempt;
        sent.wordIndex = index;
        sent.job = chunk.job.sequence;
        sent.functionBytes = chunk.functionBytes;
        sent.body = chunk.body;
        sent.context = chunk.job.context;
        boolean taken = false;
        try {
            taken = tasks.offer(sent);
        } finally {
            sent.body = Message.Body.NONE;   // or it would stay until the next one
            sent.context = null;
            if (!taken) {
                chunks[index] = null;
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

    /// The chunk of an attempt, for the thread that reads its result. The plain read is safe: the write of the chunk
    /// happens-before its send, and that happens-before the result.
    Chunk held(int index, long attempt) {
        Chunk chunk = index >= 0 && index < chunks.length ? chunks[index] : null;
        return chunk != null && chunk.number == attempt ? chunk : null;
    }

    boolean holds(Chunk chunk, long attempt) {
        return held(chunk.wordIndex, attempt) == chunk;
    }

    /// Removes a chunk that it has done, or will not do. Needs no memory.
    void remove(Chunk chunk) {
        chunks[chunk.wordIndex] = null;
        count--;
        free[count] = chunk.wordIndex;
        aheadNanos -= cost(chunk);
        if (chunk.grace != null) {
            chunk.grace.cancel();
            chunk.grace = null;
        }
    }

    /// Takes back a chunk that it has not begun. @return false if it has
    boolean revoke(Chunk chunk) {
        if (!taskWords.revoke(chunk.wordIndex, chunk.number)) {
            return false;
        }
        remove(chunk);
        given--;
        return true;
    }

    boolean hasBegun(Chunk chunk) {
        return taskWords.isBegun(chunk.wordIndex, chunk.number);
    }

    /// The chunks that it holds, in the order in which it will run them.
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

    /// The chunk that uses a word, or null.
    Chunk chunkAt(int index) {
        return chunks[index];
    }

    /// The chunk that it will run last.
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
        if (!killed) {
            process.kill();
            killed = true;
        }
    }

    CompletableFuture<Exit> onExit() {
        return process.onExit();
    }

    /// How it ended; called after its end.
    Exit exit() {
        return process.exit().orElseThrow();
    }

    /// Whether it ended by a signal that only other processes send; called after its end.
    boolean wasKilledFromOutside() {
        return exit() instanceof Exit.Killed(int signal) && SENT_FROM_OUTSIDE.contains(signal);
    }

    /// Whether it ended because it ran out of memory; called after its end.
    boolean ranOutOfMemory() {
        return exit() instanceof Exit.Returned(int code) && code == WorkerMain.OUT_OF_MEMORY;
    }

    /// Asks it to interrupt its running task, if that is this chunk.
    void interrupt(Chunk chunk) {
        var _ = interrupts.offer(chunk.number);    // if the queue is full, it does not read interrupts at all
    }

    /// Asks it to end in order, whatever it runs. SIGTERM alone does not: workers ignore it, see [OnShutdown].
    void terminate() {
        if (state == State.STARTING) {
            process.terminate();             // its JVM may be coming up, or not ignore the signal yet
        }
        if (!interrupts.offer(WorkerMain.END)) {
            kill();                          // it does not read interrupts at all
        }
    }

    /// Lets it run the chunks that it holds, and end then.
    void retire() {
        if (state != State.DEAD) {
            state = State.RETIRING;
        }
        if (!tasks.isShutdown()) {
            tasks.shutdown();
        }
    }

    /// Closes all that belongs to it. What found no memory is closed by a second call.
    void close() {
        state = State.DEAD;
        new Closing().then(tasks).then(interrupts).then(words).then(process).end();
    }
}
