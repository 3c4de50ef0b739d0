package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.memory.Memory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is taken stays in the ring until it is acknowledged, and is there again for the next reader.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HeldMessagesTest {
    private static final int READER = 2;
    private static final int NEXT_READER = 3;

    static Stream<Shape> shapes() {
        return Shape.bounded();
    }

    /// A walk by chance: messages of one to three slots, some of them aborted, any number held. Every one arrives once
    /// and in order, its payload stands until it is acknowledged, and in the end there is room for everything again.
    @ParameterizedTest
    @MethodSource("shapes")
    void heldMessagesArriveInOrderAndKeepTheirSlots(Shape shape) {
        Random random = new Random(7);
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            HeldMessages reader = new HeldMessages(memory.view(READER), PARK);
            Deque<Long> held = new ArrayDeque<>();
            Deque<Integer> numbers = new ArrayDeque<>();
            int most = Math.min(150, shape.options().maxMessageBytes() - Integer.BYTES);
            int sent = 0;
            int taken = 0;
            for (int step = 0; step < 3000; step++) {
                switch (random.nextInt(3)) {
                    case 0 -> sent += offer(producer, sent, random.nextInt(most + 1), random.nextInt(8) == 0);
                    case 1 -> {
                        long position = reader.take();
                        if (position != HeldMessages.NONE) {
                            held.add(position);
                            numbers.add(taken++);
                        }
                    }
                    default -> {
                        if (!held.isEmpty()) {
                            assertThat(number(reader, held.peek())).isEqualTo(numbers.remove());
                            reader.acknowledge(held.remove());
                        }
                    }
                }
            }
            while (!held.isEmpty()) {
                assertThat(number(reader, held.peek())).isEqualTo(numbers.remove());
                reader.acknowledge(held.remove());
            }
            for (long position = reader.take(); position != HeldMessages.NONE; position = reader.take()) {
                assertThat(number(reader, position)).isEqualTo(taken++);
                reader.acknowledge(position);
            }
            assertThat(taken).isEqualTo(sent).isPositive();
            for (int i = 0; i < shape.options().capacity(); i++) {
                assertThat(offer(producer, sent + i, 0, false)).as("room for message %d", i).isEqualTo(1);
            }
        }
    }

    /// The reader dies while it holds some: the next one gets these, and then the others. A broadcast keeps none.
    @ParameterizedTest
    @MethodSource("shapes")
    void whatIsHeldComesAgainAfterADeath(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            HeldMessages reader = new HeldMessages(memory.view(READER), PARK);
            int capacity = shape.options().capacity();
            for (int number = 0; number < capacity; number++) {
                assertThat(offer(producer, number, 0, false)).isEqualTo(1);
            }
            int acknowledged = capacity / 3;
            for (int number = 0; number < capacity * 2 / 3; number++) {
                long position = reader.take();
                if (number < acknowledged) {
                    reader.acknowledge(position);
                }
            }
            memory.recover(READER);
            HeldMessages next = new HeldMessages(memory.view(NEXT_READER), PARK);
            List<Integer> found = new ArrayList<>();
            for (long position = next.take(); position != HeldMessages.NONE; position = next.take()) {
                found.add(number(next, position));
                next.acknowledge(position);
            }
            if (shape.broadcasts()) {
                assertThat(found).isEmpty();
            } else {
                assertThat(found).hasSize(capacity - acknowledged).startsWith(acknowledged).isSorted();
            }
        }
    }

    /// What a successor of a producer learns of a claim.
    @Test
    void aClaimHasAFate() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Ring ring = memory.view(1);
            Claim claim = memory.claim();
            assertThat(ring.browser().fate(0)).isEqualTo(RingBrowser.Fate.UNCLAIMED);
            assertThat(ring.producer(PARK).tryClaim(claim, 1, 0)).isTrue();
            assertThat(ring.browser().fate(0)).isEqualTo(RingBrowser.Fate.CLAIMED);
            memory.recover(1);
            assertThat(ring.browser().fate(0)).isEqualTo(RingBrowser.Fate.ABORTED);
            assertThat(ring.abortedByDeath()).isEqualTo(1);
            Messages.send(memory.view(NEXT_READER).producer(PARK), 1, 0);
            assertThat(ring.browser().fate(1)).isEqualTo(RingBrowser.Fate.COMMITTED);
            HeldMessages reader = new HeldMessages(memory.view(READER), PARK);
            long position = reader.take();
            assertThat(ring.browser().fate(position)).isEqualTo(RingBrowser.Fate.COMMITTED);
            reader.acknowledge(position);
            assertThat(ring.browser().fate(position)).isEqualTo(RingBrowser.Fate.COMMITTED);
            assertThat(ring.browser().fate(0)).isEqualTo(RingBrowser.Fate.ABORTED);      // released since
            reader.close();
            fill(memory);
            assertThat(ring.browser().fate(position)).isEqualTo(RingBrowser.Fate.RELEASED);
        }
    }

    /// What recovery has released is given up too, also while its slots are not claimed again.
    @Test
    void whatWasGivenUpIsNoMessageAfterItsRelease() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Ring ring = memory.view(1);
            RingProducer producer = ring.producer(PARK);
            assertThat(offer(producer, 1, 0, true)).isZero();
            Messages.send(producer, 2, 100);
            CrashHook.script(point -> {
                if (point == CrashPoint.RELEASE_DONE_SET) {
                    throw new IllegalStateException("dead");
                }
            });
            try {
                RingConsumer dying = memory.view(READER).consumer(PARK);
                assertThatThrownBy(() -> dying.read(new Messages(), 8)).hasMessage("dead");
            } finally {
                CrashHook.script(null);
            }
            assertThat(ring.browser().fate(0)).isEqualTo(RingBrowser.Fate.ABORTED);
            assertThat(ring.browser().fate(1)).as("taken or given up").isEqualTo(RingBrowser.Fate.RELEASED);
        }
    }

    @Test
    void aClosedReaderEndsNoMessage() {
        for (Shape shape : Shape.ofEight().filter(shape -> !shape.drops()).toList()) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                RingProducer producer = memory.view(1).producer(PARK);
                HeldMessages reader = new HeldMessages(memory.view(READER), PARK);
                Messages.send(producer, 1, 0);
                long position = reader.take();
                assertThat(position).isNotNegative();
                reader.close();
                assertThatThrownBy(() -> reader.acknowledge(position)).isInstanceOf(ClosedException.class);
                assertThatThrownBy(() -> reader.giveBack(position)).isInstanceOf(ClosedException.class);
            }
        }
    }

    private static void fill(RingMemory memory) {
        RingProducer producer = memory.view(NEXT_READER).producer(PARK);
        RingConsumer consumer = memory.view(READER).consumer(PARK);
        for (int number = 0; number < 8; number++) {
            assertThat(Messages.send(producer, number, 0)).isTrue();
            assertThat(consumer.read(new Messages(), 1)).isEqualTo(1);
        }
    }

    /// @return 1 if the message was sent
    private static int offer(RingProducer producer, int number, int more, boolean aborts) {
        try (Claim claim = new Claim()) {
            if (!producer.tryClaim(claim, number, Integer.BYTES + more)) {
                return 0;
            }
            claim.buffer().putInt(0, number);
            if (aborts) {
                return 0;
            }
            claim.commit();
            return 1;
        }
    }

    private static int number(HeldMessages reader, long position) {
        assertThat(reader.length(position)).isGreaterThanOrEqualTo(Integer.BYTES);
        int number = Memory.getInt(reader.payload(position));
        assertThat(reader.type(position)).isEqualTo(number);
        return number;
    }
}
