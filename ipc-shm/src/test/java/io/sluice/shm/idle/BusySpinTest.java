package io.sluice.shm.idle;


import io.sluice.core.idle.WaitStrategy;
import io.sluice.shm.OwnJvm;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.space.SpaceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Virtual threads that spin, on every carrier that there is.
@Timeout(120)
class BusySpinTest {
    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// They wait for another virtual thread, which needs a carrier: in a JVM with one carrier, whose exit code tells
    /// whether they have ended.
    @Test
    void spinningVirtualThreadsLeaveOthersRoomToRun() throws IOException, InterruptedException {
        var _ = OwnJvm.run(
                Child.class,
                List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
                sandbox.root());
    }

    /// Runs in a JVM of its own.
    static final class Child {
        private static final int SPINNERS = 3;
        private static final Duration WATCHDOG = Duration.ofSeconds(30);

        private Child() {}

        public static void main(String[] arguments) throws InterruptedException {
            SharedSpace space = SharedSpace.open(
                    "spin", SpaceOptions.under(Path.of(arguments[0])));
            SharedSemaphore semaphore = space.with(WaitStrategy.BUSY_SPIN).semaphore("s", 0);
            CountDownLatch spinning = new CountDownLatch(SPINNERS);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < SPINNERS; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    spinning.countDown();
                    semaphore.acquireUninterruptibly();
                }));
            }
            boolean ended = true;
            if (spinning.await(WATCHDOG.toSeconds(), TimeUnit.SECONDS)) {
                Thread.ofVirtual().start(() -> semaphore.release(SPINNERS));
            }
            for (Thread thread : threads) {
                ended &= thread.join(WATCHDOG);
            }
            Runtime.getRuntime().halt(ended ? 0 : 1);
        }
    }
}
