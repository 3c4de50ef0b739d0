package io.sluice.shm.linux;

import io.sluice.core.memory.Memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// How virtual threads sleep on shared words without pinning their carriers: they park in Java, and a daemon thread,
/// the watcher, sleeps for them with `futex_waitv(2)` on their words and on a word of its own.
///
/// One call of the kernel watches 128 words. Sleepers on the same word share one; for more words there are more
/// watchers. A kernel before 5.16 has no such call: there one watcher checks all words every millisecond. A watcher
/// ends when no thread has slept for a second, and the next sleeper starts another one.
final class VirtualSleepers {
    /*
     * No lost wake-up. A sleeper enters the list of a word under LOCK, after it has read there that the word is as
     * expected. Either the word is new to its watcher; then the sleeper changes the watcher's own word afterwards and
     * wakes it, so that the watcher never sleeps on a list that lacks the word. Or the watcher has the word already,
     * with the same expected value: then the kernel watches it, or will before the watcher sleeps, and compares the
     * value once more. A word that has moved has another expected value: it is entered as a new one, and the old entry,
     * which its watcher finds moved at its next check, has the old sleepers.
     *
     * A watcher reads words that have sleepers, under LOCK, and no others: a sleeper that has left may give up the
     * memory. A watcher that is given such an address by its last list gets an error from the kernel, and checks again.
     *
     * Failures. The steps that need memory or a thread come before the sleeper is entered. If one fails, the sleeper
     * waits a millisecond by itself, and its caller checks again. Sleepers to be woken stand in a list until they have
     * been woken; if that fails, the watcher tries again a millisecond later.
     */
    /// System property that makes tests behave as on an old kernel.
    static final String NO_WAITV = "sluice.test.no-futex-waitv";

    /// The kernel watches 128 words at once; one is the watcher's own.
    private static final int MOST = 127;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    // struct futex_waitv { u64 value; u64 address; u32 flags; u32 reserved }
    private static final long ENTRY_BYTES = 24;
    // For a watcher's own word too: a wake call without the private flag does not find a private sleeper.
    private static final int SHARED_32_BITS = 2;

    private static final long CLOCK_MONOTONIC = 1;

    private static final Object LOCK = new Object();
    /// The word at an address, as new sleepers find it; guarded by LOCK.
    private static final Map<Long, Word> WORDS = new HashMap<>();
    /// The running watchers; guarded by LOCK.
    private static final List<VirtualSleepers> WATCHERS = new ArrayList<>();
    private static volatile boolean supported = !Boolean.getBoolean(NO_WAITV);

    private final MemorySegment own = Arena.ofAuto().allocate(8, 8);
    private final MemorySegment entries = Arena.ofAuto().allocate(ENTRY_BYTES * (MOST + 1), 8);
    private final MemorySegment deadline = Arena.ofAuto().allocate(16, 8);
    /// Difference from the clock of `System.nanoTime` to the kernel's, which promise no common origin.
    private final long clockNanos = Clock.monotonicNanos() - System.nanoTime();
    /// All words that are watched here, or will be from the next check on; guarded by LOCK.
    private final List<Word> words = new ArrayList<>();
    private long emptySinceNanos = System.nanoTime();

    // Used by the watcher only.
    private final Word[] watched = new Word[MOST];
    private Sleeper toWake;

    private VirtualSleepers() {}

    /// A word at one of its values, with all its sleepers; guarded by LOCK.
    private static final class Word {
        final VirtualSleepers watcher;
        final long address;
        final int expected;
        Sleeper first;

        Word(VirtualSleepers watcher, long address, int expected) {
            this.watcher = watcher;
            this.address = address;
            this.expected = expected;
        }

        boolean isOver() {
            return first == null || Memory.getIntVolatile(address) != expected;
        }
    }

    /// One virtual thread asleep: in the list of its word, then in that of those to be woken. Guarded by LOCK, but for
    /// `next` of one to be woken, which is the watcher's.
    private static final class Sleeper {
        final Thread thread = Thread.currentThread();
        /// Null when the sleeper was woken or has left; written under LOCK.
        volatile Word word;
        Sleeper previous;
        Sleeper next;

        void enter(Word to) {
            next = to.first;
            if (next != null) {
                next.previous = this;
            }
            to.first = this;
            word = to;
        }

        void leave() {
            if (previous == null) {
                word.first = next;
            } else {
                previous.next = next;
            }
            if (next != null) {
                next.previous = previous;
            }
            word = null;
        }
    }

    // For sleepers.

    /// Parks the calling virtual thread until it is woken, interrupted, or its time is up. An interrupt stays set.
    static void park(long address, int expected, long nanos) {
        long start = System.nanoTime();
        Sleeper self;
        VirtualSleepers watcher;
        try {
            self = new Sleeper();
            watcher = enter(self, address, expected);
        } catch (OutOfMemoryError noMemoryOrNoThread) {
            LockSupport.parkNanos(Math.min(nanos, POLL_NANOS));
            return;
        }
        if (watcher != null) {
            watcher.kick();
        }
        for (long left = nanos;
                left > 0 && self.word != null && !self.thread.isInterrupted();
                left = nanos - (System.nanoTime() - start)) {
            LockSupport.parkNanos(self, left);
        }
        if (self.word != null) {
            leave(self);
        }
    }

    /// Enters a sleeper, unless its word has moved.
    ///
    /// @return the watcher that must check its words again, or null
    private static VirtualSleepers enter(Sleeper self, long address, int expected) {
        synchronized (LOCK) {
            if (Memory.getIntVolatile(address) != expected) {
                return null;
            }
            Word word = WORDS.get(address);
            if (word != null && word.expected == expected) {
                self.enter(word);
                return null;
            }
            Word fresh = new Word(withRoom(), address, expected);
            fresh.watcher.words.add(fresh);
            WORDS.put(address, fresh);   // if that fails: a word without sleepers, which the next check drops
            self.enter(fresh);
            return fresh.watcher;
        }
    }

    private static void leave(Sleeper self) {
        synchronized (LOCK) {
            if (self.word != null) {
                self.leave();
            }
        }
    }

    private static VirtualSleepers withRoom() {
        for (VirtualSleepers watcher : WATCHERS) {
            if (watcher.hasRoom()) {
                return watcher;
            }
        }
        VirtualSleepers fresh = new VirtualSleepers();
        WATCHERS.add(fresh);
        boolean started = false;
        try {
            Thread.ofPlatform().daemon().inheritInheritableThreadLocals(false).name("sluice-virtual-sleepers")
                    .start(fresh::watch);
            started = true;
        } finally {
            if (!started) {
                WATCHERS.remove(fresh);
            }
        }
        return fresh;
    }

    private boolean hasRoom() {
        if (supported && words.size() >= MOST) {
            dropEmpty();
        }
        return !supported || words.size() < MOST;
    }

    /// Makes the watcher check its words again.
    private void kick() {
        Memory.getAndAddInt(own.address(), 1);
        Futex.INSTANCE.unpark(own.address());
    }

    // The watcher.

    private void watch() {
        for (;;) {
            try {
                wakeListed();
                int before = Memory.getIntVolatile(own.address()); // first: a later sleeper changes it
                int count = checkWords();
                if (count < 0) {
                    return;
                }
                if (toWake == null) {
                    sleep(before, count);
                }
            } catch (Throwable retry) {     // probably out of memory; nothing is lost, see above
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private void wakeListed() {
        while (toWake != null) {
            LockSupport.unpark(toWake.thread);
            toWake = toWake.next;
        }
    }

    /// Notes which sleepers to wake and which words to watch.
    ///
    /// @return how many words, or -1 if this watcher has ended
    private int checkWords() {
        synchronized (LOCK) {
            for (int i = words.size() - 1; i >= 0; i--) {
                Word word = words.get(i);
                if (word.isOver()) {
                    drop(i);
                    takeSleepers(word);
                }
            }
            if (!words.isEmpty()) {
                emptySinceNanos = System.nanoTime();
            } else if (System.nanoTime() - emptySinceNanos >= LINGER_NANOS && toWake == null) {
                WATCHERS.remove(this);
                return -1;
            }
            int count = supported ? Math.min(words.size(), MOST) : 0;
            for (int i = 0; i < MOST; i++) {
                watched[i] = i < count ? words.get(i) : null;
            }
            return supported ? count : words.size();
        }
    }

    private void dropEmpty() {
        for (int i = words.size() - 1; i >= 0; i--) {
            if (words.get(i).first == null) {
                drop(i);
            }
        }
    }

    /// Takes a word out. The last one takes its place: the order does not matter.
    private void drop(int index) {
        Word dropped = words.get(index);
        Word last = words.removeLast();
        if (index < words.size()) {
            words.set(index, last);
        }
        WORDS.remove(dropped.address, dropped);
    }

    private void takeSleepers(Word from) {
        while (from.first != null) {
            Sleeper sleeper = from.first;
            sleeper.leave();
            sleeper.next = toWake;
            toWake = sleeper;
        }
    }

    private void sleep(int before, int count) {
        if (count == 0 || !supported) {
            Futex.sleep(own.address(), before, count == 0 ? LINGER_NANOS : POLL_NANOS);
            return;
        }
        put(0, before, own.address());
        for (int i = 0; i < count; i++) {
            put(i + 1, watched[i].expected, watched[i].address);
        }
        long result = waitForAny(count + 1);
        if (result > 0 && result <= count) {
            synchronized (LOCK) {
                takeSleepers(watched[(int) result - 1]);
            }
        } else if (result == -Errno.ENOSYS) {
            supported = false;
        } else if (result < 0 && result != -Errno.EAGAIN && result != -Errno.EINTR && result != -Errno.ETIMEDOUT) {
            Futex.sleep(own.address(), before, POLL_NANOS); // a bad word must not make this loop spin
        }
    }

    private void put(int index, int expected, long address) {
        long offset = index * ENTRY_BYTES;
        entries.set(ValueLayout.JAVA_LONG, offset, Integer.toUnsignedLong(expected));
        entries.set(ValueLayout.JAVA_LONG, offset + 8, address);
        entries.set(ValueLayout.JAVA_INT, offset + 16, SHARED_32_BITS);
        entries.set(ValueLayout.JAVA_INT, offset + 20, 0);
    }

    /// The index of a word that was woken, or a negative error number. Not longer than LINGER_NANOS: sleepers that
    /// leave by themselves say nothing, and the last one of them leaves nothing to watch.
    private long waitForAny(int count) {
        long end = System.nanoTime() + clockNanos + LINGER_NANOS;
        deadline.set(ValueLayout.JAVA_LONG, 0, end / 1_000_000_000);
        deadline.set(ValueLayout.JAVA_LONG, 8, end % 1_000_000_000);
        return Native.syscall(
                Linux.SYS_FUTEX_WAITV, entries.address(), count, 0, deadline.address(), CLOCK_MONOTONIC, 0);
    }
}
