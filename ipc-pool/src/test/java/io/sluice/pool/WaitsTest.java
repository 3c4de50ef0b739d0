package io.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.idle.Waitable;
import io.sluice.core.idle.Waits;
import io.sluice.core.ring.Claim;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingProducer;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.pool.connection.Listener;
import io.sluice.pool.process.JavaProcess;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The first of several.
class WaitsTest extends PoolTest {
    private static final Duration LONG = Duration.ofSeconds(WATCHDOG_SECONDS);

    /// A member that is not ready, and what makes it so.
    private record Case(Waitable member, Step happens) {}

    private interface Step {
        void run() throws Exception;
    }

    interface Kind {
        Object of(SharedSpace space) throws Exception;
    }

    /// What the members of a test stand on.
    private static final List<AutoCloseable> OPENED = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : OPENED) {
            each.close();
        }
        OPENED.clear();
    }

    static List<Kind> kinds() {
        return List.of(WaitsTest::element, WaitsTest::endOfAQueue, WaitsTest::task, WaitsTest::message,
                WaitsTest::endOfAStream, WaitsTest::event, WaitsTest::latch, WaitsTest::ring, WaitsTest::process,
                WaitsTest::future, WaitsTest::failure, WaitsTest::close, WaitsTest::client, WaitsTest::messageOfASocket,
                WaitsTest::endOfASocket);
    }

    private static Case element(SharedSpace space) {
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 4);
        return new Case(queue, () -> queue.put(1));
    }

    private static Case endOfAQueue(SharedSpace space) {
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 4);
        return new Case(queue, queue::shutdown);
    }

    private static Case task(SharedSpace space) {
        SharedTaskQueue<Integer> tasks = space.taskQueue("t", Codec.ints(), 4);
        return new Case(tasks, () -> tasks.put(1));
    }

    private static Case message(SharedSpace space) {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        return new Case(pipe.second(), () -> first.send("x"));
    }

    private static Case endOfAStream(SharedSpace space) {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> first = pipe.first();
        return new Case(pipe.second(), first::close);
    }

    private static Case event(SharedSpace space) {
        SharedEvent event = space.event("e");
        return new Case(event, event::set);
    }

    private static Case latch(SharedSpace space) {
        SharedCountDownLatch latch = space.countDownLatch("l", 1);
        return new Case(latch, latch::countDown);
    }

    private static Case ring(SharedSpace space) {
        SharedRing ring = space.ring("r", RingOptions.oneToOne(4));
        RingProducer producer = ring.producer();
        RingConsumer consumer = ring.consumer();
        return new Case(consumer, () -> {
            try (Claim claim = new Claim()) {
                producer.claim(claim, 1, 8);
                claim.commit();
            }
        });
    }

    private static Case process(SharedSpace space) {
        SharedEvent gate = space.event("gate");
        JavaProcess child = JavaProcess.start(() -> gate.await());
        return new Case(child, gate::set);
    }

    private static Case future(SharedSpace space) {
        var future = new CompletableFuture<String>();
        return new Case(Waits.of(future), () -> future.complete("x"));
    }

    private static Case failure(SharedSpace space) {
        var future = new CompletableFuture<String>();
        return new Case(Waits.of(future), () -> future.completeExceptionally(new IllegalStateException("x")));
    }

    private static Case close(SharedSpace space) {
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 4);
        return new Case(queue, queue::close);
    }

    private static Case client(SharedSpace space) throws Exception {
        AuthKey key = AuthKey.generate();
        Listener<Object> listener = Listener.open(Address.unix(), key);
        OPENED.add(listener);
        return new Case(listener, () -> OPENED.add(Client.connect(listener.address(), key)));
    }

    private static Case messageOfASocket(SharedSpace space) throws Exception {
        return socket(client -> () -> client.send("x"));
    }

    private static Case endOfASocket(SharedSpace space) throws Exception {
        return socket(client -> client::close);
    }

    private static Case socket(Function<Connection<Object>, Step> happens) throws Exception {
        AuthKey key = AuthKey.generate();
        try (Listener<Object> listener = Listener.open(
                Address.unix(), key, ConnectionOptions.defaults().withSharedMemory(false))) {
            Connection<Object> client = Client.connect(listener.address(), key);
            OPENED.add(client);
            return new Case(listener.accept(), happens.apply(client));
        }
    }

    /// The caller waits when it happens, and the other members are not ready.
    @ParameterizedTest
    @MethodSource("kinds")
    void eachKindEndsTheWait(Kind kind) throws Exception {
        Case one = (Case) kind.of(space);
        List<Waitable> members = List.of(space.event("never"), one.member(), Waits.of(new CompletableFuture<>()));
        assertThat(Waits.any(members, Duration.ZERO)).isEmpty();
        assertThat(Waits.any(members, Duration.ofMillis(1))).isEmpty();
        var wait = new FutureTask<>(() -> Waits.any(members, LONG));
        Thread caller = Thread.ofPlatform().start(wait);
        awaitWaiting(caller);
        one.happens().run();
        assertThat(resultOf(wait)).containsExactly(one.member());
        assertThat(Waits.any(members, Duration.ZERO)).as("nothing was consumed").containsExactly(one.member());
        if (one.member() instanceof AutoCloseable handle) {
            handle.close();
        }
    }

    @Test
    void allThatAreReadyComeInTheirOrder() throws Exception {
        SharedQueue<Integer> queue = space.queue("q", Codec.ints(), 4);
        SharedEvent event = space.event("e");
        SharedEvent never = space.event("never");
        event.set();
        queue.add(1);
        assertThat(Waits.any(List.of(event, never, queue), LONG)).containsExactly(event, queue);
        assertThat(queue.take()).isEqualTo(1);
        assertThat(Waits.any(List.of(event, never, queue), LONG)).containsExactly(event);
    }

    /// The other side of a pipe is killed while it holds its end.
    @Test
    void theDeathOfAPeerEndsTheWait() throws Exception {
        SharedPipe<String> pipe = space.pipe("p", Codec.strings());
        Connection<String> own = pipe.first();
        SharedEvent ready = space.event("ready");
        SharedEvent never = space.event("never");
        try (JavaProcess child = JavaProcess.start(() -> {
            var _ = pipe.second();
            ready.set();
            never.await();
        })) {
            assertThat(Waits.any(List.of(ready, child), LONG)).containsExactly(ready);
            var wait = new FutureTask<>(() -> Waits.any(List.of(own, never), LONG));
            awaitWaiting(Thread.ofPlatform().start(wait));
            child.kill();
            assertThat(resultOf(wait)).containsExactly(own);
            child.join();
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        SharedEvent never = space.event("never");
        var wait = new FutureTask<>(() -> Waits.any(List.of(never, never), LONG));
        Thread caller = Thread.ofPlatform().start(wait);
        awaitWaiting(caller);
        caller.interrupt();
        assertThatThrownBy(() -> resultOf(wait)).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Waits.any(List.of(never), Duration.ZERO)).isInstanceOf(InterruptedException.class);
    }

    /// More members than the kernel watches at once.
    @Test
    void oneOfManyEndsTheWait() throws Exception {
        List<SharedEvent> events = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            events.add(space.event("e" + i));
        }
        var wait = new FutureTask<>(() -> Waits.any(events, LONG));
        awaitWaiting(Thread.ofVirtual().start(wait));
        events.get(217).set();
        assertThat(resultOf(wait)).containsExactly(events.get(217));
        events.forEach(SharedEvent::close);
        assertThat(Waits.any(events, LONG)).as("closed is ready").hasSameSizeAs(events);
    }

    @Test
    void aFutureOfAPoolIsAMember() throws Exception {
        SharedEvent gate = space.event("gate");
        try (ProcessPool pool = ProcessPool.builder().workers(1).build()) {
            CompletableFuture<Integer> task = pool.submit(() -> {
                gate.await();
                return 1;
            });
            CompletableFuture<Integer> second = pool.submit(() -> 2);
            Waitable cancelled = Waits.of(second);
            assertThat(second.cancel(false)).isTrue();
            assertThat(Waits.any(List.of(Waits.of(task), cancelled), LONG)).containsExactly(cancelled);
            assertThatThrownBy(second::join).isInstanceOf(CancellationException.class);
            gate.set();
            Waitable done = Waits.of(task);
            assertThat(Waits.any(List.of(done), LONG)).containsExactly(done);
        }
    }

    @Test
    void wrongArgumentsAreRefused() {
        assertThatThrownBy(() -> Waits.any(List.of(), LONG)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no member");
        SharedEvent closed = space.event("e");
        closed.close();
        assertThatThrownBy(closed::isSet).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> Waits.of(null)).isInstanceOf(NullPointerException.class);
    }
}
