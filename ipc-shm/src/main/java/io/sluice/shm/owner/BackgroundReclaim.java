package io.sluice.shm.owner;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Gives the slots of dead processes back while waiters go on: a thread that is started when a waiter has met a death,
/// and ends when no dead process is left.
///
/// One process is enough for this, so the others wait for it first. It may be stopped; after a second they do it too.
final class BackgroundReclaim implements Runnable {
    private static final int ROUNDS = 10;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Registry registry;
    private final AtomicBoolean running = new AtomicBoolean();
    /// Set by a waiter that has met a death: the thread checks once more before it ends.
    private final AtomicBoolean asked = new AtomicBoolean();

    BackgroundReclaim(Registry registry) {
        this.registry = registry;
    }

    void start() {
        asked.set(true);
        if (running.compareAndSet(false, true)) {
            boolean started = false;
            try {
                Thread thread = Thread.ofPlatform()
                        .daemon()
                        .name("sluice-reclaim")
                        .inheritInheritableThreadLocals(false)
                        .unstarted(this);
                thread.setContextClassLoader(null);
                thread.start();
                started = true;
            } finally {
                if (!started) {
                    running.set(false);     // no thread or memory: the next death, or the next opener, reclaims
                }
            }
        }
    }

    @Override
    public void run() {
        do {
            try {
                while (asked.getAndSet(false)) {
                    reclaim();
                }
            } catch (RuntimeException refused) {
                // For example, Linux refuses to list the directory. The slots stay taken; the next process that needs
                // one reclaims them.
            } finally {
                running.set(false);
            }
        } while (asked.get() && running.compareAndSet(false, true));
    }

    private void reclaim() {
        for (int round = 1; round <= ROUNDS && !registry.sweepInBackground(round == ROUNDS); round++) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
