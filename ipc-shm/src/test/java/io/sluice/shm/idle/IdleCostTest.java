package io.sluice.shm.idle;


import io.sluice.shm.OwnJvm;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// CPU time of a thousand threads that wait for an event that never happens, measured by their own process.
@Timeout(180)
class IdleCostTest {
    private static final int WAITERS = 1000;
    /// Each of the six costs a few percent of a core, and cost up to 150 % when each waiter looked for itself.
    private static final double BOUND = 0.10;
    private static final int WINDOWS = 20;

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// Platform and virtual threads, on one object and on as many as there are threads.
    @Test
    void aThousandIdleWaitersCostNearlyNothing() throws IOException, InterruptedException {
        var _ = OwnJvm.run(Child.class, List.of("-Xss256k"), sandbox.root());
    }

    /// Runs in a JVM of its own, and exits with 1 if anything costs more than the bound.
    static final class Child {
        private final SharedSpace space;
        private boolean cheap = true;

        private Child(SharedSpace space) {
            this.space = space;
        }

        public static void main(String[] arguments) throws InterruptedException {
            try (SharedSpace space = SharedSpace.open("idle", SpaceOptions.under(Path.of(arguments[0])))) {
                Child child = new Child(space);
                child.measureAll();
                System.out.flush();
                Runtime.getRuntime().halt(child.cheap ? 0 : 1);
            }
        }

        private void measureAll() throws InterruptedException {
            SharedSemaphore one = space.semaphore("one", 0);
            List<SharedSemaphore> many = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                many.add(space.semaphore("many-" + i, 0));
            }
            Lock lock = space.lock("lock");
            for (boolean virtual : new boolean[] {false, true}) {
                measure(virtual, "one semaphore", i -> one.acquire());
                measure(virtual, "a semaphore each", i -> many.get(i).acquire());
                lock.lock();
                try {
                    measure(virtual, "one lock", i -> lock.lockInterruptibly());
                } finally {
                    lock.unlock();
                }
            }
        }

        private interface Wait {
            void begin(int number) throws InterruptedException;
        }

        private void measure(boolean virtual, String what, Wait wait) throws InterruptedException {
            CountDownLatch begun = new CountDownLatch(WAITERS);
            List<Thread> waiters = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                int number = i;
                Runnable work = () -> {
                    begun.countDown();
                    try {
                        wait.begin(number);
                        throw new AssertionError("a wait ended that must not end");
                    } catch (InterruptedException end) {
                        return;
                    }
                };
                waiters.add(virtual ? Thread.ofVirtual().start(work) : Thread.ofPlatform().daemon().start(work));
            }
            begun.await();
            // The first windows pay for the start, for compilers and for whatever else the JVM does once.
            double least = Double.MAX_VALUE;
            for (int window = 0; window < WINDOWS && (window < 2 || least > BOUND); window++) {
                least = Math.min(least, window());
            }
            cheap &= least <= BOUND;
            System.out.printf("%d %s threads, %s: %.1f %% of a core%n",
                    WAITERS, virtual ? "virtual" : "platform", what, least * 100);
            waiters.forEach(Thread::interrupt);
            for (Thread waiter : waiters) {
                waiter.join();
            }
        }

        private static double window() throws InterruptedException {
            long begin = System.nanoTime();
            long spent = cpuNanos();
            TimeUnit.SECONDS.sleep(1);
            return (double) (cpuNanos() - spent) / (System.nanoTime() - begin);
        }

        private static long cpuNanos() {
            return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
        }
    }
}
