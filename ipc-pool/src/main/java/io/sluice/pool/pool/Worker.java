package io.sluice.pool.pool;

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
    private final Places places;
    private final Piece[] pieces = new Piece[Places.COUNT];
    private final int[] free = new int[Places.COUNT];
    private final Message sent = new Message();
    private int count;
    private long aheadNanos;

    Worker(int number, Channels channels, JavaProcess process) {
        this.number = number;
        this.process = process;
        this.tasks = channels.tasks(number);
        this.interrupts = channels.interrupts(number);
        this.words = channels.places(number);
        this.places = new Places(words);
        for (int place = 0; place < free.length; place++) {
            free[place] = place;
        }
    }

    int count() {
        return count;
    }

    boolean hasRoom() {
        return state == State.READY
                && (count < PREFETCHED || (aheadNanos < AHEAD_NANOS && count < Places.COUNT));
    }

    /// Whether what it holds beyond what it runs is worth waking another worker for, at a guess.
    boolean hasTooMuch() {
        return count >= 2 && aheadNanos > AHEAD_NANOS / 8;
    }

    /// Gives it a piece.
    ///
    /// @return false if its queue is full
    /// @throws RuntimeException or an error, if the piece cannot be sent at all, as when there is no memory for it;
    ///     nothing has changed then
    boolean give(Piece piece, long attempt) {
        int place = free[count];
        piece.number = attempt;
        piece.place = place;
        pieces[place] = piece;
        places.put(place, attempt);
        CrashPoint.POOL_TASK_PLACED.reached();
        sent.kind = piece.job.kind();
        sent.worker = number;
        sent.task = attempt;
        sent.place = place;
        sent.job = piece.job.sequence;
        sent.functionBytes = piece.functionBytes;
        sent.body = piece.body;
        boolean taken = false;
        try {
            taken = tasks.offer(sent);
        } finally {
            sent.body = Message.Body.NONE;   // or it would stay until the next one
            if (!taken) {
                pieces[place] = null;
            }
        }
        if (taken) {
            CrashPoint.POOL_TASK_SENT.reached();
            count++;
            given++;
            aheadNanos += cost(piece);
        }
        return taken;
    }

    private static long cost(Piece piece) {
        return piece.estimate == 0 ? UNKNOWN_NANOS : piece.estimate;
    }

    /// The piece of an attempt, for the thread that reads its result: the worker got it, so the queue has ordered its
    /// place before.
    Piece held(int place, long attempt) {
        Piece piece = place >= 0 && place < pieces.length ? pieces[place] : null;
        return piece != null && piece.number == attempt ? piece : null;
    }

    boolean holds(Piece piece, long attempt) {
        return held(piece.place, attempt) == piece;
    }

    /// Takes back what it has done, or will not do.
    void remove(Piece piece) {
        pieces[piece.place] = null;
        count--;
        free[count] = piece.place;
        aheadNanos -= cost(piece);
        if (piece.grace != null) {
            piece.grace.cancel(false);
            piece.grace = null;
        }
    }

    /// Takes back a piece that it has not begun. @return false if it has
    boolean revoke(Piece piece) {
        if (!places.revoke(piece.place, piece.number)) {
            return false;
        }
        remove(piece);
        given--;
        return true;
    }

    boolean hasBegun(Piece piece) {
        return places.isBegun(piece.place, piece.number);
    }

    /// What it holds, in the order in which it will run it.
    List<Piece> pieces() {
        List<Piece> all = new ArrayList<>(count);
        for (Piece piece : pieces) {
            if (piece != null) {
                all.add(piece);
            }
        }
        all.sort(Comparator.comparingLong(piece -> piece.number));
        return all;
    }

    /// The one that it will run last.
    Piece last() {
        Piece last = null;
        for (Piece piece : pieces) {
            if (piece != null && (last == null || piece.number > last.number)) {
                last = piece;
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
    void interrupt(Piece piece) {
        var _ = interrupts.offer(piece.number);    // a full queue says that it does not even listen
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
