package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.Peer;
import io.sluice.shm.Points;
import io.sluice.shm.Reply;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A queue that is shut down at once: what is left is dropped, and nothing is handed out any more.
@Timeout(60)
class ShutdownNowTest {
    private final Sandbox sandbox = new Sandbox();
    private final String root = sandbox.root();
    private final SharedSpace space = sandbox.open();
    private final Threads threads = sandbox.with(Threads.platform());

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    private SharedQueue<byte[]> queue() {
        return space.queue("q", Codec.bytes(), 4);
    }

    private static void assertEnded(SharedQueue<byte[]> queue) throws InterruptedException {
        assertThat(queue.isShutdown()).isTrue();
        assertThat(queue.isEnded()).isTrue();
        assertThat(queue.size()).isZero();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.peek()).isNull();
        assertThat(queue.iterator()).isExhausted();
        assertThat(queue.drainTo(new ArrayList<>())).isZero();
        assertThat(queue.poll()).isNull();
        assertThat(queue.poll(1, TimeUnit.DAYS)).isNull();
        assertThatThrownBy(queue::take).isInstanceOf(ShutdownException.class);
        assertThatThrownBy(() -> queue.put(new byte[1])).isInstanceOf(ShutdownException.class);
        assertThatThrownBy(() -> queue.offer(new byte[1])).isInstanceOf(ShutdownException.class);
    }

    /// The number of elements is the answer, large ones included, whose files go; an ordinary shutdown changes nothing.
    @Test
    void whatIsLeftIsDroppedAndCounted() throws InterruptedException {
        SharedQueue<byte[]> queue = queue();
        queue.put(new byte[1]);
        queue.put(new byte[100_000]);
        queue.put(new byte[2]);
        assertThat(queue.shutdownNow()).isEqualTo(3);
        assertThat(queue.shutdownNow()).isZero();
        queue.shutdown();
        assertEnded(queue);
        assertThat(sandbox.files()).containsExactly("q");
        sandbox.leaveNothing();
    }

    /// After an ordinary shutdown, it drops the rest.
    @Test
    void anOrdinaryShutdownMayBeCutShort() throws InterruptedException {
        SharedQueue<byte[]> queue = queue();
        queue.put(new byte[1]);
        queue.shutdown();
        assertThat(queue.isEnded()).isFalse();
        assertThat(queue.shutdownNow()).isEqualTo(1);
        assertEnded(queue);
    }

    /// The waits of consumers and producers end.
    @Test
    void everyWaitEnds() {
        SharedQueue<byte[]> empty = queue();
        SharedQueue<byte[]> full = space.queue("full", Codec.bytes(), 1);
        full.add(new byte[1]);
        SharedTaskQueue<byte[]> tasks = space.taskQueue("t", Codec.bytes(), 1);
        Reply<byte[]> take = threads.<byte[]>start(desk -> {
            desk.tellWhenWaiting();
            return empty.take();
        }).awaitWaiting();
        Reply<Object> put = threads.<Object>start(desk -> {
            desk.tellWhenWaiting();
            full.put(new byte[2]);
            return null;
        }).awaitWaiting();
        assertThat(tasks.offer(new byte[1])).isTrue();
        Reply<String> join = threads.<String>start(desk -> {
            desk.tellWhenWaiting();
            tasks.join();
            return "over";
        }).awaitWaiting();
        assertThat(empty.shutdownNow()).isZero();
        assertThat(full.shutdownNow()).isEqualTo(1);
        assertThat(tasks.shutdownNow()).isEqualTo(1);
        assertThat(take.failure()).isInstanceOf(ShutdownException.class);
        assertThat(put.failure()).isInstanceOf(ShutdownException.class);
        assertThat(join.get()).isEqualTo("over");
    }

    /// The caller dies after it has set the flag: the queue has ended all the same, in every process.
    @Test
    void theFlagIsTheEnd() throws InterruptedException {
        SharedQueue<byte[]> queue = queue();
        queue.put(new byte[1]);
        queue.put(new byte[100_000]);
        String home = root;
        Peer victim = sandbox.peer();
        victim.dieAt(CrashPoint.SHUTDOWN_FLAG_SET, 1);
        victim.start(desk -> desk.space(home).queue("q", Codec.bytes(), 4).shutdownNow());
        victim.awaitSelfKill();
        assertEnded(queue);
        assertThat(queue.shutdownNow()).isEqualTo(2);
        assertThat(sandbox.files()).containsExactly("q");
    }

    /// A put that has claimed its slot before comes too late as well: no taker gets its element, or waits for it.
    @Test
    void aPutThatWasUnderWayIsDropped() throws InterruptedException {
        SharedQueue<byte[]> queue = queue();
        SharedTaskQueue<byte[]> tasks = space.taskQueue("t", Codec.bytes(), 4);
        CountDownLatch claimed = new CountDownLatch(2);
        CountDownLatch over = new CountDownLatch(1);
        Reply<Object> put = threads.<Object>start(desk -> {
            stay(claimed, over);
            queue.put(new byte[1]);
            return null;
        });
        Reply<Object> putTask = threads.start(desk -> {
            stay(claimed, over);
            tasks.put(new byte[1]);
            return null;
        });
        claimed.await();
        assertThat(queue.shutdownNow()).isZero();
        assertThat(tasks.shutdownNow()).isZero();
        assertEnded(queue);
        over.countDown();
        put.get();
        putTask.get();
        assertEnded(queue);
        assertThat(tasks.size()).isZero();
        assertThat(tasks.poll()).isNull();
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
        assertThat(queue.shutdownNow()).isEqualTo(1);
    }

    private static void stay(CountDownLatch claimed, CountDownLatch over) {
        Points.follow(Thread.currentThread(), point -> {
            if (point == CrashPoint.CLAIM_HELD) {
                claimed.countDown();
                try {
                    over.await();
                } catch (InterruptedException end) {
                    throw new AssertionError(end);
                }
            }
        });
    }

    /// Leased tasks can be finished, and `join` waits for them alone; an element given back is not offered again.
    @Test
    void leasesOfATaskQueueGoOn() throws InterruptedException {
        SharedTaskQueue<Integer> tasks = space.taskQueue("t", Codec.ints(), 4);
        for (int i = 0; i < 4; i++) {
            tasks.put(i);
        }
        assertThat(List.of(tasks.take(), tasks.take())).containsExactly(0, 1);
        assertThat(tasks.shutdownNow()).isEqualTo(2);
        assertThat(tasks.isShutdown()).isTrue();
        assertThat(tasks.poll()).isNull();
        assertThatThrownBy(tasks::take).isInstanceOf(ShutdownException.class);
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isFalse();
        tasks.taskDone();
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isFalse();
        tasks.giveBack();
        assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
        assertThat(tasks.poll()).isNull();
        assertThat(tasks.size()).isZero();
    }
}
