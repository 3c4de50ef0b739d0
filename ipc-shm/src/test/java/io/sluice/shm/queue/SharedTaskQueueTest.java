package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.Peer;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Leases, acknowledgements, and the wait for the end of all work.
@Timeout(120)
class SharedTaskQueueTest {
    private static final int CAPACITY = 8;

    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();
    private final Threads threads = sandbox.with(Threads.platform());
    private SharedTaskQueue<Integer> tasks;

    @BeforeEach
    void openTheQueue() {
        tasks = tasks(space);
    }

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private static SharedTaskQueue<Integer> tasks(SharedSpace space) {
        return space.taskQueue("t", Codec.ints(), CAPACITY);
    }

    /// A leased element is not offered to others, and keeps its place until it is acknowledged.
    @Test
    void aLeasedElementKeepsItsPlace() throws InterruptedException {
        for (int i = 0; i < CAPACITY; i++) {
            tasks.put(i);
        }
        assertThat(tasks.take()).isZero();
        assertThat(tasks.poll()).isEqualTo(1);
        assertThat(tasks.poll(1, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(tasks.leased()).isEqualTo(3);
        assertThat(tasks.size()).isEqualTo(CAPACITY - 3);
        assertThat(tasks.offer(8)).isFalse();
        assertThat(tasks.offer(8, 0, TimeUnit.SECONDS)).isFalse();
        assertThat(tasks).hasToString("SharedTaskQueue[t, 5 waiting, 3 leased here, of 8, Integer]");
        tasks.taskDone();
        assertThat(tasks.leased()).isEqualTo(2);
        assertThat(tasks.offer(8)).isTrue();
        assertThat(tasks.offer(9)).isFalse();
    }

    /// One `taskDone` for each take; one too many throws.
    @Test
    void tooManyAcknowledgementsAreRefused() throws InterruptedException {
        assertThatThrownBy(tasks::taskDone)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("task queue 't': taskDone() was called more often than elements were taken through this "
                        + "handle; call it once for each");
        tasks.put(1);
        assertThatThrownBy(tasks::taskDone).isInstanceOf(IllegalStateException.class);
        tasks.take();
        tasks.taskDone();
        assertThatThrownBy(tasks::taskDone).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(tasks::giveBack)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("task queue 't': nothing is leased through this handle");
    }

    /// An element that is given back is offered again, before later ones.
    @Test
    void whatIsGivenBackComesAgain() throws InterruptedException {
        tasks.put(1);
        tasks.put(2);
        assertThat(tasks.take()).isEqualTo(1);
        tasks.giveBack();
        assertThat(tasks.givenBack()).isEqualTo(1);
        assertThat(tasks.take()).isEqualTo(1);
        assertThat(tasks.take()).isEqualTo(2);
        tasks.taskDone();
        tasks.taskDone();
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
    }

    /// A thread acknowledges its own oldest lease first; a thread without one acknowledges for the others.
    @Test
    void aThreadAcknowledgesItsOwn() throws InterruptedException {
        tasks.put(1);
        tasks.put(2);
        tasks.take();
        SharedTaskQueue<Integer> queue = tasks;
        threads.call(desk -> {
            assertThat(queue.hasLease()).as("of another thread").isFalse();
            queue.take();
            assertThat(queue.hasLease()).isTrue();
            queue.giveBack();
            assertThat(queue.hasLease()).isFalse();
            return null;
        });
        assertThat(tasks.hasLease()).isTrue();
        assertThat(tasks.poll()).isEqualTo(2);
        threads.call(desk -> {
            queue.taskDone();
            return null;
        });
        tasks.giveBack();
        assertThat(tasks.poll()).isEqualTo(2);
    }

    /// `join` waits for the last acknowledgement, in whichever process; with a time-out no longer than that.
    @Test
    void joinWaitsUntilAllIsDone() throws InterruptedException {
        String home = root;
        tasks.join();
        for (int i = 0; i < CAPACITY; i++) {
            tasks.put(i);
        }
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isFalse();
        long start = System.nanoTime();
        assertThat(tasks.join(30, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
        SharedTaskQueue<Integer> queue = tasks;
        Reply<Object> joiner = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            queue.join();
            return null;
        }).awaitWaiting();
        Peer worker = sandbox.peer();
        worker.call(desk -> {
            SharedTaskQueue<Integer> there = tasks(desk.space(home));
            for (int i = 0; i < CAPACITY; i++) {
                there.take();
                if (i < CAPACITY - 1) {
                    there.taskDone();
                }
            }
            desk.keep("t", there);
            return null;
        });
        assertThat(tasks.size()).isZero();
        assertThat(joiner.isDone()).isFalse();
        worker.call(desk -> {
            desk.kept("t", SharedTaskQueue.class).taskDone();
            return null;
        });
        joiner.get();
        assertThat(tasks.join(1, TimeUnit.DAYS)).isTrue();
    }

    /// An interrupt ends `join`, and a close of the handle does.
    @Test
    void joinEndsWithAnInterruptAndWithTheHandle() throws InterruptedException {
        tasks.put(1);
        SharedTaskQueue<Integer> queue = tasks;
        Reply<Object> first = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            queue.join();
            return null;
        }).awaitWaiting();
        first.interrupt();
        assertThat(first.failure()).isInstanceOf(InterruptedException.class);
        Reply<Object> second = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            return queue.join(1, TimeUnit.DAYS);
        }).awaitWaiting();
        tasks.close();
        assertThat(second.failure()).isInstanceOf(ClosedException.class).hasMessageContaining("closed");
    }

    /// Closing a handle gives back what was leased through it, and only that.
    @Test
    void closingAHandleGivesItsLeasesBack() throws InterruptedException {
        String home = root;
        for (int i = 0; i < 4; i++) {
            tasks.put(i);
        }
        Peer worker = sandbox.peer();
        worker.call(desk -> {
            SharedTaskQueue<Integer> there = tasks(desk.space(home));
            there.take();
            there.take();
            there.close();
            there.close();
            return null;
        });
        List<Integer> all = new ArrayList<>();
        for (Integer task = tasks.poll(); task != null; task = tasks.poll()) {
            all.add(task);
        }
        assertThat(all).containsExactlyInAnyOrder(0, 1, 2, 3);
        SharedTaskQueue<Integer> second = tasks(space);
        tasks.close();
        assertThatThrownBy(tasks::take).isInstanceOf(ClosedException.class);
        assertThatThrownBy(tasks::taskDone).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> tasks.put(1)).isInstanceOf(ClosedException.class);
        assertThat(second.size()).isEqualTo(4);
        assertThat(tasks).hasToString("SharedTaskQueue[t, closed]");
    }

    /// A consumer is killed with leases: others get what it had, and `join` ends when they have finished.
    @Test
    void leasesOfAKilledConsumerAreHandedOutAgain() throws InterruptedException {
        String home = root;
        for (int i = 0; i < CAPACITY; i++) {
            tasks.put(i);
        }
        Peer victim = sandbox.peer();
        List<Integer> leased = victim.call(desk -> {
            SharedTaskQueue<Integer> there = tasks(desk.space(home));
            return new ArrayList<>(List.of(there.take(), there.take(), there.take()));
        });
        assertThat(leased).containsExactly(0, 1, 2);
        SharedTaskQueue<Integer> queue = tasks;
        Reply<Object> joiner = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            queue.join();
            return null;
        }).awaitWaiting();
        victim.close();
        Peer survivor = sandbox.peer();
        Reply<List<Integer>> there = survivor.start(desk -> work(tasks(desk.space(home))));
        Reply<List<Integer>> here = threads.start(desk -> work(queue));
        joiner.get();
        tasks.shutdown();
        List<Integer> done = new ArrayList<>(there.get());
        done.addAll(here.get());
        assertThat(done).containsExactlyInAnyOrderElementsOf(IntStream.range(0, CAPACITY).boxed().toList());
        assertThat(tasks.givenBack()).isEqualTo(3);
        sandbox.leaveNothing();
    }

    private static List<Integer> work(SharedTaskQueue<Integer> queue) throws InterruptedException {
        List<Integer> done = new ArrayList<>();
        try {
            for (;;) {
                done.add(queue.take());
                queue.taskDone();
            }
        } catch (ShutdownException end) {
            return done;
        }
    }

    /// After a shutdown the elements left are handed out, then comes the end; `join` does not wait for tasks that no
    /// consumer will do.
    @Test
    void aShutdownLetsTheRestBeDone() throws InterruptedException {
        tasks.put(1);
        tasks.shutdown();
        assertThat(tasks.isShutdown()).isTrue();
        assertThatThrownBy(() -> tasks.put(2)).isInstanceOf(ShutdownException.class);
        assertThat(tasks.take()).isEqualTo(1);
        assertThat(tasks.poll(1, TimeUnit.DAYS)).isNull();
        assertThatThrownBy(tasks::take).isInstanceOf(ShutdownException.class);
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isFalse();
        tasks.giveBack();
        assertThat(tasks.take()).isEqualTo(1);
        tasks.taskDone();
        tasks.join();
    }

    /// A handle that a job captures opens the queue again in the other process.
    @Test
    void aHandleTravels() throws InterruptedException {
        tasks.put(7);
        SharedTaskQueue<Integer> queue = tasks;
        assertThat(sandbox.peer().<Integer>call(desk -> {
            int task = queue.take();
            queue.taskDone();
            return task;
        })).isEqualTo(7);
        assertThat(tasks.join(1, TimeUnit.SECONDS)).isTrue();
    }

    /// An element that another handle has passed is given back, also as often as a counter of eight bits would wrap.
    @Test
    void anElementThatComesBackAnyNumberOfTimesIsFound() throws InterruptedException {
        SharedSpace other = sandbox.open();
        SharedTaskQueue<Integer> idle = tasks(other);
        for (int times : new int[] {1, 255, 256, 257, 512}) {
            tasks.put(1);
            tasks.put(2);
            assertThat(idle.take()).isEqualTo(1);
            assertThat(idle.take()).isEqualTo(2);
            idle.giveBack();
            for (int i = 1; i < times; i++) {
                assertThat(tasks.poll()).isEqualTo(1);
                tasks.giveBack();
            }
            assertThat(idle.poll()).as("given back %d times", times).isEqualTo(1);
            idle.taskDone();
            idle.taskDone();
        }
    }
}
