package io.sluice.core.park;

import io.sluice.core.owner.Liveness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// The one thread of a process that watches for all long sleepers, so that they can sleep on.
final class Sweeper {
    /*
     * A wait that outlasts its first slice is registered here, and its thread then sleeps in long slices. Every
     * PERIOD_NANOS the sweeper checks, for all registered sleepers,
     *
     *   - the interrupt flag of each platform thread: an interrupt does not end the kernel's sleep;
     *   - the word of each sleeper: where it moved and the sleeper sleeps on, the call is repeated;
     *   - once for each object: whether an owner has died.
     *
     * It changes nothing in shared memory, so its death, or that of its process, leaves nothing behind.
     *
     * The sweeper itself does only short work: the checks, and system calls that wake. The recovery of an object may
     * take long, and users of the object may hold its locks. So helpers do it, a few threads that end when they are not
     * needed, at most one per object at a time. An object whose recovery makes no progress delays only itself.
     *
     * One lock guards the register. It is held for the check of all sleepers, without a system call. The words of
     * sleepers are read only under the lock: a sleeper that has left may unmap its memory.
     *
     * Failures. An exception or error of one object is counted, and its sleepers go back to sweeps of their own, which
     * throw the sweep's exception. Where no thread can be started, or the sweeper is late, sleepers notice it and go on
     * in short slices, as in the first slice.
     *
     * The thread ends when the register has been empty for LINGER_NANOS, and the next sleeper starts another one. It is
     * a daemon, and inherits neither thread-locals nor the class loader of the thread that started it.
     */
    static final long PERIOD_NANOS = Waiter.SLICE_NANOS;
    static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int HELPERS = 4;

    static final Sweeper COMMON = new Sweeper(
            Thread.ofPlatform().daemon().inheritInheritableThreadLocals(false).name("sluice-sweeper-", 0).factory());

    private final ThreadFactory threads;
    private final ThreadPoolExecutor helpers;
    private final AtomicLong failures = new AtomicLong();
    /// Time of the sweeper's last complete check; a sleeper that finds it too old checks on its own.
    private volatile long checkedNanos;

    // The register, guarded by `this`.
    private Sleeper[] sleepers = new Sleeper[16];
    private int count;
    private final IdentityHashMap<Liveness, Watched> objects = new IdentityHashMap<>();
    private Thread thread;
    private long emptySinceNanos;
    private long refusedNanos = System.nanoTime() - LINGER_NANOS;

    // Used by the sweeper's thread only: the results of one check, for the calls that follow it.
    private final Map<Long, Call> calls = new HashMap<>();
    private final List<Watched> toCheck = new ArrayList<>();

    Sweeper(ThreadFactory threads) {
        this.threads = threads;
        this.helpers = new ThreadPoolExecutor(
                HELPERS, HELPERS, LINGER_NANOS, TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>(), threads);
        helpers.allowCoreThreadTimeOut(true);
    }

    /// One registered thread.
    static final class Sleeper {
        private final Thread thread = Thread.currentThread();
        private final boolean interruptsItself = thread.isVirtual();
        private final EventCount events;
        private final Watched object;
        private int index;
        /// The word it sleeps on; written by this sleeper only.
        volatile int announced;
        /// The moved word that the sweeper found at its last check, or the announced word.
        private int movedTo;

        private Sleeper(EventCount events, Watched object) {
            this.events = events;
            this.object = object;
            this.announced = events.word();
            this.movedTo = announced;
        }
    }

    /// An object that sleepers wait for.
    private static final class Watched {
        final Liveness liveness;
        int sleepers;
        /// A helper recovers it.
        volatile boolean busy;
        /// The last sweep, or the check before it, threw.
        volatile boolean failed;

        Watched(Liveness liveness) {
            this.liveness = liveness;
        }
    }

    /// One word to call: either all its sleepers look again, or the call that moved the word is repeated.
    private record Call(EventCount events, boolean all, int word) {}

    // For sleepers.

    /// Registers the calling thread. Allocates.
    ///
    /// @return its entry, for [#leave]; null if there is no sweeper to watch for it
    Sleeper enter(EventCount events, Liveness liveness) {
        try {
            return entered(events, liveness);
        } catch (OutOfMemoryError noThreadOrNoMemory) {
            failures.incrementAndGet();
            return null;
        }
    }

    private synchronized Sleeper entered(EventCount events, Liveness liveness) {
        // All steps that can fail come first; assignments follow.
        if (count == sleepers.length) {
            sleepers = Arrays.copyOf(sleepers, 2 * count);
        }
        Watched known = objects.get(liveness);
        Watched object = known == null ? new Watched(liveness) : known;
        Sleeper sleeper = new Sleeper(events, object);
        if (thread == null && !start()) {
            return null;
        }
        if (known == null) {
            objects.put(liveness, object);   // grows before it changes anything
        }
        object.sleepers++;
        sleeper.index = count;
        sleepers[count++] = sleeper;
        return sleeper;
    }

    /// Starts the thread. After a refusal by the system, it does not try again for LINGER_NANOS.
    private boolean start() {
        long now = System.nanoTime();
        if (now - refusedNanos < LINGER_NANOS) {
            return false;
        }
        refusedNanos = now;
        Thread fresh = threads.newThread(this::run);
        if (fresh == null) {
            return false;
        }
        fresh.start();
        refusedNanos = now - LINGER_NANOS;
        checkedNanos = now;
        emptySinceNanos = now;
        thread = fresh;
        return true;
    }

    /// Whether the calling thread may sleep long: the sweeper is on time, and the object's sweep does not fail.
    boolean isWatched(Sleeper self) {
        return System.nanoTime() - checkedNanos < LATE_NANOS && !self.object.failed;
    }

    /// Removes the calling thread from the register; its word is not read afterwards. Never fails.
    synchronized void leave(Sleeper self) {
        Sleeper last = sleepers[--count];
        sleepers[count] = null;
        if (last != self) {
            sleepers[self.index] = last;
            last.index = self.index;
        }
        if (--self.object.sleepers == 0) {
            objects.remove(self.object.liveness);
        }
        if (count == 0) {
            emptySinceNanos = System.nanoTime();
        }
    }

    /// How often a check or a sweep threw, or no thread could be started.
    long failures() {
        return failures.get();
    }

    // The sweeper.

    private void run() {
        try {
            for (boolean goOn = true; goOn;) {
                long begun = System.nanoTime();
                try {
                    goOn = check();
                    calls.values().forEach(this::make);
                    toCheck.forEach(object -> check(object, begun));
                    checkedNanos = System.nanoTime();    // not after a failure: then sleepers check on their own
                } catch (Throwable failed) {
                    failures.incrementAndGet();
                }
                LockSupport.parkNanos(this, PERIOD_NANOS - (System.nanoTime() - begun));
                boolean _ = Thread.interrupted();       // has no meaning here, and would end the next park at once
            }
        } finally {
            synchronized (this) {
                if (Thread.currentThread().equals(thread)) {
                    thread = null;
                }
            }
        }
    }

    /// Checks all sleepers, and collects the words to call and the objects to check.
    ///
    /// @return false if this thread has ended: the next sleeper starts another one
    private synchronized boolean check() {
        calls.clear();
        toCheck.clear();
        boolean idle = count == 0 && System.nanoTime() - emptySinceNanos >= LINGER_NANOS;
        if (idle || !Thread.currentThread().equals(thread)) {
            thread = idle ? null : thread;
            return false;
        }
        for (int i = 0; i < count; i++) {
            check(sleepers[i]);
        }
        toCheck.addAll(objects.values());
        return true;
    }

    private void check(Sleeper sleeper) {
        EventCount events = sleeper.events;
        if (!sleeper.interruptsItself && sleeper.thread.isInterrupted()) {
            calls.put(events.address(), new Call(events, true, 0));
        }
        int announced = sleeper.announced;
        int word = events.word();
        if (word == announced) {
            sleeper.movedTo = announced;
        } else if (sleeper.movedTo == announced) {
            sleeper.movedTo = word;      // found moved for the first time: most probably the sleeper is waking up
        } else {
            calls.putIfAbsent(events.address(), new Call(events, false, word));
        }
    }

    private void make(Call call) {
        try {
            if (call.all()) {
                call.events().callAll();
            } else {
                call.events().callAgain(call.word());
            }
        } catch (Throwable failed) {
            failures.incrementAndGet();     // its sleepers wake with their slice
        }
    }

    private void check(Watched object, long sinceNanos) {
        if (object.busy) {
            return;
        }
        try {
            if (object.liveness.hasDead(sinceNanos)) {
                handOver(object);
            } else {
                object.failed = false;
            }
        } catch (Throwable failed) {
            object.failed = true;
            failures.incrementAndGet();
        }
    }

    private void handOver(Watched object) {
        object.busy = true;
        try {
            helpers.execute(() -> sweep(object));
        } catch (OutOfMemoryError noThreadOrNoMemory) {
            sweep(object);    // delays the other checks, but recovers the object
        }
    }

    private void sweep(Watched object) {
        try {
            object.liveness.sweep();
            object.failed = false;
        } catch (Throwable failed) {
            object.failed = true;
            failures.incrementAndGet();
        } finally {
            object.busy = false;
        }
    }
}
