package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.shm.Job;
import io.sluice.shm.Reply;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What a queue promises to threads of one process besides: interrupts, and the close of a handle that is in use.
abstract class BlockingQueueInProcessContract extends BlockingQueueContract {
    /// An interrupt ends each wait; nothing was put or taken, and the flag is down.
    @Test
    void anInterruptEndsEachWaitAndChangesNothing() {
        String home = root;
        SharedQueue<Integer> full = ints(1);
        full.add(1);
        space.queue("empty", Codec.ints(), 1);
        Job<Object> put = desk -> {
            desk.tellWhenWaiting();
            ints(desk, home, 1).put(2);
            return null;
        };
        Job<Object> offer = desk -> {
            desk.tellWhenWaiting();
            return ints(desk, home, 1).offer(3, 1, TimeUnit.DAYS);
        };
        Job<Object> take = desk -> {
            desk.tellWhenWaiting();
            return desk.space(home).queue("empty", Codec.ints(), 1).take();
        };
        Job<Object> poll = desk -> {
            desk.tellWhenWaiting();
            return desk.space(home).queue("empty", Codec.ints(), 1).poll(1, TimeUnit.DAYS);
        };
        for (Job<Object> wait : List.of(put, offer, take, poll)) {
            Reply<Object> waiting = other.start(wait).awaitWaiting();
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        }
        assertThat(full.poll()).isEqualTo(1);
        assertThat(full.poll()).isNull();
        assertThat(full.offer(4)).isTrue();
    }

    /// A thread that is interrupted before it has to wait gets the same.
    @Test
    void anInterruptBeforeTheWaitCountsToo() {
        String home = root;
        ints(1).add(1);
        Reply<Object> put = other.start(desk -> {
            Thread.currentThread().interrupt();
            ints(desk, home, 1).put(2);
            return null;
        });
        assertThat(put.failure()).isInstanceOf(InterruptedException.class);
    }

    /// Closing a handle ends the waits of its other threads with an exception, and does not crash.
    @Test
    void closingAHandleEndsTheWaitsOfItsThreads() {
        for (int round = 0; round < 10; round++) {
            SharedQueue<Integer> empty = space.queue("empty" + round, Codec.ints(), 1);
            SharedQueue<Integer> full = space.queue("full" + round, Codec.ints(), 1);
            full.add(1);
            List<Reply<Object>> waiting = waitIn(empty, full);
            empty.close();
            full.close();
            for (Reply<Object> each : waiting) {
                assertThat(each.failure())
                        .isInstanceOf(ClosedException.class)
                        .hasMessageContaining("closed");
            }
        }
    }

    /// The same if it is the space that is closed.
    @Test
    void closingTheSpaceEndsTheWaitsToo() {
        SharedQueue<Integer> empty = space.queue("empty", Codec.ints(), 1);
        SharedQueue<Integer> full = space.queue("full", Codec.ints(), 1);
        full.add(1);
        List<Reply<Object>> waiting = waitIn(empty, full);
        space.close();
        for (Reply<Object> each : waiting) {
            assertThat(each.failure()).isInstanceOf(ClosedException.class).hasMessageContaining("closed");
        }
        assertThatThrownBy(empty::poll).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> full.offer(2)).isInstanceOf(ClosedException.class);
    }

    private List<Reply<Object>> waitIn(SharedQueue<Integer> empty, SharedQueue<Integer> full) {
        return List.of(
                other.<Object>start(desk -> {
                    desk.tellWhenWaiting();
                    return empty.take();
                }).awaitWaiting(),
                other.<Object>start(desk -> {
                    desk.tellWhenWaiting();
                    return empty.poll(1, TimeUnit.DAYS);
                }).awaitWaiting(),
                other.<Object>start(desk -> {
                    desk.tellWhenWaiting();
                    full.put(2);
                    return null;
                }).awaitWaiting(),
                other.<Object>start(desk -> {
                    desk.tellWhenWaiting();
                    return full.offer(3, 1, TimeUnit.DAYS);
                }).awaitWaiting());
    }

    /// Threads at full speed meet the close of their handle as an exception, never as a crash, and what the other
    /// handle of the process has is whole.
    @Test
    void closingAHandleUnderThreadsAtWorkIsSafe() {
        SharedQueue<Integer> kept = ints(8);
        for (int round = 0; round < 10; round++) {
            SharedQueue<Integer> queue = round % 2 == 0 ? ints(8) : space.queue("alone" + round, Codec.ints(), 8);
            Reply<Object> producer = other.start(desk -> {
                desk.tell("at work");
                for (int i = 0;; i++) {
                    queue.put(i);
                }
            });
            Reply<Object> consumer = other.start(desk -> {
                desk.tell("at work");
                for (int last = -1;;) {
                    int element = queue.take();
                    if (element <= last) {
                        throw new AssertionError("%d after %d: no producer has put that".formatted(element, last));
                    }
                    last = element;
                }
            });
            producer.told();
            consumer.told();
            queue.close();
            assertThat(producer.failure()).isInstanceOf(ClosedException.class).hasMessageContaining("closed");
            assertThat(consumer.failure()).isInstanceOf(ClosedException.class).hasMessageContaining("closed");
            kept.clear();
            for (int i = 0; i < 8; i++) {
                assertThat(kept.offer(i)).isTrue();
            }
            kept.clear();
        }
    }
}
