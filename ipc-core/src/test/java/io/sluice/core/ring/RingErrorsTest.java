package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.memory.Memory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An operation of a ring fails at its n-th place, for every n: at each call into the ports, at each call of a handler
/// or visitor, and at each step between two words at which a living thread can fail. Then each message is there once,
/// or the operation was done; the same handles go on, other processes too, and no slot and no role stays taken.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingErrorsTest {
    /// The crash points at which a process can die, and a living thread cannot fail: around them are loads and stores
    /// alone, without an allocation, a lock or a call out, and the operation, or the take before it, has probed the
    /// stack (decision 0023). What fails in the memory itself ends the object: its file was truncated.
    ///
    /// - `CLAIM_HELD`: the last step of a claim; the return follows.
    /// - `TAKE_WORD_SET`, `TAKE_HELD` with many consumers: the position is returned, or passed to a `try`.
    /// - `RELEASE_DONE_SET`, `RELEASE_HALF_STAMPED`: the words of a record are released one after the other.
    /// - `RELEASE_WORD_SET` of one consumer: the position in a field follows.
    /// - `GIVE_BACK_WORD_SET`: the count of returns follows.
    /// - `ROLE_RESERVED`: the word is returned, and passed to a `try`.
    private static final Set<CrashPoint> CANNOT_FAIL = EnumSet.of(
            CrashPoint.CLAIM_HELD, CrashPoint.TAKE_WORD_SET, CrashPoint.TAKE_HELD, CrashPoint.RELEASE_DONE_SET,
            CrashPoint.RELEASE_HALF_STAMPED, CrashPoint.RELEASE_WORD_SET, CrashPoint.GIVE_BACK_WORD_SET,
            CrashPoint.ROLE_RESERVED);

    private static final List<Throwable> FAILURES = List.of(
            new OutOfMemoryError("none"), new StackOverflowError(), new IllegalStateException("refused"));

    private static final int LONG = 100;

    @AfterEach
    void unhook() {
        CrashHook.script(null);
    }

    static Stream<Shape> shapes() {
        return Shape.ofEight();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }

    /// Counts the places, and fails at one.
    private static final class Places extends AwakeParking {
        private int failAt;
        private Throwable failure;
        private int reached;
        private Thread armed;
        private String failedAt;

        void arm(int nth, Throwable with) {
            failAt = nth;
            failure = with;
            reached = 0;
            failedAt = null;
            armed = Thread.currentThread();
            CrashHook.script(point -> {
                if (!CANNOT_FAIL.contains(point)) {
                    reach(point.name());
                }
            });
        }

        void disarm() {
            armed = null;
            CrashHook.script(null);
        }

        void reach(String place) {
            if (Thread.currentThread().equals(armed) && ++reached == failAt) {      // not that of the sweeper
                failedAt = place;
                RingErrorsTest.<RuntimeException>raise(failure);
            }
        }

        @Override
        public void park(long address, int expected, long nanos) {
            reach("park");
            LockSupport.parkNanos(nanos);
        }

        @Override
        public void unpark(long address) {
            reach("unpark");
            super.unpark(address);
        }

        @Override
        public boolean unparkOne(long address) {
            reach("unparkOne");
            return super.unparkOne(address);
        }

        @Override
        public void heavyFence() {
            super.heavyFence();
            reach("heavyFence");
        }
    }

    /// A ring with a producer and a consumer whose ports may fail, and what was sent and received through it.
    private static final class Fixture implements AutoCloseable {
        final Shape shape;
        final Places places = new Places();
        final RingMemory memory;
        final Ring ring;
        final Claim claim = new Claim();
        final ExpandableMemoryBuffer source = new ExpandableMemoryBuffer(LONG);
        RingProducer producer;
        RingConsumer consumer;
        ManyConsumer taker;
        /// Numbers of the messages whose commit returned, and of the one whose commit may have been done.
        final List<Integer> sent = new ArrayList<>();
        int uncertain = -1;
        final List<Integer> received = new ArrayList<>();
        int next;
        final MessageHandler handler = this::receive;

        Fixture(Shape shape) {
            this.shape = shape;
            this.memory = new RingMemory(shape.options());
            this.ring = memory.view(1, places, () -> places.reach("sweep"));
            openHandles();
        }

        void openHandles() {
            producer = producer == null ? ring.producer(PARK) : producer;
            consumer = consumer == null ? shape.consumer(ring) : consumer;
            taker = taker == null && shape.manyConsumers() ? ring.taker(PARK) : taker;
        }

        private void receive(int number, org.agrona.MutableDirectBuffer buffer, int index, int length) {
            places.reach("handler");
            assertThat(Messages.isWhole(number, buffer, index, length)).isTrue();
            received.add(number);
        }

        /// Makes each signal a call of the port.
        void putToSleep() {
            Memory.putInt(ring.address + RingLayout.ITEMS, 1);
            Memory.putInt(ring.address + RingLayout.SPACE, 1);
        }

        void send(int length) {
            uncertain = next++;
            try (claim) {
                if (producer.tryClaim(claim, uncertain, length)) {
                    Messages.write(claim.buffer(), uncertain, length);
                    claim.commit();
                    sent.add(uncertain);
                }
            }
            uncertain = -1;
        }

        void offer(int length) {
            uncertain = next++;
            Messages.write(source, uncertain, length);
            if (producer.offer(uncertain, source, 0, length)) {
                sent.add(uncertain);
            }
            uncertain = -1;
        }

        void abort(int length) {
            try (claim) {
                assertThat(producer.tryClaim(claim, next++, length)).isTrue();
            }
        }

        /// Moves on until a long message does not fit before the end of the array.
        void toTheEnd() {
            while ((ring.findTail() & ring.mask) != ring.mask) {
                send(0);
                read(1);
            }
        }

        void read(int limit) {
            consumer.read(handler, limit);
        }

        void take(boolean acknowledges) {
            long position = taker.take();
            if (acknowledges) {
                int number = taker.type(position);
                received.add(number);
                taker.acknowledge(position);
            } else {
                taker.giveBack(position);
            }
        }

        void remove() {
            long position = ring.browser().next(0);
            int number = taker.type(position);
            try {
                assertThat(ring.browser().remove(position)).isTrue();
            } finally {
                if (ring.browser().next(0) != position) {
                    received.add(number);
                }
            }
        }

        void peek() {
            ring.browser().peek(ring.browser().next(0), (type, payload, length) -> {
                places.reach("visitor");
                return length;
            });
        }

        /// Every message was received once, in order; the uncertain one at most once.
        void assertNothingLost() {
            consumer.drain(handler);
            List<Integer> expected = new ArrayList<>(sent);
            if (uncertain >= 0 && received.contains(uncertain)) {
                expected.add(uncertain);
            }
            assertThat(received).containsExactlyElementsOf(expected);
            uncertain = -1;
            received.clear();
            sent.clear();
        }

        /// The handles work for three turns, with messages of all lengths.
        void assertWorks() {
            for (int i = 0; i < 3 * shape.options().slots(); i++) {
                send(i % (shape.options().maxMessageBytes() + 1));
                assertThat(uncertain).isEqualTo(-1);
                assertThat(sent).hasSize(1);
                consumer.read(handler, 2);
                assertThat(received).containsExactlyElementsOf(sent);
                received.clear();
                sent.clear();
            }
            int most = shape.options().capacity() - (shape.drops() ? 1 : 0);     // one more, and all are lost
            for (int i = 0; i < most; i++) {
                send(0);
            }
            assertThat(sent).hasSize(most);
            consumer.drain(handler);
            assertThat(received).containsExactlyElementsOf(sent);
            received.clear();
            sent.clear();
            if (!shape.broadcasts()) {
                assertThat(ring.browser().isAllReleased()).isTrue();
            }
        }

        /// The handles close, and another process takes their roles.
        void assertRolesAreFree() {
            producer.close();
            consumer.close();
            Ring other = memory.view(2);
            try (RingProducer successor = other.producer(PARK); RingConsumer reader = shape.consumer(other)) {
                assertThat(Messages.send(successor, 1, LONG)).isTrue();
                Messages messages = new Messages();
                assertThat(reader.drain(messages)).isEqualTo(1);
                assertThat(messages.received()).containsExactly(1);
            }
        }

        @Override
        public void close() {
            places.disarm();
            memory.close();
        }
    }

    /// What an operation begins with, and its steps.
    private record Operation(Step before, Step run) {}

    @FunctionalInterface
    private interface Step {
        void of(Fixture fixture) throws Exception;
    }

    private static Map<String, Operation> operations(Shape shape) {
        Map<String, Operation> all = new LinkedHashMap<>();
        Step three = fixture -> {
            fixture.send(0);
            fixture.send(LONG);
            fixture.send(10);
        };
        Step nothing = fixture -> {};
        all.put("send", new Operation(nothing, fixture -> fixture.send(10)));
        all.put("send long", new Operation(nothing, fixture -> fixture.send(LONG)));
        all.put("send with padding", new Operation(Fixture::toTheEnd, fixture -> fixture.send(LONG)));
        all.put("offer", new Operation(nothing, fixture -> fixture.offer(LONG)));
        all.put("abort", new Operation(nothing, fixture -> fixture.abort(LONG)));
        all.put("read", new Operation(three, fixture -> fixture.read(1)));
        all.put("read all", new Operation(three, fixture -> fixture.read(9)));
        all.put("read behind an aborted one", new Operation(fixture -> {
            fixture.abort(LONG);
            fixture.send(LONG);
        }, fixture -> fixture.read(9)));
        all.put("read nothing", new Operation(
                nothing, fixture -> fixture.consumer.read(fixture.handler, 1, 30_000_000)));
        if (!shape.drops()) {
            all.put("claim without room", new Operation(fixture -> {
                for (int i = 0; i < shape.options().capacity(); i++) {
                    fixture.send(0);
                }
            }, fixture -> assertThat(fixture.producer.claim(fixture.claim, 0, 0, 30_000_000)).isFalse()));
        }
        if (shape.manyConsumers()) {
            all.put("take and acknowledge", new Operation(three, fixture -> fixture.take(true)));
            all.put("take and give back", new Operation(three, fixture -> fixture.take(false)));
            all.put("take again", new Operation(fixture -> {
                three.of(fixture);
                fixture.take(false);
            }, fixture -> fixture.take(true)));
            all.put("remove", new Operation(three, Fixture::remove));
            all.put("peek", new Operation(three, Fixture::peek));
        }
        return all;
    }

    /// Every operation, at every place, with the failures in turn.
    @ParameterizedTest
    @MethodSource("shapes")
    void anOperationThatFailsIsDoneOrUndone(Shape shape) throws Exception {
        int places = 0;
        for (var operation : operations(shape).entrySet()) {
            boolean failed = true;
            for (int nth = 1; failed; nth++) {
                Throwable failure = FAILURES.get(places % FAILURES.size());
                failed = failsAt(shape, operation.getKey(), operation.getValue(), nth, failure);
                places += failed ? 1 : 0;
            }
        }
        assertThat(places).isGreaterThanOrEqualTo(20);
    }

    private boolean failsAt(Shape shape, String name, Operation operation, int nth, Throwable failure) {
        try (Fixture fixture = new Fixture(shape)) {
            boolean thrown = false;
            try {
                operation.before().of(fixture);
                fixture.putToSleep();
                fixture.places.arm(nth, failure);
                operation.run().of(fixture);
            } catch (Throwable seen) {
                assertThat(seen).isSameAs(failure);
                thrown = true;
            }
            fixture.places.disarm();
            String place = "%s: %s fails at place %d, %s, with %s".formatted(
                    shape, name, nth, fixture.places.failedAt, failure);
            assertThat(thrown).as(place).isEqualTo(fixture.places.failedAt != null);
            try {
                fixture.assertNothingLost();
                fixture.assertWorks();
                fixture.assertRolesAreFree();
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError(place, wrong);
            }
            return thrown;
        }
    }

    private static Map<String, Operation> endings() {
        Map<String, Operation> all = new LinkedHashMap<>();
        Step nothing = fixture -> {};
        Step openClaim = fixture -> {
            fixture.send(0);
            assertThat(fixture.producer.tryClaim(fixture.claim, 0, LONG)).isTrue();
        };
        all.put("close the producer", new Operation(openClaim, fixture -> fixture.producer.close()));
        all.put("close the consumer", new Operation(fixture -> {
            fixture.send(0);
            fixture.read(1);
        }, fixture -> fixture.consumer.close()));
        all.put("close the ring", new Operation(openClaim, fixture -> fixture.ring.close()));
        all.put("reserve the producer", new Operation(nothing, fixture -> fixture.ring.withdraw(
                fixture.producer.reserve(), Ring.NO_RESERVATION)));
        all.put("reserve the consumer", new Operation(nothing, fixture -> fixture.ring.withdraw(
                Ring.NO_RESERVATION, fixture.consumer.reserve())));
        all.put("open a producer", new Operation(
                fixture -> fixture.producer.close(), fixture -> fixture.ring.producer(PARK).close()));
        all.put("open a consumer", new Operation(
                fixture -> fixture.consumer.close(), fixture -> fixture.shape.consumer(fixture.ring).close()));
        return all;
    }

    /// A close whose steps fail has made all the others; an opening that fails holds nothing.
    @ParameterizedTest
    @MethodSource("shapes")
    void aHandleThatFailsToCloseOrToOpenHoldsNothing(Shape shape) {
        int places = 0;
        for (var ending : endings().entrySet()) {
            boolean failed = true;
            for (int nth = 1; failed; nth++) {
                failed = endsAt(shape, ending.getKey(), ending.getValue(), nth);
                places += failed ? 1 : 0;
            }
        }
        assertThat(places).isGreaterThanOrEqualTo(10);
    }

    private boolean endsAt(Shape shape, String name, Operation ending, int nth) {
        try (Fixture fixture = new Fixture(shape)) {
            Throwable failure = FAILURES.get(nth % FAILURES.size());
            boolean thrown = false;
            try {
                ending.before().of(fixture);
                fixture.putToSleep();
                fixture.places.arm(nth, failure);
                ending.run().of(fixture);
            } catch (Throwable seen) {
                assertThat(seen).isSameAs(failure);
                thrown = true;
            }
            fixture.places.disarm();
            String place = "%s: %s fails at place %d, %s".formatted(shape, name, nth, fixture.places.failedAt);
            assertThat(thrown).as(place).isEqualTo(fixture.places.failedAt != null);
            try {
                fixture.producer.close();
                fixture.consumer.close();
                assertThat(fixture.claim.isOpen()).isFalse();
                Ring other = fixture.memory.view(2);
                Messages messages = new Messages();
                try (RingProducer producer = other.producer(PARK); RingConsumer consumer = shape.consumer(other)) {
                    consumer.drain(messages);
                    messages.received();
                    for (int i = 0; i < 3 * shape.options().slots(); i++) {
                        assertThat(Messages.send(producer, i, i % (LONG + 1))).isTrue();
                        assertThat(consumer.drain(messages)).isEqualTo(1);
                        assertThat(messages.received()).containsExactly(i);
                    }
                }
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError(place, wrong);
            }
            return thrown;
        }
    }
}
