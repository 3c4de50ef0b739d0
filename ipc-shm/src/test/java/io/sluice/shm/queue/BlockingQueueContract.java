package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a queue promises to two parties that work at the same time.
abstract class BlockingQueueContract extends QueueContract {
    /// A waiting consumer gets the element that is put, by any of the methods that wait.
    @Test
    void aConsumerWaitsForAnElement() throws InterruptedException {
        SharedQueue<Integer> queue = ints(1);
        String home = root;
        for (int round = 0; round < 5; round++) {
            Reply<Integer> taken = other.start(desk -> {
                SharedQueue<Integer> there = ints(desk, home, 1);
                desk.tellWhenWaiting();
                return there.take();
            }).awaitWaiting();
            queue.put(round);
            assertThat(taken.get()).isEqualTo(round);
            Reply<Integer> polled = other.start(desk -> {
                desk.tellWhenWaiting();
                return ints(desk, home, 1).poll(1, TimeUnit.DAYS);
            }).awaitWaiting();
            queue.put(round);
            assertThat(polled.get()).isEqualTo(round);
        }
    }

    /// A waiting producer goes on when there is room, by any of the methods that wait.
    @Test
    void aProducerWaitsForRoom() throws InterruptedException {
        SharedQueue<Integer> queue = ints(1);
        String home = root;
        for (int round = 0; round < 5; round++) {
            int element = round;
            queue.put(-1);
            Reply<Object> put = other.start(desk -> {
                SharedQueue<Integer> there = ints(desk, home, 1);
                desk.tellWhenWaiting();
                there.put(element);
                return null;
            }).awaitWaiting();
            assertThat(queue.take()).isEqualTo(-1);
            put.get();
            assertThat(queue.take()).isEqualTo(element);
            queue.put(-1);
            Reply<Boolean> offered = other.start(desk -> {
                desk.tellWhenWaiting();
                return ints(desk, home, 1).offer(element, 1, TimeUnit.DAYS);
            }).awaitWaiting();
            assertThat(queue.take()).isEqualTo(-1);
            assertThat(offered.get()).isTrue();
            assertThat(queue.take()).isEqualTo(element);
        }
    }

    /// A time-out passes no sooner than it should, and changes nothing.
    @Test
    void aWaitEndsWithItsTimeOut() {
        ints(1).add(1);
        String home = root;
        long millis = 30;
        List<Long> waited = other.call(desk -> {
            SharedQueue<Integer> there = ints(desk, home, 1);
            long start = System.nanoTime();
            boolean offered = there.offer(2, millis, TimeUnit.MILLISECONDS);
            long between = System.nanoTime();
            int element = there.poll(millis, TimeUnit.MILLISECONDS);
            long again = System.nanoTime();
            Integer none = there.poll(millis, TimeUnit.MILLISECONDS);
            long end = System.nanoTime();
            assertThat(offered).isFalse();
            assertThat(element).isEqualTo(1);
            assertThat(none).isNull();
            return List.of(between - start, end - again);
        });
        assertThat(waited).allMatch(nanos -> nanos >= TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /// Everything arrives once, in each producer's order, from two producers to two consumers.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 1000})
    void nothingIsLostAndNothingComesTwice(int capacity) throws InterruptedException {
        int each = 3000;
        int end = -1;
        SharedQueue<Integer> queue = ints(capacity);
        String home = root;
        List<Reply<List<Integer>>> consumers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            consumers.add(other.start(desk -> {
                SharedQueue<Integer> there = ints(desk, home, capacity);
                List<Integer> all = new ArrayList<>();
                for (int element = there.take(); element != end; element = there.take()) {
                    all.add(element);
                }
                return all;
            }));
        }
        Reply<Object> producer = other.start(desk -> {
            SharedQueue<Integer> there = ints(desk, home, capacity);
            for (int i = 0; i < each; i++) {
                there.put(i);
            }
            return null;
        });
        for (int i = each; i < 2 * each; i++) {
            queue.put(i);
        }
        producer.get();
        queue.put(end);
        queue.put(end);
        List<Integer> all = new ArrayList<>();
        for (Reply<List<Integer>> consumer : consumers) {
            List<Integer> taken = consumer.get();
            assertThat(taken.stream().filter(i -> i < each)).isSorted();
            assertThat(taken.stream().filter(i -> i >= each)).isSorted();
            all.addAll(taken);
        }
        assertThat(all.stream().sorted().toList()).isEqualTo(IntStream.range(0, 2 * each).boxed().toList());
        assertThat(queue).isEmpty();
        assertThat(queue.remainingCapacity()).isEqualTo(capacity);
    }

    /// A shutdown by this side ends the waits of the other.
    @Test
    void aShutdownEndsEveryWait() {
        SharedQueue<Integer> queue = ints(1);
        String home = root;
        Reply<Integer> taker = other.start(desk -> {
            desk.tellWhenWaiting();
            return ints(desk, home, 1).take();
        }).awaitWaiting();
        Reply<Boolean> poller = other.start(desk -> {
            desk.tellWhenWaiting();
            return ints(desk, home, 1).poll(1, TimeUnit.DAYS) == null;
        }).awaitWaiting();
        queue.shutdown();
        assertThat(taker.failure()).isInstanceOf(ShutdownException.class);
        assertThat(poller.get()).isTrue();
    }

    /// A producer that waits for room is refused by a shutdown; what stood before stays to be taken.
    @Test
    void aShutdownRefusesAWaitingProducer() {
        SharedQueue<Integer> queue = ints(1);
        String home = root;
        queue.add(1);
        Reply<Object> putter = other.start(desk -> {
            desk.tellWhenWaiting();
            ints(desk, home, 1).put(2);
            return null;
        }).awaitWaiting();
        Reply<Boolean> offerer = other.start(desk -> {
            desk.tellWhenWaiting();
            return ints(desk, home, 1).offer(3, 1, TimeUnit.DAYS);
        }).awaitWaiting();
        queue.shutdown();
        assertThat(putter.failure()).isInstanceOf(ShutdownException.class);
        assertThat(offerer.failure()).isInstanceOf(ShutdownException.class);
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.isEnded()).isTrue();
    }

    /// A large element waits for room like a small one.
    @Test
    void aLargeElementWaitsForRoom() throws InterruptedException {
        SharedQueue<byte[]> queue = space.queue(NAME, Codec.bytes(), 1);
        String home = root;
        byte[] large = new byte[1 << 20];
        large[large.length - 1] = 1;
        queue.put(new byte[1]);
        Reply<Object> putter = other.start(desk -> {
            desk.tellWhenWaiting();
            desk.space(home).queue(NAME, Codec.bytes(), 1).put(large);
            return null;
        }).awaitWaiting();
        assertThat(queue.take()).hasSize(1);
        assertThat(queue.take()).isEqualTo(large);
        putter.get();
        assertThatThrownBy(() -> queue.remove()).isInstanceOf(java.util.NoSuchElementException.class);
        assertThat(sandbox.files()).containsExactly(NAME);
    }
}
