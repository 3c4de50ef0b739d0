package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The thread that keeps a JVM alive.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeeperTest {
    private static final int QUESTIONS = 5;

    @Test
    void afterAnErrorTheNextCallStartsAnotherThread() {
        AtomicInteger asked = new AtomicInteger();
        Keeper keeper = new Keeper("failing", () -> {
            if (asked.getAndIncrement() == 0) {
                throw new IllegalStateException("of the test");
            }
            return false;
        });
        while (asked.get() < 2) {
            keeper.keep();
            Thread.onSpinWait();
        }
        assertThat(asked.get()).isGreaterThan(1);
    }

    /// Whatever ends its parks early: a permit or an interrupt that the question leaves behind.
    @Test
    void itLingersBetweenItsQuestions() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(QUESTIONS);
        Keeper keeper = new Keeper("lingering", () -> {
            asked.countDown();
            LockSupport.unpark(Thread.currentThread());
            Thread.currentThread().interrupt();
            return asked.getCount() > 0;
        });
        long start = System.nanoTime();
        keeper.keep();
        asked.await();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(QUESTIONS * Keeper.LINGER_NANOS);
    }

    @Test
    void itInheritsNothingFromTheSubmittingThread() throws InterruptedException {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        local.set("of the caller");
        AtomicBoolean asked = new AtomicBoolean();
        AtomicBoolean inherited = new AtomicBoolean();
        Keeper keeper = new Keeper("alone", () -> {
            inherited.set(local.get() != null);
            asked.set(true);
            return false;
        });
        keeper.keep();
        while (!asked.get()) {
            Thread.sleep(1);
        }
        assertThat(inherited).isFalse();
    }
}
