package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.ADAPTIVE;
import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.park.ThreadParking;
import io.sluice.core.park.Waiter;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Producers and consumers at the same time, each as an owner of its own. A lost wake-up is a hang here: where the
/// parking is not sliced, only a call ends a sleep.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingThreadsTest {
    private static final int MESSAGES = 50_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /// The number of producers and consumers, and their wait strategy.
    record Crowd(int writers, int readers, WaitStrategy strategy, int capacity, int maxLength) {
        static Stream<Crowd> all() {
            return Stream.of(1, 2).flatMap(writers -> Stream.of(1, 2).flatMap(readers -> Stream.of(
                    new Crowd(writers, readers, ADAPTIVE, 64, 8), new Crowd(writers, readers, PARK, 16, 200),
                    new Crowd(writers, readers, PARK, 1, 8))));
        }

        RingOptions options() {
            return RingOptions.oneToOne(capacity).withRoles(
                    writers == 1 ? Producers.ONE : Producers.MANY, readers == 1 ? Consumers.ONE : Consumers.MANY);
        }
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /// Every message once, whole, and each producer's in its order.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.RingThreadsTest$Crowd#all")
    void everyMessageArrivesOnceInItsProducersOrder(Crowd crowd) throws Exception {
        int messages = crowd.capacity == 1 ? MESSAGES / 10 : MESSAGES;
        // With many consumers one may end by the acknowledgement of another, which wakes only producers.
        ThreadParking parking = new ThreadParking(crowd.readers > 1);
        try (RingMemory memory = new RingMemory(crowd.options())) {
            AtomicLong sum = new AtomicLong();
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < crowd.readers; i++) {
                RingConsumer consumer = memory.view(10 + i, parking).consumer(crowd.strategy);
                readers.add(threads.submit(() -> consume(consumer, crowd, sum)));
            }
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < crowd.writers; i++) {
                int writer = i;
                RingProducer producer = memory.view(1 + i, parking).producer(crowd.strategy);
                writers.add(threads.submit(() -> produce(producer, writer, messages, crowd.maxLength)));
            }
            for (Future<Integer> writer : writers) {
                while (!writer.isDone()) {
                    for (Future<Integer> reader : readers) {
                        assertThat(reader.isDone()).as("a reader ended before its writers").isFalse();
                    }
                    Thread.onSpinWait();
                }
                writer.get();
            }
            Ring ring = memory.view(1, parking);
            ring.shutdown();
            int received = 0;
            for (Future<Integer> reader : readers) {
                received += reader.get();
            }
            assertThat(received).isEqualTo(crowd.writers * messages);
            assertThat(sum.get()).isEqualTo(crowd.writers * (messages * (messages - 1L) / 2));
            assertThat(ring.browser().isAllReleased()).isTrue();
        }
    }

    private static int produce(RingProducer producer, int writer, int messages, int maxLength) throws Exception {
        Claim claim = new Claim();
        for (int i = 0; i < messages; i++) {
            int length = 8 + i % (maxLength - 7);
            producer.claim(claim, writer, length);
            claim.buffer().putLong(0, i);
            claim.buffer().putByte(length - 1, length == 8 ? (byte) 0 : (byte) i);
            if (i % 100 == 7) {
                claim.abort();
                producer.claim(claim, writer, 8);
                claim.buffer().putLong(0, i);
            }
            claim.commit();
        }
        return messages;
    }

    private static int consume(RingConsumer consumer, Crowd crowd, AtomicLong sum) throws Exception {
        long[] last = new long[crowd.writers];
        Arrays.fill(last, -1);
        int total = 0;
        for (;;) {
            int count = consumer.read((writer, buffer, index, length) -> {
                long number = buffer.getLong(index);
                if (number <= last[writer]
                        || (length > 8 && buffer.getByte(index + length - 1) != (byte) number)) {
                    throw new AssertionError("message %d after %d of %d".formatted(number, last[writer], writer));
                }
                last[writer] = number;
                sum.addAndGet(number);
            }, 7, Waiter.FOREVER);
            if (count == RingConsumer.END) {
                return total;
            }
            total += count;
        }
    }

    /// Both sides sleep for each message, and no slice wakes them.
    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void noWakeUpIsLostInTwoHundredThousandMessages(int capacity) throws Exception {
        ThreadParking parking = new ThreadParking(false);
        int rounds = capacity == 1 ? 70_000 : 30_000;
        for (Producers producers : Producers.values()) {
            Consumers consumers = producers == Producers.ONE ? Consumers.ONE : Consumers.MANY;
            RingOptions options = RingOptions.oneToOne(capacity).withRoles(producers, consumers);
            try (RingMemory there = new RingMemory(options); RingMemory back = new RingMemory(options)) {
                Future<Long> echo = threads.submit(() -> play(
                        there.view(2, parking).consumer(PARK), back.view(2, parking).producer(PARK),
                        rounds / 2, false));
                Future<Long> server = threads.submit(() -> play(
                        back.view(1, parking).consumer(PARK), there.view(1, parking).producer(PARK),
                        rounds / 2, true));
                assertThat(echo.get(40, TimeUnit.SECONDS)).isEqualTo(rounds / 2);
                assertThat(server.get(40, TimeUnit.SECONDS)).isEqualTo(rounds / 2);
            }
        }
        assertThat(parking.sleeps.get()).isPositive();
    }

    private static Long play(RingConsumer consumer, RingProducer producer, int rounds, boolean serves)
            throws Exception {
        Claim claim = new Claim();
        long count = 0;
        for (int i = 0; i < rounds; i++) {
            if (serves) {
                producer.claim(claim, i, 0);
                claim.commit();
            }
            count += consumer.read((type, buffer, index, length) -> {}, 1, Waiter.FOREVER);
            if (!serves) {
                producer.claim(claim, i, 0);
                claim.commit();
            }
        }
        return count;
    }

    /// A full ring and a producer that sleeps, an empty ring and a consumer that sleeps: a shutdown wakes both.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#bounded")
    void aShutdownWakesAllWaiters(Shape shape) throws Exception {
        if (shape.options().slotBytes() != 64) {
            return;
        }
        for (boolean writes : new boolean[] {true, false}) {
            ThreadParking parking = new ThreadParking(false);
            try (RingMemory memory = new RingMemory(shape.options())) {
                RingProducer producer = memory.view(1, parking).producer(PARK);
                RingConsumer consumer = shape.consumer(memory.view(2, parking));
                while (writes && Messages.send(producer, 0, 0)) {
                    assertThat(consumer.isClosed()).isFalse();
                }
                Future<Object> waiting = threads.submit(waiting(writes, producer, consumer));
                awaitSleeps(parking, 1);
                memory.view(3, parking).shutdown();
                if (writes) {
                    assertThatThrownBy(waiting::get).hasCauseInstanceOf(ShutdownException.class);
                } else {
                    assertThat(waiting.get()).isEqualTo(RingConsumer.END);
                }
            }
        }
    }

    private static void awaitSleeps(ThreadParking parking, int count) {
        while (parking.sleeps.get() < count) {
            Thread.onSpinWait();
        }
    }

    /// A waiter through a view that another thread closes is woken, and gets an exception.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#bounded")
    void aCloseWakesTheWaitersOfItsView(Shape shape) throws Exception {
        if (shape.options().slotBytes() != 64) {
            return;
        }
        for (boolean writes : new boolean[] {true, false}) {
            ThreadParking parking = new ThreadParking(false);
            try (RingMemory memory = new RingMemory(shape.options())) {
                Ring ring = memory.view(1, parking);
                RingProducer producer = ring.producer(PARK);
                RingConsumer consumer = shape.consumer(writes ? memory.view(2, parking) : ring);
                while (writes && Messages.send(producer, 0, 0)) {
                    assertThat(ring.isShutdown()).isFalse();
                }
                Future<Object> waiting = threads.submit(waiting(writes, producer, consumer));
                awaitSleeps(parking, 1);
                ring.close();
                assertThatThrownBy(waiting::get).hasCauseInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
            }
        }
    }

    private static Callable<Object> waiting(boolean writes, RingProducer producer, RingConsumer consumer) {
        return () -> {
            if (writes) {
                producer.claim(new Claim(), 0, 0);
                return "claimed";
            }
            return consumer.read((type, buffer, index, length) -> {}, 1, Waiter.FOREVER);
        };
    }

    /// An interrupt before or during a wait ends it, also with a message to read; the flag is cleared, and nothing is
    /// claimed or read.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#bounded")
    void anInterruptEndsAWait(Shape shape) throws Exception {
        if (shape.options().slotBytes() != 64) {
            return;
        }
        ThreadParking parking = new ThreadParking(true);
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1, parking).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2, parking));
            for (boolean writes : new boolean[] {false, true}) {
                while (writes && Messages.send(producer, 0, 0)) {
                    assertThat(consumer.isClosed()).isFalse();
                }
                Callable<Object> wait = waiting(writes, producer, consumer);
                Thread.currentThread().interrupt();
                assertThatThrownBy(wait::call).isInstanceOf(InterruptedException.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                int before = parking.sleeps.get();
                Thread[] sleeper = {null};
                Future<Boolean> interrupted = threads.submit(() -> {
                    sleeper[0] = Thread.currentThread();
                    try {
                        wait.call();
                        return false;
                    } catch (InterruptedException e) {
                        return !Thread.currentThread().isInterrupted();
                    }
                });
                awaitSleeps(parking, before + 1);
                sleeper[0].interrupt();
                assertThat(interrupted.get()).isTrue();
            }
            // Also with messages to read; they stay.
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> consumer.read((type, buffer, index, length) -> {}, 100, Waiter.FOREVER))
                    .isInstanceOf(InterruptedException.class);
            assertThat(consumer.read((type, buffer, index, length) -> {}, 100, Waiter.FOREVER))
                    .isEqualTo(shape.options().capacity());
        }
    }

    /// A wait lasts at least its time-out; zero and less is one try.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void timeOutsAreKept(Shape shape) throws Exception {
        ThreadParking parking = new ThreadParking(true);
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1, parking).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2, parking));
            for (long timeout : new long[] {0, -1, Long.MIN_VALUE}) {
                assertThat(consumer.read((type, buffer, index, length) -> {}, 1, timeout)).isZero();
            }
            assertThat(parking.sleeps.get()).isZero();
            long begin = System.nanoTime();
            assertThat(consumer.read((type, buffer, index, length) -> {}, 1, 25_000_000)).isZero();
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(25_000_000);
            if (shape.drops()) {
                return;
            }
            Claim claim = new Claim();
            for (int i = 0; i < 8; i++) {
                assertThat(producer.claim(claim, 0, 0, i - 4)).isTrue();
                claim.commit();
            }
            assertThat(producer.claim(claim, 0, 0, 0)).isFalse();
            begin = System.nanoTime();
            assertThat(producer.claim(claim, 0, 0, 25_000_000)).isFalse();
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(25_000_000);
            assertThat(claim.isOpen()).isFalse();
        }
    }

    /// More waiters than carriers: none keeps its carrier while it sleeps.
    @Test
    void virtualThreadsWaitWithoutTheirCarriers() throws Exception {
        int readers = 50;
        ThreadParking parking = new ThreadParking(true);
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(16));
                ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicLong sum = new AtomicLong();
            List<Future<Integer>> done = new ArrayList<>();
            Ring ring = memory.view(2, parking);
            for (int i = 0; i < readers; i++) {
                RingConsumer consumer = ring.consumer(PARK);
                done.add(virtual.submit(() -> consume(consumer, new Crowd(1, readers, PARK, 16, 8), sum)));
            }
            awaitSleeps(parking, readers);
            RingProducer producer = memory.view(1, parking).producer(PARK);
            assertThat(virtual.submit(() -> produce(producer, 0, 20_000, 8)).get()).isEqualTo(20_000);
            ring.shutdown();
            int received = 0;
            for (Future<Integer> reader : done) {
                received += reader.get();
            }
            assertThat(received).isEqualTo(20_000);
            assertThat(sum.get()).isEqualTo(20_000L * 19_999 / 2);
        }
    }

    /// A broadcast to a blocking and a dropping consumer: the first misses nothing, the second sees no torn message.
    @Test
    void aBroadcastIsReadByFastAndSlow() throws Exception {
        ThreadParking parking = new ThreadParking(false);
        try (RingMemory memory = new RingMemory(RingOptions.broadcast(32))) {
            AtomicLong sum = new AtomicLong();
            AtomicLong rest = new AtomicLong();
            RingConsumer blocks = memory.view(2, parking).subscribe(SlowConsumer.BLOCK, PARK);
            RingConsumer drops = memory.view(3, parking).subscribe(SlowConsumer.DROP, ADAPTIVE);
            Crowd crowd = new Crowd(1, 2, PARK, 32, 200);
            Future<Integer> all = threads.submit(() -> consume(blocks, crowd, sum));
            Future<Integer> some = threads.submit(() -> consume(drops, crowd, rest));
            RingProducer producer = memory.view(1, parking).producer(ADAPTIVE);
            threads.submit(() -> produce(producer, 0, MESSAGES, 200)).get();
            memory.view(1, parking).shutdown();
            assertThat(all.get()).isEqualTo(MESSAGES);
            assertThat(sum.get()).isEqualTo(MESSAGES * (MESSAGES - 1L) / 2);
            assertThat(some.get()).isBetween(0, MESSAGES);
        }
    }
}
