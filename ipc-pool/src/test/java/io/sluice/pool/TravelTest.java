package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.task.RemoteException;
import io.sluice.pool.task.Task;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.value.SharedLong;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Values that travel to a worker and back, and values that are refused.
class TravelTest extends PoolTest {
    private static ProcessPool pool;

    /// Holds an object that does not travel.
    private record Order(String customer, Object socket) implements Serializable {}

    /// Can be written, and fails when it is read.
    private static final class Unreadable implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new IOException("not to be read");
        }
    }

    private static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }

        private void readObject(ObjectInputStream in) throws IOException {
            throw new IOException("not to be read");
        }
    }

    private static final class HeavyException extends Exception {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings({"serial", "UnusedVariable"}) // the test needs them
        private final Object socket = new Object();

        HeavyException(String message) {
            super(message);
        }
    }

    /// Serialization does not call its constructor.
    private static final class CodedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int code;

        CodedException(int code, List<String> details) {
            super("code %d, details %s".formatted(code, details));
            this.code = code;
        }
    }

    @BeforeAll
    static void open() {
        pool = ProcessPool.builder().workers(2).name("travel").build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }

    private record Trade(String name, int quantity, List<Trade> legs) {}

    /// Neither as an argument nor as a result does a record need to be `Serializable`.
    @Test
    void recordsTravelAsTheyAre() throws Exception {
        Trade trade = new Trade("swap", 2, List.of(new Trade("leg", 1, List.of())));
        assertThat(pool.apply(() -> trade)).isEqualTo(trade);
        assertThat(pool.map(x -> new Trade("t" + x, x, List.of(trade)), List.of(1, 2))).containsExactly(
                new Trade("t1", 1, List.of(trade)), new Trade("t2", 2, List.of(trade)));
        assertThat(pool.map(Trade::quantity, List.of(trade, trade))).containsExactly(2, 2);
    }

    // Large values.

    /// They travel in files of their own beside the queues, and no such file stays.
    @ParameterizedTest
    @ValueSource(ints = {1 << 20, 20 << 20})
    void largeArgumentsAndResultsTravel(int length) throws Exception {
        byte[] large = bytes(length);
        int hash = pool.apply(bytes -> Arrays.hashCode(bytes), large);
        assertThat(hash).isEqualTo(Arrays.hashCode(large));
        assertThat(Arrays.equals(pool.apply(() -> bytes(length)), large)).isTrue();
        assertThat(Arrays.equals(pool.apply(bytes -> bytes, large), large)).isTrue();
        List<byte[]> echoed = pool.map((byte[] bytes) -> bytes, List.of(large, large), 1);
        assertThat(echoed).allMatch(bytes -> Arrays.equals(bytes, large));
        assertThat(names(home(pool, space.path()))).allMatch(
                name -> name.matches("\\.alive|\\.registry|results|(tasks|interrupts|words)-\\d+"));
    }

    // Shared objects.

    @Test
    void aCapturedSharedObjectIsTheSameObject() throws Exception {
        SharedLongArray array = space.longArray("array", 1000);
        SharedLong sum = space.longValue("sum", 0);
        SharedQueue<String> queue = space.queue("queue", Codec.strings(), 16);
        for (int i = 0; i < 1000; i++) {
            array.set(i, i);
        }
        pool.submit(() -> {
            for (int i = 0; i < 1000; i++) {
                var _ = sum.addAndGet(array.get(i));
                array.set(i, -i);
            }
            queue.put("done");
            return null;
        }).get();
        assertThat(sum.get()).isEqualTo(999 * 1000 / 2);
        assertThat(array.get(999)).isEqualTo(-999);
        assertThat(queue.poll()).isEqualTo("done");
    }

    @Test
    void aSharedObjectAsAnArgumentIsTheSameObject() throws Exception {
        SharedLongArray first = space.longArray("first", 10);
        SharedLongArray second = space.longArray("second", 10);
        SharedQueue<String> queue = space.queue("queue", Codec.strings(), 16);
        long five = pool.apply(array -> array.addAndGet(3, 5), first);
        assertThat(five).isEqualTo(5);
        assertThat(pool.map((SharedLongArray array) -> array.addAndGet(3, 7), List.of(first, second)))
                .containsExactly(12L, 7L);
        boolean offered = pool.apply((to, text) -> to.offer(text), queue, "hello");
        assertThat(offered).isTrue();
        assertThat(first.get(3)).isEqualTo(12);
        assertThat(second.get(3)).isEqualTo(7);
        assertThat(queue.poll()).isEqualTo("hello");
    }

    /// A handle of a task is closed with it, and the next task has its own.
    @Test
    void handlesAreClosedAfterTheirTaskAndOpenedForTheNext() throws Exception {
        SharedLong counter = space.longValue("counter", 0);
        for (int i = 1; i <= 200; i++) {
            assertThat(pool.apply(counter::incrementAndGet)).isEqualTo(i);
        }
        assertThat(pool.map((Integer x) -> counter.incrementAndGet(), IntStream.range(0, 200).boxed().toList(), 1))
                .doesNotHaveDuplicates();
        assertThat(pool.map((SharedLong each) -> each.incrementAndGet(), List.of(counter, counter), 1)).hasSize(2);
        assertThat(counter.get()).isEqualTo(402);
        pool.submit(() -> {}).get();
        awaitUntil(() -> space.list().stream().filter(object -> object.name().equals("counter"))
                .allMatch(object -> object.live() <= 2));
    }

    // Copies.

    @Test
    void changesAfterTheSubmissionHaveNoEffect() throws Exception {
        SharedEvent gate = space.event("gate");
        List<CompletableFuture<Long>> running = occupy(pool, gate);
        int[] numbers = {1, 2, 3};
        CompletableFuture<int[]> copy = pool.submit(() -> numbers);
        numbers[0] = 9;
        gate.set();
        assertThat(resultOf(copy)).containsExactly(1, 2, 3).isNotSameAs(numbers);
        for (var task : running) {
            var _ = resultOf(task);
        }
    }

    // Refusals.

    @Test
    void aCaptureThatDoesNotTravelIsRefusedByItsName() throws Exception {
        Object socket = new Object();
        assertThatThrownBy(() -> pool.submit(() -> socket.hashCode()))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("captured variable 'socket' of type java.lang.Object is not Serializable")
                .hasMessageContaining("TravelTest.aCaptureThatDoesNotTravelIsRefusedByItsName");
        Order order = new Order("Ada", socket);
        assertThatThrownBy(() -> pool.submit(() -> order.customer()))
                .isInstanceOf(CodecException.class).hasMessageContaining("order").hasMessageContaining("socket");
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
    }

    /// The use of a field captures `this`, and a test class does not travel.
    @Test
    void aCapturedThisIsRefusedWithAdvice() {
        assertThatThrownBy(() -> pool.submit(() -> space.name()))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("captured 'this'")
                .hasMessageContaining("copy the needed value to a local variable");
    }

    @Test
    void aTaskThatIsNotSerializableIsRefusedWithAdvice() {
        Runnable plain = () -> {};
        assertThatThrownBy(() -> pool.submit(plain))
                .isInstanceOf(CodecException.class).hasMessageContaining("io.sluice.pool.task.Task");
        assertThatThrownBy(() -> pool.execute(plain)).isInstanceOf(CodecException.class);
    }

    @Test
    void aResultThatDoesNotTravelFailsItsOwnFuture() throws Exception {
        CompletableFuture<Object> bad = pool.submit(() -> new Order("Ada", new Object()));
        CompletableFuture<Integer> good = pool.submit(() -> 1);
        assertThat(failureOf(bad)).isInstanceOf(CodecException.class)
                .hasMessageContaining("socket").hasMessageContaining("java.lang.Object");
        assertThat(resultOf(good)).isEqualTo(1);
        assertThatThrownBy(() -> pool.map((Integer x) -> x == 1 ? new Object() : x, List.of(0, 1, 2), 3))
                .hasCauseInstanceOf(CodecException.class);
    }

    /// Undecodable bytes of a task in the worker, or of a result here, affect no other task.
    @Test
    void undecodableBytesFailTheirOwnFuture() throws Exception {
        Unreadable unreadable = new Unreadable();
        assertThat(failureOf(pool.submit(() -> unreadable.hashCode()))).hasStackTraceContaining("not to be read");
        assertThat(failureOf(pool.submit(() -> new Unreadable()))).hasStackTraceContaining("not to be read");
        assertThat(failureOf(pool.mapAsync((Integer x) -> x == 1 ? new Unreadable() : x, List.of(0, 1, 2))))
                .hasStackTraceContaining("not to be read");
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
    }

    @Test
    void anExceptionThatCannotBeReadArrivesAsItsTexts() throws Exception {
        List<Task<Object>> failing = List.of(() -> {
            throw new UnreadableException("first");
        }, () -> {
            throw new HeavyException("second");
        });
        for (int i = 0; i < 2; i++) {
            String message = i == 0 ? "first" : "second";
            Class<?> type = i == 0 ? UnreadableException.class : HeavyException.class;
            assertThat(failureOf(pool.submit(failing.get(i)))).isInstanceOfSatisfying(RemoteException.class, remote -> {
                assertThat(remote.remoteClass()).isEqualTo(type.getName());
                assertThat(remote.remoteMessage()).isEqualTo(message);
                assertThat(remote.remoteTrace()).contains("travel-worker-", type.getName() + ": " + message, "\tat ");
                assertThat(rootOf(remote).getMessage()).isEqualTo(remote.remoteTrace());
            });
        }
        assertThat(pool.apply(() -> 1)).isEqualTo(1);
    }

    @Test
    void anExceptionNeedsNoSpecialConstructor() {
        assertThat(failureOf(pool.submit((Task<Object>) () -> {
            throw new CodedException(7, List.of("a", "b"));
        }))).isInstanceOfSatisfying(CodedException.class, coded -> {
            assertThat(coded.code).isEqualTo(7);
            assertThat(coded).hasMessage("code 7, details [a, b]");
            assertThat(rootOf(coded).getMessage()).contains("CodedException");
        });
    }

    @Test
    void classesOfTheJdkThatAreNoValuesMustBeAllowed() throws Exception {
        PriorityQueue<Integer> numbers = new PriorityQueue<>(List.of(3, 1, 2));
        String advice = "ProcessPool.builder().allow(\"java.util.PriorityQueue\")";
        assertThatThrownBy(() -> pool.submit(() -> numbers.size()))
                .isInstanceOf(CodecException.class).hasMessageContaining(advice);
        assertThat(failureOf(pool.submit(() -> new PriorityQueue<>(List.of(1)))))
                .isInstanceOf(CodecException.class).hasMessageContaining(advice);
        try (ProcessPool allowing = ProcessPool.builder().workers(1).allow("java.util.PriorityQueue").build()) {
            PriorityQueue<Integer> back = allowing.apply(queue -> {
                var _ = queue.poll();
                return queue;
            }, numbers);
            assertThat(back.poll()).isEqualTo(2);
            assertThat(allowing.submit(() -> numbers.size()).get(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isEqualTo(3);
        }
    }
}
