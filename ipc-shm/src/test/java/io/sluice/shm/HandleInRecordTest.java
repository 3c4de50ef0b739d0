package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.MismatchException;
import io.sluice.core.ring.RingOptions;
import io.sluice.shm.array.SharedIntArray;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.LockOptions;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReadWriteLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.object.NamedHandle;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.service.SharedService;
import io.sluice.shm.value.SharedLong;
import io.sluice.shm.value.SharedRecordArray;
import io.sluice.shm.value.SharedValue;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Handles of shared objects as components of records.
class HandleInRecordTest extends HandleTest {
    record Point(int x, int y) {}

    record Request(String question, SharedQueue<String> replies) {}

    record Node(String name, SharedQueue<Node> next) {}

    record All(
            SharedQueue<Point> queue, SharedTaskQueue<String> tasks, SharedPipe<Integer> pipe, SharedValue<Point> value,
            SharedRecordArray<Point> values, SharedRing ring, SharedLock lock, SharedReentrantLock reentrant,
            SharedReadWriteLock readWrite, SharedSemaphore semaphore, SharedEvent event, SharedCountDownLatch latch,
            SharedBarrier barrier, SharedLong number, SharedIntArray array, SharedService<Point, String> service,
            List<SharedLong> more, SharedEvent none) {}

    record WithBarrier(SharedBarrier barrier) {}

    record WithLock(SharedLock lock) {}

    record WithService(SharedService<Integer, String> service) {}

    record Raw(@SuppressWarnings("rawtypes") SharedQueue queue) {}

    private static <T> T sent(Codec<T> codec, T value) {
        var buffer = new ExpandableMemoryBuffer();
        return codec.decode(buffer, 0, codec.encode(value, buffer, 0));
    }

    /// A request carries the queue to which the other process puts its reply.
    @Test
    void aRequestCarriesItsReplyQueue() throws Exception {
        SharedQueue<Request> requests = space.queue(Codec.ofRecord(Request.class), 4);
        SharedQueue<String> replies = space.queue(Codec.strings(), 4);
        requests.put(new Request("6 * 7", replies));
        peer().call(desk -> {
            Request request = requests.take();
            try (SharedQueue<String> answers = request.replies()) {
                answers.put(request.question() + " = 42");
            }
            return null;
        });
        assertThat(replies.take()).isEqualTo("6 * 7 = 42");
    }

    /// Each kind arrives as a handle of the same object, alone or in a list; a missing one arrives as null.
    @Test
    void everyKindCanBeAComponent() throws Exception {
        Codec<Point> points = Codec.ofRecord(Point.class);
        Point origin = new Point(0, 0);
        SharedLong number = space.longValue(7);
        All all = new All(space.queue(points, 4), space.taskQueue(Codec.strings(), 4), space.pipe(Codec.ints()),
                space.value(points, origin), space.recordArray(points, 3, origin), space.ring(RingOptions.oneToOne(8)),
                space.lock(LockOptions.ignore()), space.reentrantLock(), space.readWriteLock(), space.semaphore(3),
                space.event(), space.countDownLatch(2), space.barrier(2), number, space.intArray(3),
                space.service(points, Codec.strings()),
                List.of(number, space.longValue(8)), null);

        All arrived = sent(Codec.ofRecord(All.class), all);

        arrived.queue().put(new Point(1, 2));
        assertThat(all.queue().take()).isEqualTo(new Point(1, 2));
        arrived.number().set(9);
        assertThat(all.number().get()).isEqualTo(9);
        assertThat(arrived.more().get(0).get()).isEqualTo(9);
        assertThat(arrived.none()).isNull();
        arrived.semaphore().acquire();
        assertThat(all.semaphore().availablePermits()).isEqualTo(2);
        try (var _ = arrived.lock().hold()) {
            assertThat(all.lock().isLocked()).isTrue();
        }
        for (RecordComponent component : All.class.getRecordComponents()) {
            if (component.getAccessor().invoke(arrived) instanceof NamedHandle handle) {
                assertThat(handle.reference()).isEqualTo(
                        ((NamedHandle) component.getAccessor().invoke(all)).reference());
                handle.close();
            }
        }
    }

    /// A record may have a queue of its own type.
    @Test
    void aRecordMayHaveAQueueOfItsOwnType() throws Exception {
        Codec<Node> codec = Codec.ofRecord(Node.class);
        SharedQueue<Node> queue = space.queue(codec, 2);
        queue.put(new Node("a", queue));
        Node arrived = queue.take();
        arrived.next().put(new Node("b", null));
        assertThat(queue.take()).isEqualTo(new Node("b", null));
        assertThat(codec.identity()).endsWith("Node(String name, SharedQueue<" + Node.class.getName() + "> next)");
    }

    /// Elements other than declared, a raw type, and code that names do not carry are refused where they are written.
    @Test
    @SuppressWarnings("unchecked") // the mistake that is shown
    void whatDoesNotFitIsRefusedByTheSender() {
        SharedQueue<?> other = space.queue("other", Codec.ints(), 4);
        assertThatThrownBy(() -> sent(Codec.ofRecord(Request.class), new Request("?", (SharedQueue<String>) other)))
                .isInstanceOf(CodecException.class)
                .hasMessage("Request.replies: 'other' is a QUEUE of 'Integer', and the component is declared as"
                        + " SharedQueue<java.lang.String>, a QUEUE of 'String'; open the object with the codec that the"
                        + " declaration names");
        assertThatThrownBy(() -> Codec.ofRecord(Raw.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Raw.queue: io.sluice.shm.queue.SharedQueue must be a component that is"
                        + " declared with the type of its elements, as in record Request(SharedQueue<String> handle)"
                        + " {}");
        SharedService<?, ?> service = space.service("s", Codec.ints(), Codec.ints());
        assertThatThrownBy(() -> sent(Codec.ofRecord(WithService.class),
                new WithService((SharedService<Integer, String>) service))).isInstanceOf(CodecException.class)
                .hasMessageContaining("'s' is a SERVICE of 'Integer -> Integer', and the component is declared as"
                        + " SharedService<java.lang.Integer, java.lang.String>, a SERVICE of 'Integer -> String'");
        SharedBarrier barrier = space.barrier("b", 2, () -> {});
        assertThatThrownBy(() -> sent(Codec.ofRecord(WithBarrier.class), new WithBarrier(barrier)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("barrier 'b' has an action, which a record does not carry");
        SharedLock lock = space.lock("l", LockOptions.repair(() -> {}));
        assertThatThrownBy(() -> sent(Codec.ofRecord(WithLock.class), new WithLock(lock)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("lock 'l' has a repair, which a record does not carry");
    }

    /// The receiver reports an object that was removed or replaced under its name; it creates no space.
    @Test
    void aRemovedObjectIsReported() {
        Codec<Request> codec = Codec.ofRecord(Request.class);
        var buffer = new ExpandableMemoryBuffer();
        int length;
        Path path;
        try (SharedSpace own = SharedSpace.openTemporary(); SharedQueue<String> queue = own.queue(Codec.strings(), 4)) {
            path = own.path();
            length = codec.encode(new Request("?", queue), buffer, 0);
        }
        assertThatThrownBy(() -> codec.decode(buffer, 0, length)).isInstanceOf(CodecException.class)
                .hasMessageStartingWith("Request.replies: ").hasRootCauseInstanceOf(NoSuchObjectException.class);
        assertThat(Files.exists(path)).isFalse();

        SharedQueue<String> first = space.queue("q", Codec.strings(), 4);
        int again = codec.encode(new Request("?", first), buffer, 0);
        first.unlink();
        space.queue("q", Codec.strings(), 4);
        assertThatThrownBy(() -> codec.decode(buffer, 0, again)).isInstanceOf(CodecException.class)
                .hasRootCauseInstanceOf(MismatchException.class);
    }
}
