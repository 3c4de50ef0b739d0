package io.sluice.pool;

import io.sluice.pool.log.Log;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Runs events one at a time, in the threads that post them: the drain loop of an actor, without a thread of its own.
///
/// - **Threads:** any may post. A post runs events itself if no other thread does; otherwise it returns at once.
/// - **Order:** the events of one thread run in the order in which it posted them. What a thread did before a post
///   happens-before the event, and each event happens-before the next one, so their state needs no lock.
/// - **Reentrancy:** an event that an event posts runs after it, never within it.
/// - **Blocking:** `post` waits for no other thread; `call` waits until its event has run.
/// - **Errors:** what an event throws is logged; a `call` throws what its event throws. The next event runs. If there
///   is no memory for an event, `post` and `call` throw, and the event does not run.
/// - **Stack:** a poster may have to run events, of others too. What users call has probed for that before.
final class EventLoop {
    /*
     * `pending` counts the events that were added to the queue and have not been run. A thread adds its event first and
     * counts it then; the thread that raises the count from 0 drains.
     *
     * One thread at a time: only a drainer lowers the count, after it has run as many events as it subtracts. As long
     * as it drains, the count is above 0, so no other thread raises it from 0. The subtraction that reaches 0 is the
     * last thing that a drainer does. A drainer that hands over does not subtract, and touches nothing afterwards.
     *
     * No event is lost: an event that is counted is in the queue, so a drainer that reads n finds n events there. A
     * post that finds the count above 0 has raised it, so the drainer's subtraction leaves at least 1, and it goes on.
     *
     * No event is run early: the queue may hold an event that its poster has not counted yet. If a drainer ran and
     * subtracted that one too, the count could fall below 0 while it drains; the late count would raise it to 0, and
     * the next post, which finds 0, would drain beside it. So a drainer runs as many events as it read, and no more.
     *
     * Ordering: all changes of the count are atomic reads and writes of one variable, and `start` of a thread
     * happens-before its run. They order a poster before the drainer that reads its count, and a drainer before the
     * next one.
     */
    private static final int MAX_DRAIN_ROUNDS = 100;
    private static final int MAX_EVENTS_PER_ROUND = 64;

    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Runnable afterRound;
    /// The thread that runs events now, and null between rounds. Written by the drainer alone. Another thread may read
    /// an old value, but never itself: it has set null after its last round.
    private Thread drainer;

    /// @param afterRound runs after each round of events, as an event itself; so at least once after each event
    EventLoop(Runnable afterRound) {
        this.afterRound = afterRound;
    }

    void post(Runnable event) {
        events.add(event);
        if (pending.getAndIncrement() == 0) {
            drain();
        }
    }

    /// Posts an event, and waits until it has run. An event that calls this does not wait: its own event runs later.
    ///
    /// @return the answer of the event; null for an event that calls
    /// @throws RuntimeException or an error, that of the event
    <T> T call(Supplier<T> event) {
        Call<T> call = new Call<>(event);
        post(call);
        return Thread.currentThread().equals(drainer) ? null : call.await();
    }

    /// As [#call], for an event without an answer.
    ///
    /// @throws RuntimeException or an error, that of the event; not to an event that calls
    void run(Runnable event) {
        Object _ = call(() -> {
            event.run();
            return null;
        });
    }

    /// An event whose outcome its poster waits for. Once it is posted, neither the outcome nor the wait needs memory.
    private static final class Call<T> implements Runnable {
        private final Supplier<T> event;
        private final Thread caller = Thread.currentThread();
        private T answer;                    // this and the next are published by `done`
        private Throwable failure;
        private volatile boolean done;

        Call(Supplier<T> event) {
            this.event = event;
        }

        @Override
        public void run() {
            try {
                answer = event.get();
            } catch (RuntimeException | Error thrown) {
                failure = thrown;
            }
            done = true;
            if (!Thread.currentThread().equals(caller)) {
                LockSupport.unpark(caller);      // to itself it would be a permit that ends its next park
            }
        }

        T await() {
            boolean interrupted = false;
            while (!done) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();     // or the next park would return at once
            }
            if (interrupted) {
                caller.interrupt();
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (RuntimeException) failure;
            }
            return answer;
        }
    }

    private void drain() {
        int round = 0;
        int counted;
        do {
            if (++round > MAX_DRAIN_ROUNDS && handOver()) {
                return;                      // no poster has to work for all the others
            }
            drainer = Thread.currentThread();
            counted = Math.min(pending.get(), MAX_EVENTS_PER_ROUND);
            for (int i = 0; i < counted; i++) {
                guard(events.poll());
            }
            guard(afterRound);
            drainer = null;
        } while (pending.addAndGet(-counted) != 0);
    }

    /// @return false if there is no memory for a thread that could take over
    private boolean handOver() {
        try {
            Thread.ofVirtual().start(this::drain);
            return true;
        } catch (OutOfMemoryError noThread) {
            return false;
        }
    }

    /// Runs a step. None is meant to throw; if one does, the events behind it still run.
    static void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error unexpected) {
            log(unexpected);
        }
    }

    static void log(Throwable unexpected) {
        try {
            Log.error("pool: a step of the scheduler failed", unexpected);
        } catch (RuntimeException | Error noLog) {
            // Its class could not be initialized: at its first use, without memory or stack.
        }
    }
}
