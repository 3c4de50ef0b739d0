package io.sluice.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.SharedCondition;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.service.SharedService;
import io.sluice.shm.service.SharedService.Handler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every method of this module that can be interrupted, found by reflection, is called by a thread whose interrupt is
/// pending, where it need not wait. As in the JDK it throws, and has done nothing.
@Timeout(60)
@SuppressWarnings({"LockNotBeforeTry", "JavaUtilDate"})   // reflection calls what stands between; Condition has a Date
class PendingInterruptTest {
    private static final Object ELEMENT = 7;

    private final Sandbox sandbox = new Sandbox();
    private final SharedSpace space = sandbox.open();

    @AfterEach
    void removeEverything() {
        var _ = Thread.interrupted();
        sandbox.close();
    }

    /// Elements and room are there.
    @Test
    void queues() {
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 4);
        queue.add(1);
        check(SharedQueue.class, queue);
        assertThat(queue).containsExactly(1);
        SharedTaskQueue<Integer> tasks = space.taskQueue("t", Codec.ints(), 4);
        assertThat(tasks.offer(1)).isTrue();
        check(SharedTaskQueue.class, tasks);
        assertThat(tasks.size()).isEqualTo(1);
        assertThat(tasks.leased()).isZero();
    }

    /// Messages and room are there, of both kinds.
    @Test
    void pipes() throws Exception {
        Connection<Integer> first = space.pipe("p", Codec.ints()).first();
        Connection<Integer> second = space.pipe("p", Codec.ints()).second();
        first.sendBytes(new byte[1]);
        check(Connection.class, second);
        assertThat(second.receiveBytes()).hasSize(1);
        first.send(2);
        check(Connection.class, second);
        assertThat(second.receive()).isEqualTo(2);
        assertThat(second.poll(0, TimeUnit.SECONDS)).isFalse();
        assertThat(first.poll(0, TimeUnit.SECONDS)).isFalse();
    }

    /// Messages and room are there.
    @Test
    void rings() {
        for (RingOptions options : List.of(RingOptions.oneToOne(8), RingOptions.manyToMany(8))) {
            SharedRing ring = space.ring("r" + options.consumers(), options);
            RingProducer producer = ring.producer(WaitStrategy.PARK);
            RingConsumer consumer = ring.consumer(WaitStrategy.PARK);
            try (Claim claim = new Claim()) {
                assertThat(producer.tryClaim(claim, 1, 0)).isTrue();
                claim.commit();
            }
            check(RingProducer.class, producer);
            check(consumer.getClass(), consumer);
            assertThat(consumer.read((type, buffer, index, length) -> { }, 8)).isEqualTo(1);
        }
    }

    /// A cell is free, and a request is there.
    @Test
    void services() {
        SharedService<Integer, Integer> service = space.service("s", Codec.ints(), Codec.ints());
        var answer = service.callAsync(1);
        check(SharedService.class, service);
        assertThat(service.open()).isEqualTo(1);
        assertThat(service.poll((number, client) -> number)).isTrue();
        assertThat(answer.join()).isEqualTo(1);
    }

    /// The locks are free, and the predicate of the condition holds.
    @Test
    void locks() {
        for (Lock lock : List.of(space.lock("l"), space.reentrantLock("m"), space.readWriteLock("rw").readLock(),
                space.readWriteLock("rw").writeLock())) {
            check(Lock.class, lock);
            assertThat(lock.tryLock()).isTrue();
            lock.unlock();
        }
        var lock = space.reentrantLock("m");
        SharedCondition condition = lock.newCondition();
        lock.lock();
        check(SharedCondition.class, condition);
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        lock.unlock();
    }

    /// The event is set, the latch is open, the permits are there, and the party is the last one.
    @Test
    void others() {
        SharedEvent event = space.event("e");
        event.set();
        var semaphore = space.semaphore("s", 5);
        List.of(event, space.countDownLatch("c", 0), semaphore).forEach(object -> check(object.getClass(), object));
        assertThat(semaphore.availablePermits()).isEqualTo(5);
        AtomicInteger number = new AtomicInteger();
        check(SharedBarrier.class, () -> space.barrier("b" + number.incrementAndGet(), 1));    // each breaks one
    }

    private static void check(Class<?> type, Object object) {
        check(type, () -> object);
    }

    private static void check(Class<?> type, Supplier<?> object) {
        List<Method> methods = Arrays.stream(type.getMethods())
                .filter(method -> !method.isBridge() && method.getDeclaringClass() != Object.class)
                .filter(method -> List.of(method.getExceptionTypes()).contains(InterruptedException.class))
                .toList();
        assertThat(methods).isNotEmpty();
        for (Method method : methods) {
            for (long time : new long[] {Long.MIN_VALUE, 0, 1}) {
                method.setAccessible(true);
                Object[] arguments = Arrays.stream(method.getParameterTypes())
                        .map(parameter -> argument(parameter, time)).toArray();
                Thread.currentThread().interrupt();
                Throwable thrown = catchThrowable(() -> {
                    try {
                        method.invoke(object.get(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
                assertThat(thrown).as("%s, %d", method, time).isInstanceOf(InterruptedException.class);
                assertThat(Thread.interrupted()).as("flag after %s", method).isFalse();
            }
        }
    }

    private static Object argument(Class<?> type, long time) {
        Map<Class<?>, Object> known = new HashMap<>();
        known.put(Object.class, type == Object.class ? ELEMENT : null);
        known.put(long.class, time);
        known.put(int.class, 1);
        known.put(TimeUnit.class, TimeUnit.DAYS);
        known.put(Duration.class, Duration.ZERO);
        known.put(Date.class, new Date(0));
        known.put(byte[].class, new byte[3]);
        known.put(ByteBuffer.class, ByteBuffer.allocate(8));
        known.put(Claim.class, new Claim());
        known.put(BooleanSupplier.class, (BooleanSupplier) () -> true);
        known.put(BooleanSupplier.class, (BooleanSupplier) () -> true);
        known.put(Handler.class, (Handler<Integer, Integer>) (number, client) -> number);
        known.put(MessageHandler.class, (MessageHandler) (kind, buffer, index, length) -> { });
        assertThat(known).containsKey(type);
        return known.get(type);
    }
}
