package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.logging.Logged;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The proof of [EventLoop], step by step.
@Timeout(300)
class EventLoopTest {
    private static final int THREADS = 4;
    private static final int EACH = 50_000;

    /// The counters are plain: a second thread among the events, or a missing happens-before, loses increments.
    @Test
    void eventsOfManyThreadsRunOneAtATimeInTheOrderOfEachThread() throws InterruptedException {
        int[] lastOf = new int[THREADS];
        int[] total = new int[1];
        int[] running = new int[1];
        AtomicInteger outOfOrder = new AtomicInteger();
        AtomicInteger overlapping = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(THREADS * EACH);
        EventLoop loop = new EventLoop(() -> {});
        List<Thread> posters = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int poster = t;
            posters.add(Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= EACH; i++) {
                    int number = i;
                    loop.post(() -> {
                        if (running[0]++ != 0) {
                            overlapping.incrementAndGet();
                        }
                        if (lastOf[poster] != number - 1) {
                            outOfOrder.incrementAndGet();
                        }
                        lastOf[poster] = number;
                        total[0]++;
                        running[0]--;
                        done.countDown();
                    });
                }
            }));
        }
        for (Thread poster : posters) {
            poster.join();
        }
        done.await();
        assertThat(total[0]).isEqualTo(THREADS * EACH);
        assertThat(overlapping).hasValue(0);
        assertThat(outOfOrder).hasValue(0);
    }

    @Test
    void aPostWithoutCompetitionReturnsAfterItsEventAndTheStepAfterIt() {
        List<String> steps = new ArrayList<>();
        EventLoop loop = new EventLoop(() -> steps.add("after"));
        loop.post(() -> steps.add("event"));
        assertThat(steps).containsExactly("event", "after");
    }

    @Test
    void anEventThatAnEventPostsRunsAfterItAndNotWithinIt() {
        List<String> steps = new ArrayList<>();
        EventLoop loop = new EventLoop(() -> {});
        loop.post(() -> {
            steps.add("outer begins");
            loop.post(() -> steps.add("inner"));
            steps.add("outer ends");
        });
        assertThat(steps).containsExactly("outer begins", "outer ends", "inner");
    }

    @Test
    void anEventPostedByTheStepAfterARoundRunsAsWell() {
        List<String> steps = new ArrayList<>();
        EventLoop[] loop = new EventLoop[1];
        loop[0] = new EventLoop(() -> {
            if (steps.size() == 1) {
                loop[0].post(() -> steps.add("posted by the step"));
            }
        });
        loop[0].post(() -> steps.add("first"));
        assertThat(steps).containsExactly("first", "posted by the step");
    }

    @Test
    void anEventThatThrowsIsLoggedAndTheNextOneRuns() {
        IllegalStateException failure = new IllegalStateException("thrown by the test");
        AtomicBoolean ran = new AtomicBoolean();
        try (Logged logged = new Logged("io.sluice.pool")) {
            EventLoop loop = new EventLoop(() -> {});
            loop.post(() -> {
                loop.post(() -> ran.set(true));
                throw failure;
            });
            assertThat(logged.failures()).containsExactly(failure);
        }
        assertThat(ran).isTrue();
    }

    /// The event posts itself again until it runs in another thread: so the post returns, and the events go on.
    @Test
    void aPosterThatHasDrainedManyRoundsHandsOverToAnotherThread() throws InterruptedException {
        Thread poster = Thread.currentThread();
        CountDownLatch handedOver = new CountDownLatch(1);
        EventLoop loop = new EventLoop(() -> {});
        loop.post(new Runnable() {
            @Override
            @SuppressWarnings("ReferenceEquality") // a thread is itself
            public void run() {
                if (Thread.currentThread() == poster) {
                    loop.post(this);
                } else {
                    handedOver.countDown();
                }
            }
        });
        handedOver.await();
    }

    /// Another thread is inside an event meanwhile.
    @Test
    void aCallReturnsAfterItsEvent() throws InterruptedException {
        EventLoop loop = new EventLoop(() -> {});
        var inside = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        Thread drainer = Thread.ofPlatform().start(() -> loop.post(() -> {
            inside.countDown();
            awaitUninterrupted(end);
        }));
        inside.await();
        var ran = new AtomicBoolean();
        var returned = new CountDownLatch(1);
        var seen = new AtomicBoolean();
        Thread caller = Thread.ofPlatform().start(() -> {
            Object _ = loop.call(() -> {
                ran.set(true);
                return null;
            });
            seen.set(ran.get());
            returned.countDown();
        });
        PoolTest.awaitWaiting(caller);
        assertThat(returned.getCount()).isEqualTo(1);
        end.countDown();
        returned.await();
        assertThat(seen).isTrue();
        drainer.join();
        caller.join();
    }

    /// A permit that is left behind would end the next park of the caller: a thread that calls and parks in turns would
    /// never sleep.
    @Test
    void aCallThatRunsItsOwnEventLeavesNoPermit() throws InterruptedException {
        EventLoop loop = new EventLoop(() -> {});
        Thread caller = Thread.ofPlatform().start(() -> {
            assertThat(loop.call(() -> 1)).isEqualTo(1);
            LockSupport.park();
        });
        PoolTest.awaitWaiting(caller);
        LockSupport.unpark(caller);
        caller.join();
    }

    /// Its caller gets what it throws, and the log does not; the loop goes on.
    @Test
    void aCallThrowsWhatItsEventThrows() {
        EventLoop loop = new EventLoop(() -> {});
        var noMemory = new OutOfMemoryError("thrown by the test");
        var refused = new IllegalStateException("thrown by the test");
        try (Logged logged = new Logged("io.sluice.pool")) {
            for (Throwable failure : List.of(noMemory, refused)) {
                assertThatThrownBy(() -> loop.call(() -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                })).isSameAs(failure);
            }
            assertThat(loop.call(() -> 1)).isEqualTo(1);
            assertThat(logged.failures()).isEmpty();
        }
    }

    /// An interrupt does not end the wait, and is kept.
    @Test
    void aCallKeepsAnInterrupt() {
        EventLoop loop = new EventLoop(() -> {});
        Thread.currentThread().interrupt();
        assertThat(loop.call(() -> 1)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    /// It cannot wait for itself.
    @Test
    void aCallOfAnEventRunsAfterTheEvent() {
        EventLoop loop = new EventLoop(() -> {});
        List<String> order = new ArrayList<>();
        Object outer = loop.call(() -> {
            Object inner = loop.call(() -> order.add("inner"));
            order.add("outer");
            return inner;
        });
        assertThat(outer).isNull();
        assertThat(loop.call(() -> order.add("next"))).isTrue();
        assertThat(order).containsExactly("outer", "inner", "next");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
