package io.sluice.shm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Waiter;
import io.sluice.shm.OwnJvm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sleeping on a word, for platform and for virtual threads.
@Timeout(60)
class FutexTest {
    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    // Never freed, like the range of a region: the watcher of virtual threads may look at a word a moment too long.
    private final long word = Arena.global().allocate(4096, 64).address();

    private static Thread start(boolean virtual, Runnable work) {
        return virtual ? Thread.ofVirtual().start(work) : Thread.ofPlatform().start(work);
    }

    /// A word that does not hold the expected value ends the call at once.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChangedWordReturnsAtOnce(boolean virtual) throws InterruptedException {
        start(virtual, () -> Futex.INSTANCE.park(word, 1, LONG)).join();
    }

    /// Without a wake-up the sleep lasts as long as asked.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSleepEndsWithItsTime(boolean virtual) throws InterruptedException {
        long start = System.nanoTime();
        long nanos = TimeUnit.MILLISECONDS.toNanos(30);
        start(virtual, () -> {
            while (System.nanoTime() - start < nanos) {
                Futex.INSTANCE.park(word, 0, nanos);
            }
        }).join();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
    }

    /// More sleepers than one call of the kernel can watch, on one word and on many: all are woken.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everySleeperIsWoken(boolean virtual) throws InterruptedException {
        int sleepers = virtual ? 300 : 20;
        CountDownLatch started = new CountDownLatch(sleepers);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < sleepers; i++) {
            long address = word + 4L * (i % 200);
            threads.add(start(virtual, () -> {
                started.countDown();
                while (Memory.getIntVolatile(address) == 0) {
                    Futex.INSTANCE.park(address, 0, LONG);
                }
            }));
        }
        started.await();
        for (int i = 0; i < 200; i++) {
            Memory.putIntVolatile(word + 4L * i, 1);
            Futex.INSTANCE.unpark(word + 4L * i);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /// Thousands of hand-overs between two threads on two words; a lost wake-up would hang here.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noWakeUpIsLost(boolean virtual) throws InterruptedException {
        handOver(virtual, 2_000);
    }

    private static void handOver(boolean virtual, int rounds) throws InterruptedException {
        long there = Arena.global().allocate(128, 64).address();
        long back = there + 64;
        Thread pong = start(virtual, () -> {
            for (int i = 1; i <= rounds; i++) {
                await(there, i);
                signal(back, i);
            }
        });
        Thread ping = start(virtual, () -> {
            for (int i = 1; i <= rounds; i++) {
                signal(there, i);
                await(back, i);
            }
        });
        ping.join();
        pong.join();
    }

    /// An old kernel cannot watch many words at once; virtual threads hand over all the same.
    @Test
    void noWakeUpIsLostOnAnOldKernel() throws IOException, InterruptedException {
        run("-D" + VirtualSleepers.NO_WAITV + "=true", OldKernel.class);
    }

    private static void run(String option, Class<?> main) throws IOException, InterruptedException {
        var _ = OwnJvm.run(main, List.of(option));
    }

    /// Runs in a JVM of its own.
    static final class OldKernel {
        public static void main(String[] arguments) throws InterruptedException {
            handOver(true, 50);
        }
    }

    private static void await(long address, int value) {
        for (int seen = Memory.getIntVolatile(address); seen < value; seen = Memory.getIntVolatile(address)) {
            Futex.INSTANCE.park(address, seen, LONG);
        }
    }

    private static void signal(long address, int value) {
        Memory.putIntVolatile(address, value);
        Futex.INSTANCE.unpark(address);
    }

    /// More sleeping virtual threads than there are carriers leave the others room to run.
    @Test
    void virtualSleepersDoNotHoldTheirCarriers() throws InterruptedException {
        int sleepers = 4 * Runtime.getRuntime().availableProcessors() + 300;
        List<Thread> threads = new ArrayList<>();
        CountDownLatch started = new CountDownLatch(sleepers);
        for (int i = 0; i < sleepers; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                started.countDown();
                while (Memory.getIntVolatile(word) == 0) {
                    Futex.INSTANCE.park(word, 0, LONG);
                }
            }));
        }
        started.await();
        Thread.ofVirtual().start(() -> signal(word, 1)).join();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /// An interrupt ends no sleep of a platform thread before its time, and is still there afterwards.
    @Test
    void anInterruptIsKept() throws InterruptedException {
        long nanos = TimeUnit.MILLISECONDS.toNanos(30);
        long[] slept = new long[1];
        boolean[] interrupted = new boolean[1];
        start(false, () -> {
            Thread.currentThread().interrupt();
            long start = System.nanoTime();
            Futex.INSTANCE.park(word, 0, nanos);
            slept[0] = System.nanoTime() - start;
            interrupted[0] = Thread.interrupted();
        }).join();
        assertThat(interrupted[0]).isTrue();
        assertThat(slept[0]).isGreaterThanOrEqualTo(nanos / 2); // the kernel may come early for a signal
    }

    /// An interrupt ends the sleep of a virtual thread, and is still there afterwards.
    @Test
    void anInterruptEndsTheSleepOfAVirtualThread() throws InterruptedException {
        boolean[] interrupted = new boolean[1];
        Thread sleeper = start(true, () -> {
            while (!Thread.currentThread().isInterrupted()) {
                Futex.INSTANCE.park(word, 0, LONG);
            }
            interrupted[0] = Thread.interrupted();
        });
        while (sleeper.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        sleeper.interrupt();
        sleeper.join();
        assertThat(interrupted[0]).isTrue();
    }

    /// In a process that may not use membarrier no sleep is long: it may have missed its wake-up.
    @Test
    void noSleepIsLongWithoutTheHeavyFence() throws IOException, InterruptedException {
        run("-D" + Membarrier.NO_MEMBARRIER + "=true", NoHeavyFence.class);
    }

    /// Runs in a JVM of its own.
    static final class NoHeavyFence {
        public static void main(String[] arguments) throws InterruptedException {
            long word = Arena.global().allocate(8, 8).address();
            for (boolean virtual : new boolean[] {false, true}) {
                start(virtual, () -> Futex.INSTANCE.park(word, 0, LONG)).join();
            }
        }
    }

    /// Without memory for one more thread, waiters go on waiting, and are woken.
    @Test
    void waitsGoOnWhereNoThreadCanBeStarted() throws IOException, InterruptedException {
        run("-Xss64m", NoMoreThreads.class);
    }

    /// Runs in a JVM of its own, which may use little more addresses than it does: too few for a stack of 64 MB.
    static final class NoMoreThreads {
        private static final int RLIMIT_AS = 9;
        private static final long SYS_PRLIMIT64 = Linux.SYS_FUTEX == 98 ? 261 : 302;
        private static final Liveness ALONE = new Liveness() {
            @Override
            public int self() {
                return 1;
            }

            @Override
            public void sweep() {}
        };

        public static void main(String[] arguments) throws Exception {
            Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
                failure.printStackTrace(System.out);
                Runtime.getRuntime().halt(1);
            });
            long word = Arena.global().allocate(256, 64).address();
            CountDownLatch limited = new CountDownLatch(1);
            List<Thread> waiters = new ArrayList<>();
            for (boolean virtual : new boolean[] {false, true}) {
                EventCount events = new EventCount(word, Futex.INSTANCE);
                Waiter waiter = new Waiter(events, ALONE, WaitStrategy.PARK, Wait.UNREPORTED);
                waiters.add(start(virtual, () -> {
                    try {
                        limited.await();
                        waiter.await(() -> Memory.getIntVolatile(word + 64) != 0, Waiter.FOREVER);
                    } catch (InterruptedException unexpected) {
                        throw new AssertionError(unexpected);
                    }
                }));
            }
            Thread.ofVirtual().start(() -> LockSupport.parkNanos(1)).join();     // the scheduler's own threads
            limit(ofProcess("VmSize:") + (48L << 20));
            try {
                Thread.ofPlatform().start(() -> {});
                throw new AssertionError("a thread could be started");
            } catch (OutOfMemoryError expected) {
                limited.countDown();
            }
            while (Waiter.failedSweeps() == 0) {
                Thread.sleep(1);       // until the platform thread has tried to get a sweeper
            }
            Memory.putIntVolatile(word + 64, 1);
            new EventCount(word, Futex.INSTANCE).signal();
            for (Thread waiter : waiters) {
                waiter.join();
            }
            limit(-1);
            handOver(true, 10);
            System.exit(0);
        }

        private static void limit(long bytes) {
            MemorySegment limits = Arena.global().allocate(16, 8);
            limits.set(ValueLayout.JAVA_LONG, 0, bytes);
            limits.set(ValueLayout.JAVA_LONG, 8, -1);
            Errno.check(Native.syscall(SYS_PRLIMIT64, 0, RLIMIT_AS, limits.address(), 0, 0, 0), "prlimit", "test");
        }

        private static long ofProcess(String field) throws IOException {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(field)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
            throw new AssertionError(field);
        }
    }

    /// A store before the heavy fence, or before the light one, is seen by the other side: never neither.
    @Test
    void oneOfTwoFencedSidesSeesTheOther() throws InterruptedException {
        int rounds = 20_000;
        long turn = word + 256;
        int[] heavySaw = new int[rounds];
        int[] lightSaw = new int[rounds];
        Thread heavy = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < rounds; i++) {
                meet(turn, 2 * i + 1);
                Memory.putIntOpaque(word, i + 1);
                Futex.INSTANCE.heavyFence();
                heavySaw[i] = Memory.getIntOpaque(word + 64);
            }
        });
        for (int i = 0; i < rounds; i++) {
            meet(turn, 2 * i + 1);
            Memory.putIntOpaque(word + 64, i + 1);
            Futex.INSTANCE.fence();
            lightSaw[i] = Memory.getIntOpaque(word);
        }
        heavy.join();
        for (int i = 0; i < rounds; i++) {
            assertThat(heavySaw[i] >= i + 1 || lightSaw[i] >= i + 1).as("round %d", i).isTrue();
        }
    }

    /// Both threads leave at about the same time.
    private static void meet(long turn, int expected) {
        if (Memory.getAndAddInt(turn, 1) + 1 < expected + 1) {
            while (Memory.getIntVolatile(turn) < expected + 1) {
                Thread.onSpinWait();
            }
        }
    }
}
