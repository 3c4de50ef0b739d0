package io.sluice.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Keeps this JVM alive while a pool has work: meanwhile one thread runs that is not a daemon. Otherwise a `main` that
/// returns would lose its submitted tasks.
final class Keeper {
    /*
     * Either the flag is set and a thread runs that will check for work again, or there is no work:
     *
     *   a submission     gives its job to the scheduler, then reads the flag
     *   the thread       clears the flag, then asks the scheduler, which handles events in their order
     *
     * If the submission read the flag as set, it did so before the thread cleared it, so its job precedes the question
     * and is seen. If it read the flag as cleared, it starts a thread. The thread lingers, so that successive calls
     * share one.
     */
    static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String name;
    private final BooleanSupplier hasWork;
    private final AtomicBoolean kept = new AtomicBoolean();
    private volatile Thread thread;
    private volatile boolean released;

    /// @param pool name of the pool
    /// @param hasWork sees each job that was submitted before it is asked, until the job's future and what depends on
    ///     it is done
    Keeper(String pool, BooleanSupplier hasWork) {
        this.name = pool + "-keeper";
        this.hasWork = hasWork;
    }

    /// Keeps the JVM alive until there is no work; called after a job was submitted.
    void keep() {
        if (!kept.get() && kept.compareAndSet(false, true)) {
            try {
                thread = Thread.ofPlatform().daemon(false).name(name)
                        .inheritInheritableThreadLocals(false).start(this::run);
            } catch (OutOfMemoryError noThread) {
                kept.set(false);             // the job runs all the same
            }
        }
    }

    private void run() {
        boolean ended = false;
        try {
            do {
                do {
                    linger();
                } while (hasWork.getAsBoolean());
                kept.set(false);
            } while (hasWork.getAsBoolean() && kept.compareAndSet(false, true));
            ended = true;
        } finally {
            if (!ended) {
                kept.set(false);             // an error: the next submission starts another thread
            }
        }
    }

    /// A park may end early: by a permit or an interrupt that is left from events that this thread has run.
    private void linger() {
        long end = System.nanoTime() + LINGER_NANOS;
        for (long left = LINGER_NANOS; left > 0 && !released; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            var _ = Thread.interrupted();
        }
        released = false;
    }

    /// Ends the lingering once, at the end of the pool; stages may still run then.
    void release() {
        released = true;
        LockSupport.unpark(thread);
    }
}
