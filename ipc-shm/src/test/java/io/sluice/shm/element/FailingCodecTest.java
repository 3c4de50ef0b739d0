package io.sluice.shm.element;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.shm.Sandbox;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.pipe.BrokenPipeException;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Codecs that throw, of all kinds, at each place where a queue, a task queue or a pipe calls them: nothing stays taken
/// or claimed; an element that cannot be decoded is dropped, and one that failed for lack of resources stays.
@Timeout(60)
class FailingCodecTest {
    private static final int CAPACITY = 4;

    private final Sandbox sandbox = new Sandbox();
    private final SharedSpace space = sandbox.open();

    /// One of the ways to take an element.
    private record Take(String name, Callable<Integer> call) {
        @Override
        public String toString() {
            return name;
        }
    }

    @AfterEach
    void removeEverything() {
        Faulty.reset();
        sandbox.close();
    }

    private static List<Throwable> lasting() {
        return List.of(new AssertionError("bad"), new NoClassDefFoundError("com/acme/Order"),
                new ExceptionInInitializerError(new OutOfMemoryError("long ago")), new CodecException("bad"),
                new IllegalStateException("bad"), new IOException("undeclared"));
    }

    private static List<Throwable> passing() {
        SystemCallException noDescriptor = new SystemCallException("openat", "x", 24, "EMFILE", "");
        return List.of(new OutOfMemoryError("heap"), new StackOverflowError(), new InternalError("page"), noDescriptor,
                new SystemCallException("openat", "x", 23, "ENFILE", ""),
                new SystemCallException("mmap", "x", 12, "ENOMEM", ""),
                new CodecException("a handle in the message", noDescriptor));
    }

    private List<Take> takes(SharedQueue<Integer> queue) {
        return List.of(new Take("take", queue::take), new Take("poll", queue::poll),
                new Take("timed poll", () -> queue.poll(10, TimeUnit.SECONDS)),
                new Take("remove", queue::remove), new Take("drainTo", () -> {
                    List<Integer> drained = new ArrayList<>();
                    queue.drainTo(drained, 1);
                    return drained.isEmpty() ? null : drained.getFirst();
                }));
    }

    private static void goesRound(SharedQueue<Integer> queue) {
        for (int lap = 0; lap < 3; lap++) {
            for (int i = 0; i < CAPACITY; i++) {
                assertThat(queue.offer(i)).as("lap %d, offer %d", lap, i).isTrue();
            }
            assertThat(queue).hasSize(CAPACITY);
            for (int i = 0; i < CAPACITY; i++) {
                assertThat(queue.poll()).isEqualTo(i);
            }
        }
    }

    @Test
    void aQueueDropsWhatCannotBeDecoded() {
        SharedQueue<Integer> queue = space.queue("q", new Faulty(), CAPACITY);
        for (Take take : takes(queue)) {
            for (Throwable failure : lasting()) {
                Faulty.decoding = Faulty.failingFor(7, failure);
                queue.addAll(List.of(7, 8));
                assertThat(catchThrowable(take.call()::call)).as("%s, %s", take, failure).isSameAs(failure);
                assertThat(queue.poll()).isEqualTo(8);
                Faulty.reset();
                goesRound(queue);
            }
        }
    }

    @Test
    void aQueueGivesBackWhatFailedForWantOfResources() {
        SharedQueue<Integer> queue = space.queue("q", new Faulty(), CAPACITY);
        for (Take take : takes(queue)) {
            for (Throwable failure : passing()) {
                Faulty.decoding = Faulty.failingFor(7, failure);
                queue.addAll(List.of(7, 8));
                assertThat(catchThrowable(take.call()::call)).as("%s, %s", take, failure).isSameAs(failure);
                assertThat(queue).hasSize(2);
                Faulty.reset();
                assertThat(queue.poll()).isEqualTo(7);
                assertThat(queue.poll()).isEqualTo(8);
                goesRound(queue);
            }
        }
    }

    /// A real stack overflow, in `decode` and in the methods called after it.
    @Test
    void aStackThatEndsLosesNothing() {
        SharedQueue<Integer> queue = space.queue("q", new Faulty(), CAPACITY);
        queue.add(7);
        Faulty.decoding = FailingCodecTest::recurse;
        assertThatThrownBy(queue::poll).isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(queue::poll).isInstanceOf(StackOverflowError.class);
        Faulty.reset();
        assertThat(queue.poll()).isEqualTo(7);
        goesRound(queue);
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int recurse(int value) {
        return recurse(value + 1) + 1;
    }

    @Test
    void anEncoderThatThrowsLeavesNoClaim() {
        SharedQueue<Integer> queue = space.queue("q", new Faulty(), CAPACITY);
        List<Throwable> all = new ArrayList<>(lasting());
        all.addAll(passing());
        for (Throwable failure : all) {
            Faulty.encoding = value -> {
                throw failure;
            };
            assertThat(catchThrowable(() -> queue.put(1))).isSameAs(failure);
            assertThat(catchThrowable(() -> queue.offer(1))).isSameAs(failure);
            assertThat(catchThrowable(() -> queue.offer(1, 1, TimeUnit.SECONDS))).isSameAs(failure);
            Faulty.reset();
            goesRound(queue);
        }
    }

    /// A codec is users' code, and its result is not trusted: otherwise the bytes behind its buffer would be sent, or
    /// the process would crash.
    @Test
    void aLengthThatACodecInventsIsRefused() throws IOException, InterruptedException {
        SharedQueue<Integer> queue = space.queue("q", new Faulty(), CAPACITY);
        try (Connection<Integer> end = space.pipe("p", new Faulty()).first()) {
            for (int length : new int[] {-1, 1 << 20, 1 << 30, Integer.MIN_VALUE}) {
                Faulty.encoding = value -> length;
                assertThatThrownBy(() -> queue.put(1)).isInstanceOf(CodecException.class)
                        .hasMessageContaining("queue 'q': the codec says that it has written %,d bytes into a buffer"
                                .formatted(length));
                assertThatThrownBy(() -> end.send(1)).isInstanceOf(CodecException.class)
                        .hasMessageContaining("pipe 'p': the codec says");
            }
        }
        Faulty.reset();
        goesRound(queue);
    }

    @Test
    void aTaskQueueDropsOrGivesBack() throws InterruptedException {
        SharedTaskQueue<Integer> tasks = space.taskQueue("t", new Faulty(), CAPACITY);
        for (Throwable failure : lasting()) {
            Faulty.decoding = Faulty.failingFor(7, failure);
            tasks.put(7);
            assertThat(catchThrowable(tasks::take)).isSameAs(failure);
            tasks.put(7);
            assertThat(catchThrowable(tasks::poll)).isSameAs(failure);
            assertThat(tasks.leased()).isZero();
            assertThat(tasks.size()).isZero();
            assertThat(tasks.join(0, TimeUnit.SECONDS)).as("%s", failure).isTrue();
        }
        for (Throwable failure : passing()) {
            Faulty.decoding = Faulty.failingFor(7, failure);
            tasks.put(7);
            assertThat(catchThrowable(tasks::take)).isSameAs(failure);
            assertThat(catchThrowable(() -> tasks.poll(1, TimeUnit.SECONDS))).isSameAs(failure);
            assertThat(tasks.leased()).isZero();
            assertThat(tasks.size()).isEqualTo(1);
            Faulty.reset();
            assertThat(tasks.poll()).as("%s", failure).isEqualTo(7);
            assertThat(tasks.leased()).isEqualTo(1);
            tasks.taskDone();
            assertThat(tasks.join(0, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aPipeDropsOrKeeps() throws IOException, InterruptedException {
        try (Connection<Integer> first = space.pipe("p", new Faulty()).first();
                Connection<Integer> second = space.pipe("p", new Faulty()).second()) {
            for (Throwable failure : lasting()) {
                Faulty.decoding = Faulty.failingFor(7, failure);
                first.send(7);
                first.send(8);
                assertThat(catchThrowable(second::receive)).isSameAs(failure);
                assertThat(second.receive()).as("%s", failure).isEqualTo(8);
            }
            for (Throwable failure : passing()) {
                Faulty.decoding = Faulty.failingFor(7, failure);
                first.send(7);
                assertThat(catchThrowable(second::receive)).isSameAs(failure);
                assertThat(catchThrowable(second::receive)).isSameAs(failure);
                Faulty.reset();
                assertThat(second.receive()).as("%s", failure).isEqualTo(7);
            }
            Faulty.encoding = value -> {
                throw new AssertionError("bad");
            };
            assertThatThrownBy(() -> first.send(1)).isInstanceOf(AssertionError.class);
            Faulty.reset();
            first.send(9);
            assertThat(second.receive()).isEqualTo(9);
        }
    }

    /// Bytes that a channel could not send stay in the caller's buffer.
    @Test
    void aChannelThatFailsHasNotConsumed() throws IOException {
        try (Connection<Integer> first = space.pipe("p", new Faulty()).first()) {
            space.pipe("p", new Faulty()).second().close();
            ByteBuffer source = ByteBuffer.allocate(10_000);
            assertThatThrownBy(() -> first.writable().write(source)).isInstanceOf(BrokenPipeException.class);
            assertThat(source.position()).isZero();
        }
    }

    /// Looking takes nothing, whatever the codec throws; an iterator goes on after an element that cannot be decoded.
    @Test
    void lookingChangesNothing() {
        SharedQueue<Integer> queue = space.queue("q", new Faulty(), CAPACITY);
        queue.addAll(List.of(7, 8));
        for (Throwable failure : lasting()) {
            Faulty.decoding = Faulty.failingFor(7, failure);
            assertThat(catchThrowable(queue::peek)).isSameAs(failure);
            Iterator<Integer> iterator = queue.iterator();
            assertThat(catchThrowable(iterator::hasNext)).isSameAs(failure);
            assertThat(iterator.next()).isEqualTo(8);
            assertThat(iterator.hasNext()).isFalse();
        }
        for (Throwable failure : passing()) {
            Faulty.decoding = Faulty.failingFor(7, failure);
            assertThat(catchThrowable(queue::peek)).isSameAs(failure);
            Iterator<Integer> iterator = queue.iterator();
            assertThat(catchThrowable(iterator::next)).isSameAs(failure);
            Faulty.reset();
            assertThat(iterator.next()).as("%s", failure).isEqualTo(7);
            assertThat(iterator.next()).isEqualTo(8);
        }
        assertThat(queue).containsExactly(7, 8);
    }

    /// The JDK's contract of `drainTo`, and what `ArrayBlockingQueue` does: an element leaves the queue after it was
    /// added.
    @Test
    void anElementThatACollectionRefusesStays() {
        SharedQueue<Integer> queue = space.queue("q", new Faulty(), CAPACITY);
        List<Integer> added = new ArrayList<>();
        for (Throwable failure : List.of(new IllegalStateException("full"), new AssertionError("full"))) {
            queue.addAll(List.of(1, 2, 3));
            added.clear();
            assertThat(catchThrowable(() -> queue.drainTo(new AbstractList<Integer>() {
                @Override
                public boolean add(Integer element) {
                    if (element == 2) {
                        throw FailingCodecTest.<RuntimeException>unchecked(failure);
                    }
                    return added.add(element);
                }

                @Override
                public Integer get(int index) {
                    return added.get(index);
                }

                @Override
                public int size() {
                    return added.size();
                }
            }))).isSameAs(failure);
            assertThat(added).containsExactly(1);
            assertThat(queue).containsExactly(2, 3);
            assertThat(queue.drainTo(added)).isEqualTo(2);
            assertThat(added).containsExactly(1, 2, 3);
        }
        goesRound(queue);
    }

    // Any Throwable, since a codec of users may throw any.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /// A log inside `encode` and inside `decode`, through queues and pipes of the same thread, its own included, ten
    /// deep: each message arrives as it was sent.
    @Test
    void codecsMayUseQueuesAndPipes() throws IOException, InterruptedException {
        SharedQueue<Integer> queue = space.queue("q", new Faulty(), 64);
        SharedQueue<String> log = space.queue("log", Codec.strings(), 64);
        try (Connection<Integer> first = space.pipe("p", new Faulty()).first();
                Connection<Integer> second = space.pipe("p", new Faulty()).second()) {
            Faulty.encoding = value -> {
                log.add("encode " + value);
                if (value < 10) {
                    queue.put(value + 1);
                    first.send(value + 1000);
                }
                return Integer.BYTES;
            };
            queue.put(0);
            for (int value = 0; value <= 10; value++) {
                assertThat(log.poll()).isEqualTo("encode " + value);
            }
            for (int value = 9; value >= 0; value--) {
                assertThat(log.poll()).isEqualTo("encode " + (value + 1000));
            }
            Faulty.decoding = value -> {
                log.add("decode " + value);
                if (value > 0 && value <= 10) {
                    assertThat(queue.poll()).isEqualTo(value - 1);
                    assertThat(second.receive()).isEqualTo(1010 - value);
                }
                return value;
            };
            assertThat(queue.poll()).isEqualTo(10);
            Faulty.decoding = null;
            first.send(2000);
            assertThat(List.of(queue.size(), log.size())).containsExactly(0, 22);
            assertThat(second.receive()).isEqualTo(2000);
            Faulty.decoding = value -> second.receive();
            first.send(1);
            assertThatThrownBy(second::receive).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("pipe 'p': a message of this end is being decoded");
        }
    }
}
