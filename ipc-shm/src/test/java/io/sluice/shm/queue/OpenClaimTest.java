package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.codec.Codec;
import io.sluice.core.crash.CrashPoint;
import io.sluice.shm.Peer;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Looking and taking agree on the elements present: an element still being put hides later ones from both.
@Timeout(60)
class OpenClaimTest {
    private final Sandbox sandbox = new Sandbox();
    private final SharedSpace space = sandbox.open();

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    /// The queue that a peer puts into, opened in the peer's process.
    private interface Opening extends Serializable {
        Putting open(SharedSpace there);
    }

    private interface Putting {
        void put(int element) throws InterruptedException;
    }

    /// A peer that is held at a step with a slot claimed for the element 1.
    private Peer claimAndStay(Opening opening) throws InterruptedException {
        Peer slow = sandbox.peer();
        String root = sandbox.root();
        var job = slow.start(desk -> {
            Putting queue = opening.open(desk.space(root));
            desk.stayAt(CrashPoint.CLAIM_HELD);
            queue.put(1);
            return null;
        });
        assertThat(job.told()).isEqualTo("there");
        return slow;
    }

    /// A producer is held with its slot claimed, and another element lies behind that slot. No process sees it
    /// before the claim ends, here by the death of its owner.
    @Test
    void aQueueShowsWhatPollTakes() throws InterruptedException {
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 8);
        Peer slow = claimAndStay(there -> there.queue("q", Codec.ints(), 8)::put);
        queue.put(2);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.size()).isZero();
        assertThat(queue.peek()).isNull();
        assertThat(queue.iterator()).isExhausted();
        assertThat(queue.poll()).isNull();
        slow.kill();
        slow.awaitDeath();
        assertThat(queue.poll(30, TimeUnit.SECONDS)).isEqualTo(2);
    }

    /// The same of a task queue, where a task that is done shows that none is left.
    @Test
    void aTaskQueueCountsWhatPollTakes() throws InterruptedException {
        SharedTaskQueue<Integer> tasks = space.taskQueue("t", Codec.ints(), 8);
        Peer slow = claimAndStay(there -> there.taskQueue("t", Codec.ints(), 8)::put);
        tasks.put(2);
        assertThat(tasks.size()).isZero();
        assertThat(tasks.poll()).isNull();
        assertThat(tasks.join(1, TimeUnit.MILLISECONDS)).isFalse();
        slow.kill();
        slow.awaitDeath();
        assertThat(tasks.poll(30, TimeUnit.SECONDS)).isEqualTo(2);
        tasks.taskDone();
        assertThat(tasks.join(30, TimeUnit.SECONDS)).isTrue();
    }

    /// Two producers and one consumer: if the queue is not empty, the only consumer gets the element it was shown.
    @Test
    void theOnlyConsumerTakesWhatItSees() throws InterruptedException {
        int each = 100_000;
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 64);
        Runnable producer = () -> {
            try {
                for (int i = 0; i < each; i++) {
                    queue.put(i);
                }
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        };
        Thread first = Thread.ofPlatform().daemon().start(producer);
        Thread second = Thread.ofPlatform().daemon().start(producer);
        for (int taken = 0; taken < 2 * each; ) {
            if (!queue.isEmpty()) {
                Integer seen = queue.peek();
                assertThat(queue.poll()).isNotNull().isEqualTo(seen);
                taken++;
            }
        }
        first.join();
        second.join();
    }
}
