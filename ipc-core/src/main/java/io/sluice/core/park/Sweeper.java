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

/// The one thread of a process that looks around for all who sleep long, so that they can sleep on.
final class Sweeper {
    /*
     * A wait that outlasts its first slice is entered here, and its thread then sleeps in long pieces. Every
     * PERIOD_NANOS the sweeper looks, for all of them,
     *
     *   - at the interrupt flag of each platform thread: the kernel's sleep does not end with it;
     *   - at the word of each sleeper: where it moved and the sleeper sleeps on, the call is repeated;
     *   - once at each object: whether an owner has died.
     *
     * It changes nothing in shared memory, so its death, or that of its process, leaves nothing behind.
     *
     * What it may do itself is short: the looks, and system calls that wake. The recovery of an object may take long,
     * and users of the object may hold its locks; so helpers do it, a few threads that end when they are not needed,
     * and one object at a time has one helper at most. An object whose recovery does not get on holds up itself.
     *
     * The book is guarded by one lock, which is held for as long as a look at all sleepers takes, without a system
     * call. The words of sleepers are read under the lock only: a sleeper that has left may give up its memory.
     *
     * Failures. An exception or error of one object is counted, and its sleepers are told, so that they sweep for
     * themselves and throw what the sweep throws. Where no thread can be started, or this one is late, a sleeper is
     * told that it is not looked after, and goes on in short slices, as everyone does in the first one.
     *
     * The thread ends when the book has been empty for LINGER_NANOS, and the next sleeper starts another one. It is
     * a daemon, and inherits neither thread-locals nor the class loader of the thread that happened to be the first.
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
    /// When the sweeper looked last; a sleeper that finds this long ago looks for itself.
    private volatile long lookedNanos;

    // The book, guarded by `this`.
    private Sleeper[] sleepers = new Sleeper[16];
    private int count;
    private final IdentityHashMap<Liveness, Watched> objects = new IdentityHashMap<>();
    private Thread thread;
    private long emptySinceNanos;
    private long refusedNanos = System.nanoTime() - LINGER_NANOS;

    // The sweeper's own, from one look to the calls that follow it.
    private final Map<Long, Call> calls = new HashMap<>();
    private final List<Watched> toLookAt = new ArrayList<>();

    Sweeper(ThreadFactory threads) {
        this.threads = threads;
        this.helpers = new ThreadPoolExecutor(
                HELPERS, HELPERS, LINGER_NANOS, TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>(), threads);
        helpers.allowCoreThreadTimeOut(true);
    }

    /// One thread in the book.
    static final class Sleeper {
        private final Thread thread = Thread.currentThread();
        private final boolean interruptsItself = thread.isVirtual();
        private final EventCount events;
        private final Watched object;
        private int index;
        /// The word it sleeps on; its own to write.
        volatile int announced;
        /// Where the sweeper found the word moved at its last look, or the announced word.
        private int movedTo;

        private Sleeper(EventCount events, Watched object) {
            this.events = events;
            this.object = object;
            this.announced = events.word();
            this.movedTo = announced;
        }
    }

    /// One object that sleepers wait for.
    private static final class Watched {
        final Liveness liveness;
        int sleepers;
        /// A helper is at it.
        volatile boolean busy;
        /// The last sweep, or the look before it, threw.
        volatile boolean failed;

        Watched(Liveness liveness) {
            this.liveness = liveness;
        }
    }

    /// What is to be done for one word: everyone looks again, or the call that moved it is repeated.
    private record Call(EventCount events, boolean all, int word) {}

    // For sleepers.

    /// Enters the calling thread. Allocates.
    ///
    /// @return its entry, for [#leave]; null if there is no sweeper to look after it, now or at all
    Sleeper enter(EventCount events, Liveness liveness) {
        try {
            return entered(events, liveness);
        } catch (OutOfMemoryError noThreadOrNoMemory) {
            failures.incrementAndGet();
            return null;
        }
    }

    private synchronized Sleeper entered(EventCount events, Liveness liveness) {
        // All that can fail comes first; what follows it is assignments.
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

    /// Starts the thread, but does not try it again at once when the system has refused.
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
        lookedNanos = now;
        emptySinceNanos = now;
        thread = fresh;
        return true;
    }

    /// Whether the calling thread may sleep long: the sweeper is there, and has no trouble with the object.
    boolean isLookedAfter(Sleeper self) {
        return System.nanoTime() - lookedNanos < LATE_NANOS && !self.object.failed;
    }

    /// Takes the calling thread out of the book; afterwards its word is not read any more. Never fails.
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

    /// How often a look or a sweep threw, or no thread could be had.
    long failures() {
        return failures.get();
    }

    // The sweeper.

    private void run() {
        try {
            for (boolean goOn = true; goOn;) {
                long begun = System.nanoTime();
                try {
                    goOn = look();
                    calls.values().forEach(this::make);
                    toLookAt.forEach(object -> lookAt(object, begun));
                    lookedNanos = System.nanoTime();    // not after a failure: then sleepers look for themselves
                } catch (Throwable failed) {
                    failures.incrementAndGet();
                }
                LockSupport.parkNanos(this, PERIOD_NANOS - (System.nanoTime() - begun));
                boolean _ = Thread.interrupted();       // means nothing here, and would end the next park at once
            }
        } finally {
            synchronized (this) {
                if (Thread.currentThread().equals(thread)) {
                    thread = null;
                }
            }
        }
    }

    /// Looks at all sleepers, and notes which words to call and which objects to look at.
    ///
    /// @return false if this thread has ended: the next sleeper starts another one
    private synchronized boolean look() {
        calls.clear();
        toLookAt.clear();
        boolean idle = count == 0 && System.nanoTime() - emptySinceNanos >= LINGER_NANOS;
        if (idle || !Thread.currentThread().equals(thread)) {
            thread = idle ? null : thread;
            return false;
        }
        for (int i = 0; i < count; i++) {
            lookAt(sleepers[i]);
        }
        toLookAt.addAll(objects.values());
        return true;
    }

    private void lookAt(Sleeper sleeper) {
        EventCount events = sleeper.events;
        if (!sleeper.interruptsItself && sleeper.thread.isInterrupted()) {
            calls.put(events.address(), new Call(events, true, 0));
        }
        int announced = sleeper.announced;
        int word = events.word();
        if (word == announced) {
            sleeper.movedTo = announced;
        } else if (sleeper.movedTo == announced) {
            sleeper.movedTo = word;      // seen for the first time: most probably it is waking up
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

    private void lookAt(Watched object, long sinceNanos) {
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
            sweep(object);    // late for the others, but better than not at all
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
