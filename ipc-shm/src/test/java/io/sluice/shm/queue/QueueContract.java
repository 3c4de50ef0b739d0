package io.sluice.shm.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.ring.ShutdownException;
import io.sluice.shm.Desk;
import io.sluice.shm.Party;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a queue promises, between the test's thread and another party: the same thread, another one, another process.
/// Nothing here waits; see [BlockingQueueContract].
@Timeout(120)
abstract class QueueContract {
    static final String NAME = "q";

    final Sandbox sandbox = new Sandbox();
    final String root = sandbox.root();
    SharedSpace space;
    Party other;

    abstract Party other();

    @BeforeEach
    void open() {
        space = sandbox.open();
        other = sandbox.with(other());
    }

    @AfterEach
    void removeEverything() {
        sandbox.close();
    }

    SharedQueue<Integer> ints(int capacity) {
        return space.queue(NAME, Codec.ints(), capacity);
    }

    /// The other party's handle; opened once, kept from job to job.
    static SharedQueue<Integer> ints(Desk desk, String root, int capacity) {
        @SuppressWarnings("unchecked") // kept below
        SharedQueue<Integer> known = desk.kept(NAME, SharedQueue.class);
        if (known == null) {
            known = desk.space(root).queue(NAME, Codec.ints(), capacity);
            desk.keep(NAME, known);
        }
        return known;
    }

    /// The other party takes what one party puts, in order, many times round the ring.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 1000})
    void elementsArriveInTheOrderInWhichTheyWerePut(int capacity) {
        SharedQueue<Integer> queue = ints(capacity);
        String home = root;
        int next = 0;
        for (int round = 0; round < 20; round++) {
            int count = 1 + round % capacity;
            int from = next;
            other.call(desk -> {
                SharedQueue<Integer> there = ints(desk, home, capacity);
                for (int i = from; i < from + count; i++) {
                    there.add(i);
                }
                return null;
            });
            for (; next < from + count; next++) {
                assertThat(queue.poll()).isEqualTo(next);
            }
            assertThat(queue.poll()).isNull();
        }
        sandbox.leaveNothing();
    }

    /// A queue holds exactly its capacity, whether that is a power of two or not, and says so on both sides.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 1000})
    void aQueueHoldsExactlyItsCapacity(int capacity) {
        SharedQueue<Integer> queue = ints(capacity);
        String home = root;
        assertThat(queue.capacity()).isEqualTo(capacity);
        for (int round = 0; round < 3; round++) {
            assertThat(queue.remainingCapacity()).isEqualTo(capacity);
            int put = other.call(desk -> {
                SharedQueue<Integer> there = ints(desk, home, capacity);
                int count = 0;
                while (there.offer(count)) {
                    count++;
                }
                return count;
            });
            assertThat(put).isEqualTo(capacity);
            assertThat(queue.size()).isEqualTo(capacity);
            assertThat(queue.remainingCapacity()).isZero();
            assertThat(queue.offer(-1)).isFalse();
            assertThatThrownBy(() -> queue.add(-1)).isInstanceOf(IllegalStateException.class);
            assertThat(queue.poll()).isZero();
            assertThat(queue.offer(capacity)).isTrue();
            assertThat(queue.offer(-1)).isFalse();
            assertThat(queue.size()).isEqualTo(capacity);
            assertThat(queue.peek()).isEqualTo(1);
            List<Integer> taken = other.call(desk -> {
                List<Integer> all = new ArrayList<>();
                ints(desk, home, capacity).drainTo(all);
                return all;
            });
            assertThat(taken).isEqualTo(IntStream.rangeClosed(1, capacity).boxed().toList());
            assertThat(queue).isEmpty();
        }
    }

    /// Zero and negative time-outs try once, without a wait.
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void timeOutsOfZeroAndLessTryOnce(long timeout) throws InterruptedException {
        SharedQueue<Integer> queue = ints(1);
        assertThat(queue.poll(timeout, TimeUnit.SECONDS)).isNull();
        assertThat(queue.offer(1, timeout, TimeUnit.SECONDS)).isTrue();
        assertThat(queue.offer(2, timeout, TimeUnit.SECONDS)).isFalse();
        assertThat(queue.poll(timeout, TimeUnit.DAYS)).isEqualTo(1);
    }

    /// A snapshot of what another party put: iterator, contains, toArray and peek take nothing out.
    @Test
    void lookingTakesNothing() {
        SharedQueue<Integer> queue = ints(8);
        String home = root;
        other.call(desk -> ints(desk, home, 8).addAll(List.of(1, 2, 3)));
        assertThat(queue.peek()).isEqualTo(1);
        assertThat(queue.element()).isEqualTo(1);
        assertThat(queue.contains(3)).isTrue();
        assertThat(queue.contains(4)).isFalse();
        assertThat(queue.toArray()).containsExactly(1, 2, 3);
        assertThat(queue.toArray(new Integer[0])).containsExactly(1, 2, 3);
        assertThat(queue.iterator()).toIterable().containsExactly(1, 2, 3);
        assertThat(queue).hasSize(3);
    }

    /// An element in the middle can be removed, by value or through an iterator; its slot is free once those before it
    /// have gone.
    @Test
    void anElementInTheMiddleCanBeRemoved() {
        SharedQueue<Integer> queue = ints(4);
        String home = root;
        other.call(desk -> ints(desk, home, 4).addAll(List.of(1, 2, 3, 4)));
        assertThat(queue.remove(2)).isTrue();
        assertThat(queue.remove(2)).isFalse();
        assertThat(queue.removeIf(i -> i == 3)).isTrue();
        assertThat(other.<List<Integer>>call(desk -> List.copyOf(ints(desk, home, 4)))).containsExactly(1, 4);
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.offer(5)).isTrue();
        assertThat(other.<List<Integer>>call(desk -> List.copyOf(ints(desk, home, 4)))).containsExactly(4, 5);
        queue.clear();
        for (int i = 0; i < 4; i++) {
            assertThat(queue.offer(i)).isTrue();
        }
        assertThat(queue.offer(4)).isFalse();
    }

    /// An element that another party takes while an iterator stands on it is neither shown twice nor removed twice.
    @Test
    void anIteratorAllowsOthersToTake() {
        SharedQueue<Integer> queue = ints(4);
        String home = root;
        queue.addAll(List.of(1, 2, 3));
        var elements = queue.iterator();
        assertThat(elements.next()).isEqualTo(1);
        List<Integer> taken = other.call(desk -> {
            SharedQueue<Integer> there = ints(desk, home, 4);
            return List.of(there.remove(), there.remove());
        });
        assertThat(taken).containsExactly(1, 2);
        elements.remove();                                    // removed already: no effect
        assertThatThrownBy(elements::remove).isInstanceOf(IllegalStateException.class);
        List<Integer> rest = new ArrayList<>();
        elements.forEachRemaining(rest::add);
        assertThat(rest).contains(3).isSubsetOf(2, 3);
        assertThat(queue.poll()).isEqualTo(3);
    }

    /// Drains all elements, or as many as asked for; the queue itself and null are refused, and a negative limit drains
    /// nothing.
    @Test
    void drainToStopsAtItsLimit() {
        SharedQueue<Integer> queue = ints(8);
        String home = root;
        other.call(desk -> ints(desk, home, 8).addAll(List.of(1, 2, 3, 4, 5)));
        List<Integer> target = new ArrayList<>();
        assertThat(queue.drainTo(target, 2)).isEqualTo(2);
        assertThat(queue.drainTo(target, 0)).isZero();
        assertThat(queue.drainTo(target, -1)).isZero();
        assertThat(target).containsExactly(1, 2);
        assertThatThrownBy(() -> queue.drainTo(queue))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("queue 'q' cannot be drained into itself");
        assertThatThrownBy(() -> queue.drainTo(null)).isInstanceOf(NullPointerException.class);
        assertThat(queue.drainTo(target)).isEqualTo(3);
        assertThat(target).containsExactly(1, 2, 3, 4, 5);
        assertThat(queue.drainTo(target)).isZero();
    }

    /// A null is refused, and changes nothing.
    @Test
    void nullIsRefused() {
        SharedQueue<Integer> queue = ints(2);
        assertThatThrownBy(() -> queue.put(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("queue 'q' takes no null");
        assertThatThrownBy(() -> queue.offer(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> queue.add(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> queue.offer(null, 1, TimeUnit.SECONDS)).isInstanceOf(NullPointerException.class);
        assertThat(queue).isEmpty();
        assertThat(queue.remainingCapacity()).isEqualTo(2);
    }

    /// The element is encoded in `put`: what happens to the object afterwards does not reach the other side.
    @Test
    void anElementThatChangesAfterItWasPutArrivesUnchanged() {
        SharedQueue<byte[]> queue = space.queue(NAME, Codec.bytes(), 400);
        String home = root;
        byte[] element = new byte[8];
        for (byte i = 0; i < 100; i++) {
            Arrays.fill(element, i);
            queue.add(element);
            Arrays.fill(element, (byte) -1);
        }
        List<byte[]> arrived = other.call(desk -> {
            List<byte[]> all = new ArrayList<>();
            desk.space(home).queue(NAME, Codec.bytes(), 400).drainTo(all);
            return all;
        });
        assertThat(arrived).hasSize(100);
        for (byte i = 0; i < 100; i++) {
            byte[] expected = new byte[8];
            Arrays.fill(expected, i);
            assertThat(arrived.get(i)).isEqualTo(expected);
        }
    }

    /// A megabyte goes through a queue of four small slots, several times; its side files go with it.
    @Test
    void aMegabyteGoesThroughASmallQueue() {
        SharedQueue<byte[]> queue = space.queue(NAME, Codec.bytes(), 4);
        String home = root;
        for (int round = 0; round < 3; round++) {
            int mark = round;
            other.call(desk -> {
                SharedQueue<byte[]> there = desk.space(home).queue(NAME, Codec.bytes(), 4);
                for (int i = 0; i < 4; i++) {
                    there.add(megabyte(mark + i));
                }
                return there.offer(megabyte(9));
            });
            assertThat(sandbox.files()).filteredOn(name -> name.startsWith(".large-")).hasSize(4);
            assertThat(queue.offer(new byte[1])).isFalse();
            assertThat(queue.peek()).isEqualTo(megabyte(mark));
            assertThat(queue.poll()).isEqualTo(megabyte(mark));
            assertThat(queue.removeIf(bytes -> bytes[5] == megabyte(mark + 2)[5])).isTrue();
            assertThat(queue.poll()).isEqualTo(megabyte(mark + 1));
            assertThat(queue.poll()).isEqualTo(megabyte(mark + 3));
            assertThat(sandbox.files()).containsExactly(NAME);
        }
    }

    private static byte[] megabyte(int mark) {
        byte[] bytes = new byte[1 << 20];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (mark * 31 + i * 7 + (i >>> 8));
        }
        return bytes;
    }

    /// After a shutdown by the other party producers are refused, consumers get what is there, and then the end.
    @Test
    void afterAShutdownTheRestIsTakenAndThenComesTheEnd() throws InterruptedException {
        SharedQueue<Integer> queue = ints(4);
        String home = root;
        queue.addAll(List.of(1, 2, 3));
        assertThat(queue.isShutdown()).isFalse();
        other.call(desk -> {
            ints(desk, home, 4).shutdown();
            ints(desk, home, 4).shutdown();
            return null;
        });
        assertThat(queue.isShutdown()).isTrue();
        assertThat(queue.isEnded()).isFalse();
        assertThatThrownBy(() -> queue.offer(4))
                .isInstanceOf(ShutdownException.class)
                .hasMessage("ring 'q' was shut down; nothing can be put into it any more");
        assertThatThrownBy(() -> queue.put(4)).isInstanceOf(ShutdownException.class);
        assertThatThrownBy(() -> queue.offer(4, 1, TimeUnit.SECONDS)).isInstanceOf(ShutdownException.class);
        assertThat(queue.take()).isEqualTo(1);
        assertThat(queue.poll(1, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(queue.poll()).isEqualTo(3);
        assertThat(queue.poll()).isNull();
        assertThat(queue.poll(1, TimeUnit.DAYS)).isNull();
        assertThat(queue.isEnded()).isTrue();
        assertThatThrownBy(queue::take)
                .isInstanceOf(ShutdownException.class)
                .hasMessage("queue 'q' was shut down and everything in it was taken");
        assertThat(other.<Boolean>call(desk -> ints(desk, home, 4).isEnded())).isTrue();
    }

    /// A full queue that was shut down refuses at once, also with a time-out.
    @Test
    void aFullQueueThatWasShutDownRefuses() {
        SharedQueue<Integer> queue = ints(1);
        queue.add(1);
        queue.shutdown();
        assertThatThrownBy(() -> queue.offer(2)).isInstanceOf(ShutdownException.class);
        assertThatThrownBy(() -> queue.offer(2, 1, TimeUnit.DAYS)).isInstanceOf(ShutdownException.class);
        assertThatThrownBy(() -> queue.put(2)).isInstanceOf(ShutdownException.class);
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.isEnded()).isTrue();
    }

    /// Closing a handle ends that handle, and nothing else: what is in the queue stays, the other party goes on.
    @Test
    void closingAHandleLeavesTheQueueToTheOthers() {
        SharedQueue<Integer> queue = ints(4);
        String home = root;
        other.call(desk -> ints(desk, home, 4).add(1));
        queue.add(2);
        queue.close();
        queue.close();
        assertThatThrownBy(queue::poll)
                .isInstanceOf(ClosedException.class)
                .hasMessage("queue 'q': this handle was closed");
        assertThatThrownBy(() -> queue.offer(1)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> queue.put(1)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(queue::take).isInstanceOf(ClosedException.class);
        assertThatThrownBy(queue::size).isInstanceOf(ClosedException.class);
        assertThatThrownBy(queue::peek).isInstanceOf(ClosedException.class);
        assertThatThrownBy(queue::isEmpty).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> queue.iterator().hasNext()).isInstanceOf(ClosedException.class);
        assertThatThrownBy(queue::shutdown).isInstanceOf(ClosedException.class);
        assertThatThrownBy(queue::isEnded).isInstanceOf(ClosedException.class);
        assertThat(queue).hasToString("SharedQueue[q, closed]");
        assertThat(queue.name()).isEqualTo(NAME);
        assertThat(other.<List<Integer>>call(desk -> List.copyOf(ints(desk, home, 4)))).containsExactly(1, 2);
        assertThat(ints(4).poll()).isEqualTo(1);
    }

    /// Attaching with another element type, capacity or kind is refused, and the difference is named.
    @Test
    void anotherTypeCapacityOrKindIsRefused() {
        ints(4).add(1);
        String home = root;
        assertThat(other.start(desk -> desk.space(home).queue(NAME, Codec.longs(), 4)).failure())
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("'q'").hasMessageContaining("Integer").hasMessageContaining("Long");
        assertThat(other.start(desk -> desk.space(home).queue(NAME, Codec.ints(), 5)).failure())
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("4").hasMessageContaining("5");
        assertThat(other.start(desk -> desk.space(home).taskQueue(NAME, Codec.ints(), 4)).failure())
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("QUEUE").hasMessageContaining("TASK_QUEUE");
        assertThat(other.start(desk -> desk.space(home).pipe(NAME)).failure()).isInstanceOf(MismatchException.class);
        assertThat(other.<Integer>call(desk -> ints(desk, home, 4).remove())).isEqualTo(1);
    }

    /// A handle that travels through a stream opens the queue again where it is read.
    @Test
    void aHandleTravels() throws IOException, ClassNotFoundException {
        SharedQueue<Integer> queue = ints(4);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(queue);
        }
        byte[] travelling = bytes.toByteArray();
        queue.add(1);
        int answer = other.call(desk -> {
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(travelling));
                    @SuppressWarnings("unchecked") // what was written above
                    SharedQueue<Integer> arrived = (SharedQueue<Integer>) in.readObject()) {
                arrived.add(2);
                return arrived.remove();
            }
        });
        assertThat(answer).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo(2);
        other.call(desk -> queue.offer(3));        // captured by a lambda
        assertThat(queue.poll()).isEqualTo(3);
        space.unlink(NAME);
        assertThatThrownBy(() -> {
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(travelling))) {
                in.readObject();
            }
        }).hasMessageContaining("'q': nothing in space 's' has this name");
    }

    /// The end of producers that join and leave can be told from a pause, also after they have closed.
    @Test
    void producersThatJoinAreCounted() {
        SharedQueue<Integer> queue = ints(4);
        String home = root;
        assertThat(queue.producers()).isZero();
        assertThat(queue.producersEver()).isZero();
        other.call(desk -> {
            ints(desk, home, 4).joinProducers();
            return null;
        });
        assertThat(queue.producers()).isEqualTo(1);
        assertThat(other.<Integer>call(desk -> ints(desk, home, 4).leaveProducers())).isZero();
        assertThat(queue.producers()).isZero();
        assertThat(queue.producersEver()).isEqualTo(1);
    }
}
