package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Reading along without taking: every message or its gap, in order, never a torn one.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingFollowerTest {
    /// Collects what it gets, and checks that messages and gaps lie end to end.
    private static final class Log implements RingFollower.Handler {
        final Map<Long, Integer> messages = new TreeMap<>();
        final List<long[]> gaps = new ArrayList<>();
        long end;

        @Override
        public void onMessage(long position, int type, DirectBuffer buffer, int length) {
            assertThat(Messages.isWhole(type, buffer, 0, length)).as("message %d", type).isTrue();
            assertThat(position).isGreaterThanOrEqualTo(end);
            messages.put(position, type);
            end = position + 1;
        }

        @Override
        public void onGap(long from, long to) {
            assertThat(from).isGreaterThanOrEqualTo(end);
            assertThat(to).isGreaterThan(from);
            gaps.add(new long[] {from, to});
            end = to;
        }

        boolean isGap(long position) {
            return gaps.stream().anyMatch(gap -> gap[0] <= position && position < gap[1]);
        }
    }

    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#all")
    void everyMessageIsReadOrInAGap(Shape shape) {
        for (int lag : new int[] {1, 7, 100}) {
            Random random = new Random(lag);
            try (RingMemory memory = new RingMemory(shape.options())) {
                RingProducer producer = memory.view(1).producer(PARK);
                RingConsumer consumer = shape.broadcasts() ? null : shape.consumer(memory.view(2));
                Ring ring = memory.view(3);
                RingFollower follower = new RingFollower(ring, false);
                Log log = new Log();
                Map<Long, Integer> sent = new TreeMap<>();
                int max = shape.options().maxMessageBytes();
                Messages messages = new Messages();
                for (int number = 1; number < 200; number++) {
                    Claim claim = new Claim();
                    int length = random.nextInt(max + 1);
                    if (producer.tryClaim(claim, number, length)) {
                        Messages.write(claim.buffer(), number, length);
                        if (random.nextInt(5) == 0) {
                            claim.abort();
                        } else {
                            claim.commit();
                            sent.put(claim.position(), number);
                        }
                    } else if (consumer != null) {
                        consumer.read(messages, 1 + random.nextInt(3));
                    }
                    if (number % lag == 0) {
                        follower.follow(log, 1 + random.nextInt(100));
                    }
                }
                while (follower.follow(log, 10) > 0) {
                    assertThat(follower.next()).isLessThanOrEqualTo(follower.end());
                }
                sent.forEach((position, number) -> assertThat(log.isGap(position) ? number : log.messages.get(position))
                        .as("%s, lag %d, message at %d", shape, lag, position).isEqualTo(number));
                assertThat(sent).containsAllEntriesOf(log.messages);
                assertThat(follower.next()).isEqualTo(follower.end());
            }
        }
    }

    /// Messages of one slot, taken at once, stay readable for the best part of a ring.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void whatWasTakenIsStillRead(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Ring ring = memory.view(3);
            RingFollower follower = new RingFollower(ring, true);
            Log log = new Log();
            for (int number = 0; number < 100; number++) {
                assertThat(Messages.send(producer, number, 40)).isTrue();
                consumer.drain(new Messages());
                if (number % 5 == 4) {
                    follower.follow(log, 100);
                }
            }
            assertThat(log.gaps).isEmpty();
            assertThat(log.messages).hasSize(100);
        }
    }

    @Test
    void anAbortedRecordIsNoMessage() {
        for (Shape shape : Shape.released().filter(shape -> shape.options().slots() > 4).toList()) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                RingProducer producer = memory.view(1).producer(PARK);
                RingConsumer consumer = shape.consumer(memory.view(2));
                Messages.send(producer, 1, 8);
                Claim claim = new Claim();
                producer.tryClaim(claim, 2, 8);
                claim.abort();
                Messages.send(producer, 3, 8);
                consumer.drain(new Messages());
                List<Integer> history = new ArrayList<>();
                memory.view(3).browser().history((type, payload, length) -> {
                    history.add(type);
                    return 0;
                });
                assertThat(history).as("%s", shape).containsExactly(1, 3);
            }
        }
    }

    /// However an only consumer releases the aborted record: by a step over it, or behind messages that it has held.
    @Test
    void anAbortedRecordThatWasNotReadIsNoMessage() {
        for (boolean holds : new boolean[] {false, true}) {
            try (RingMemory memory = new RingMemory(RingOptions.oneToOne(8))) {
                RingProducer producer = memory.view(1).producer(PARK);
                for (int number = 1; number <= 3; number++) {
                    Messages.send(producer, number, 8);
                    try (Claim claim = new Claim()) {
                        assertThat(producer.tryClaim(claim, -1, 0)).isTrue();
                    }
                }
                Ring ring = memory.view(2);
                if (holds) {
                    HeldMessages held = new HeldMessages(ring, PARK);
                    long last = HeldMessages.NONE;
                    for (long position = held.take(); position != HeldMessages.NONE; position = held.take()) {
                        last = position;
                    }
                    held.acknowledge(last);
                } else {
                    RingConsumer consumer = ring.consumer(PARK);
                    while (consumer.isReady()) {
                        consumer.read(new Messages(), 1);
                        consumer.stepOver();
                    }
                }
                Log log = new Log();
                new RingFollower(memory.view(3), true).follow(log, 8);
                assertThat(log.messages.values()).as("holds: %s", holds).containsExactly(1, 2, 3);
                assertThat(log.gaps).isEmpty();
            }
        }
    }

    /// A later follower goes on behind what an earlier one has read; what was overwritten meanwhile is one gap.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aFollowerGoesOnBehindAPosition(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Ring ring = memory.view(3);
            Log log = new Log();
            for (int number = 0; number < 3; number++) {
                Messages.send(producer, number, 40);
            }
            new RingFollower(ring, true).follow(log, 2);
            RingFollower second = new RingFollower(ring, true);
            second.startBehind(log.end - 1);
            second.follow(log, 100);
            assertThat(log.messages.values()).containsExactly(0, 1, 2);
            for (int number = 3; number < 60; number++) {
                consumer.drain(new Messages());
                Messages.send(producer, number, 40);
            }
            RingFollower third = new RingFollower(ring, true);
            third.startBehind(2);
            third.follow(log, 100);
            assertThat(log.gaps).hasSize(1);
            assertThat(log.gaps.getFirst()[0]).isEqualTo(3);
            assertThat(log.messages).hasSize(3 + 60 - (int) log.gaps.getFirst()[1]).containsEntry(59L, 59);
            RingFollower last = new RingFollower(ring, true);
            last.startAtEnd();
            assertThat(last.follow(log, 1)).isZero();
            assertThatThrownBy(() -> last.startBehind(60)).isInstanceOf(IllegalArgumentException.class);
            assertThat(last.isEnded()).isFalse();
            ring.shutdown();
            assertThat(last.isEnded()).isTrue();
        }
    }

    /// At full speed the follower is overtaken again and again; what it delivers is whole.
    @Test
    void noMessageIsTorn() throws InterruptedException {
        for (Shape shape : Shape.roles(64, 64)) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                RingProducer producer = memory.view(1).producer(PARK);
                RingConsumer consumer = shape.consumer(memory.view(2));
                Ring ring = memory.view(3);
                Thread reader = Thread.ofPlatform().start(() -> {
                    while (!consumer.isEnded()) {
                        if (consumer.read((type, buffer, index, length) -> { }, 10) == 0) {
                            Thread.onSpinWait();
                        }
                    }
                });
                Thread writer = Thread.ofPlatform().start(() -> {
                    for (int number = 0; number < 4000; number++) {
                        while (!Messages.send(producer, number, number % 5 == 0 ? 100 : 48)) {
                            Thread.onSpinWait();
                        }
                    }
                    ring.shutdown();
                });
                RingFollower follower = new RingFollower(memory.view(4), false);
                Log log = new Log();
                while (!follower.isEnded()) {
                    follower.follow(log, 100);
                }
                reader.join();
                writer.join();
                assertThat(log.messages.size() + log.gaps.size()).as("%s", shape).isPositive();
            }
        }
    }
}
