package io.sluice.shm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.memory.Memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

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

    /// A word that holds something else is no reason to sleep.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChangedWordReturnsAtOnce(boolean virtual) throws InterruptedException {
        start(virtual, () -> Futex.INSTANCE.park(word, 1, LONG)).join();
    }

    /// Nobody wakes: the sleep lasts as long as asked.
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
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-D" + VirtualSleepers.NO_WAITV + "=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OldKernel.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(output).isZero();
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

    /// An interrupt ends no sleep before its time and is still there afterwards.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptIsKept(boolean virtual) throws InterruptedException {
        long nanos = TimeUnit.MILLISECONDS.toNanos(30);
        long[] slept = new long[1];
        boolean[] interrupted = new boolean[1];
        start(virtual, () -> {
            Thread.currentThread().interrupt();
            long start = System.nanoTime();
            Futex.INSTANCE.park(word, 0, nanos);
            slept[0] = System.nanoTime() - start;
            interrupted[0] = Thread.interrupted();
        }).join();
        assertThat(interrupted[0]).isTrue();
        assertThat(slept[0]).isGreaterThanOrEqualTo(nanos / 2); // the kernel may come early for a signal
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
