package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.error.ClosedException;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.core.owner.RoleState;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The roles that write and read, what a close of handles and views does to them, and how a ring ends.
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingRolesTest {
    private static final MessageHandler NOTHING = (type, buffer, index, length) -> {};

    /// A held single role is refused, and the message names its holder, in this process and in another.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aRoleThatIsHeldIsRefused(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(1);
            Ring other = memory.view(2);
            assertThat(ring.producerState()).isEqualTo(RoleState.NEVER_HELD);
            assertThat(ring.consumerState()).isEqualTo(RoleState.NEVER_HELD);
            ring.producer(PARK);
            shape.consumer(ring);
            if (shape.manyProducers()) {
                ring.producer(PARK);
                other.producer(PARK);
            } else {
                String text = "ring 'test' has one producer, and owner 1 of this space is it%s; close that one, or"
                        + " create the ring for many producers";
                assertThatThrownBy(() -> ring.producer(PARK)).isInstanceOf(RoleHeldException.class)
                        .hasMessage(text, " (this process)");
                assertThatThrownBy(() -> other.producer(PARK)).isInstanceOf(RoleHeldException.class)
                        .hasMessage(text, "");
                assertThat(other.producerState()).isEqualTo(RoleState.HELD);
            }
            if (shape.manyConsumers() || shape.broadcasts()) {
                shape.consumer(ring);
                shape.consumer(other);
            } else {
                String text = "ring 'test' has one consumer, and owner 1 of this space is it%s; close that one, or"
                        + " create the ring for many consumers";
                assertThatThrownBy(() -> ring.consumer(PARK)).isInstanceOf(RoleHeldException.class)
                        .hasMessage(text, " (this process)");
                assertThatThrownBy(() -> other.consumer(PARK)).isInstanceOf(RoleHeldException.class)
                        .hasMessage(text, "");
                assertThat(other.consumerState()).isEqualTo(RoleState.HELD);
            }
        }
    }

    /// After an immediate end, a ring with many consumers delivers none of its messages; other rings have no such end.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void anImmediateEndLeavesNothingToRead(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(1);
            RingConsumer consumer = shape.consumer(ring);
            Messages.send(ring.producer(PARK), 1, 0);
            assertThat(consumer.isReady()).isTrue();
            if (shape.manyConsumers()) {
                ring.shutdownNow();
                assertThat(consumer.isReady()).isFalse();
                assertThat(consumer.isEnded()).isTrue();
                assertThat(consumer.read(NOTHING, 1)).isZero();
            } else {
                assertThatThrownBy(ring::shutdownNow).isInstanceOf(IllegalStateException.class)
                        .hasMessage("ring 'test' is not for many consumers");
                assertThat(ring.isShutdown()).isFalse();
                assertThat(consumer.read(NOTHING, 1)).isEqualTo(1);
            }
        }
    }

    /// The next holder goes on where the last one stopped, from every position; unread messages are still there.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aRoleIsTakenAgainAfterItWasClosed(Shape shape) {
        if (shape.broadcasts()) {
            return;
        }
        try (RingMemory memory = new RingMemory(shape.options())) {
            Messages messages = new Messages();
            for (int number = 0; number < 60; number += 3) {
                Ring ring = memory.view(1 + number % 3);
                try (RingProducer producer = ring.producer(PARK)) {
                    Messages.send(producer, number, 0);
                    Messages.send(producer, number + 1, 60);
                    Messages.send(producer, number + 2, 0);
                    producer.tryClaim(memory.claim(), -1, 0);
                    if (shape.manyProducers()) {
                        memory.recover(ring.self);
                    }
                }
                try (RingConsumer consumer = shape.consumer(ring)) {
                    assertThat(consumer.read(messages, 1)).isEqualTo(1);
                }
                try (RingConsumer consumer = shape.consumer(memory.view(9))) {
                    assertThat(consumer.drain(messages)).isEqualTo(2);
                }
                assertThat(messages.received()).containsExactly(number, number + 1, number + 2);
            }
            assertThat(memory.view(1).browser().isAllReleased()).isTrue();
            if (!shape.manyProducers()) {
                assertThat(memory.view(1).producerState()).isEqualTo(RoleState.HOLDER_LEFT);
            }
            if (!shape.manyConsumers()) {
                assertThat(memory.view(1).consumerState()).isEqualTo(RoleState.HOLDER_LEFT);
            }
        }
    }

    /// A process that finds a role held first checks whether the holder is alive.
    @Test
    void aRoleOfTheDeadIsTakenAfterASweep() {
        try (RingMemory memory = new RingMemory(RingOptions.oneToOne(8))) {
            memory.view(2).producer(PARK).tryClaim(memory.claim(), 0, 0);
            memory.view(2).consumer(PARK);
            Ring ring = memory.view(1, new AwakeParking(), () -> memory.recover(2));
            assertThat(Messages.send(ring.producer(PARK), 1, 0)).isTrue();
            assertThat(ring.consumer(PARK).drain(NOTHING)).isEqualTo(1);
            assertThat(ring.abortedByDeath()).isZero();      // a claim of an only producer has touched nothing
        }
    }

    /// Calls that need another kind of ring name the kind.
    @Test
    void aRingRefusesHandlesOfAnotherKind() {
        try (RingMemory one = new RingMemory(RingOptions.oneToOne(8));
                RingMemory broadcast = new RingMemory(RingOptions.broadcast(8))) {
            Ring ring = one.view(1);
            assertThatThrownBy(() -> ring.subscribe(SlowConsumer.BLOCK, PARK)).isInstanceOf(IllegalStateException.class)
                    .hasMessage("ring 'test' is not a broadcast; open a consumer");
            assertThatThrownBy(() -> ring.taker(PARK)).isInstanceOf(IllegalStateException.class)
                    .hasMessage("ring 'test' is not for many consumers");
            assertThatThrownBy(() -> broadcast.view(1).consumer(PARK)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is a broadcast; subscribe to it");
            assertThatThrownBy(() -> RingOptions.broadcast(8).withRoles(Producers.MANY, Consumers.BROADCAST))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> RingOptions.oneToOne(0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> RingOptions.oneToOne((1 << 30) + 1)).isInstanceOf(IllegalArgumentException.class);
            for (int bytes : new int[] {0, 32, 65, 96, 1 << 21, -64, Integer.MIN_VALUE}) {
                assertThatThrownBy(() -> RingOptions.oneToOne(8).withSlotBytes(bytes))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is not a power of two");
            }
        }
    }

    /// 24 consumers; the 25th is refused, and the entry of one that left is used again.
    @Test
    void aBroadcastHasAPlaceForEachOfItsConsumers() {
        try (RingMemory memory = new RingMemory(RingOptions.broadcast(8))) {
            List<RingConsumer> consumers = new ArrayList<>();
            for (int i = 0; i < RingLayout.MAX_SUBSCRIBERS; i++) {
                consumers.add(memory.view(1 + i % 3).subscribe(
                        i % 2 == 0 ? SlowConsumer.BLOCK : SlowConsumer.DROP, PARK));
            }
            Ring late = memory.view(9);
            assertThatThrownBy(() -> late.subscribe(SlowConsumer.BLOCK, PARK)).isInstanceOf(RoleHeldException.class)
                    .hasMessage("broadcast 'test': all 24 places for consumers are taken; close one of them");
            consumers.remove(7).close();
            consumers.add(late.subscribe(SlowConsumer.BLOCK, PARK));
            RingProducer producer = late.producer(PARK);
            for (int number = 0; number < 40; number++) {
                assertThat(Messages.send(producer, number, 0)).isTrue();
                Messages messages = new Messages();
                consumers.forEach(consumer -> assertThat(consumer.read(messages, 2)).isEqualTo(1));
                assertThat(messages.received()).hasSize(24).containsOnly(number);
            }
            memory.recover(1);
            for (int i = 0; i < 8; i++) {
                late.subscribe(SlowConsumer.DROP, PARK);
            }
        }
    }

    /// A second close does nothing; a closed handle says so.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aClosedHandleRefuses(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(1);
            RingProducer producer = ring.producer(PARK);
            RingConsumer consumer = shape.consumer(ring);
            producer.close();
            producer.close();
            consumer.close();
            consumer.close();
            assertThatThrownBy(() -> producer.tryClaim(new Claim(), 0, 0)).isInstanceOf(ClosedException.class)
                    .hasMessage("ring 'test': this producer was closed");
            assertThatThrownBy(() -> consumer.read(NOTHING, 1)).isInstanceOf(ClosedException.class)
                    .hasMessage("ring 'test': this consumer was closed");
            assertThatThrownBy(() -> consumer.read(NOTHING, 1, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(consumer::isReady).isInstanceOf(IllegalStateException.class);
            ring.close();
            ring.close();
            String closed = "ring 'test': this handle was closed";
            assertThatThrownBy(() -> ring.producer(PARK)).isInstanceOf(ClosedException.class).hasMessage(closed);
            assertThatThrownBy(() -> shape.consumer(ring)).isInstanceOf(ClosedException.class).hasMessage(closed);
            assertThatThrownBy(ring::shutdown).isInstanceOf(ClosedException.class).hasMessage(closed);
            assertThat(memory.view(2).isShutdown()).isFalse();
        }
    }

    /// Closing a view closes its handles, and their roles are free for others.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aClosedViewLeavesItsRoles(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(1);
            RingProducer producer = ring.producer(PARK);
            RingConsumer consumer = shape.consumer(ring);
            ring.close();
            assertThatThrownBy(() -> producer.tryClaim(new Claim(), 0, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> producer.claim(new Claim(), 0, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> consumer.read(NOTHING, 1)).isInstanceOf(IllegalStateException.class);
            Ring heir = memory.view(2);
            RingProducer next = heir.producer(PARK);
            RingConsumer reader = shape.consumer(heir);
            assertThat(Messages.send(next, 1, 0)).isTrue();
            assertThat(reader.drain(NOTHING)).isEqualTo(1);
        }
    }

    /// A handle that fails to close does not keep the others open; the first failure is thrown, the rest are
    /// suppressed.
    @Test
    void everyHandleIsClosedWhateverFails() {
        try (RingMemory memory = new RingMemory(RingOptions.oneToOne(8))) {
            boolean[] failing = {false};
            Ring ring = memory.view(1, new AwakeParking() {
                @Override
                public void fence() {
                    if (failing[0]) {
                        throw new AssertionError("no fence");
                    }
                }
            });
            RingProducer producer = ring.producer(PARK);
            RingConsumer consumer = ring.consumer(PARK);
            Messages.send(producer, 1, 0);
            producer.tryClaim(memory.claim(), 2, 0);
            failing[0] = true;
            assertThatThrownBy(ring::close).isInstanceOf(AssertionError.class).hasMessage("no fence")
                    .satisfies(first -> assertThat(first.getSuppressed()).isNotEmpty());
            failing[0] = false;
            ring.close();
            assertThat(ring.producerState()).isEqualTo(RoleState.HOLDER_LEFT);
            assertThat(ring.consumerState()).isEqualTo(RoleState.HOLDER_LEFT);
            assertThatThrownBy(() -> consumer.read(NOTHING, 1)).isInstanceOf(IllegalStateException.class);
            Messages messages = new Messages();
            Ring heir = memory.view(2);
            Messages.send(heir.producer(PARK), 3, 0);
            heir.consumer(PARK).drain(messages);
            assertThat(messages.received()).containsExactly(1, 3);
        }
    }

    /// A claim that its closed producer left open is void: neither commit nor abort touches slots in use by others.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aClaimOfAClosedProducerIsVoid(Shape shape) {
        if (shape.manyProducers()) {
            return;
        }
        for (boolean commits : new boolean[] {true, false}) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                Claim claim = new Claim();
                RingProducer producer = memory.view(1).producer(PARK);
                RingConsumer consumer = shape.consumer(memory.view(3));
                Messages messages = new Messages();
                producer.tryClaim(claim, -1, 0);
                producer.close();
                RingProducer heir = memory.view(2).producer(PARK);
                for (int number = 0; number < 8; number++) {
                    assertThat(Messages.send(heir, number, 0)).isTrue();
                    if (number < 7) {
                        consumer.drain(messages);
                    }
                }
                if (commits) {
                    assertThatThrownBy(claim::commit).isInstanceOf(IllegalStateException.class);
                }
                claim.close();
                assertThat(claim.isOpen()).isFalse();
                consumer.drain(messages);
                assertThat(messages.received()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
            }
        }
    }

    /// Producers are refused, consumers take the remaining messages and then see the end; open claims may still be
    /// committed.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void aShutdownEndsARingAfterItsLastMessage(Shape shape) throws InterruptedException {
        try (RingMemory memory = new RingMemory(shape.options())) {
            Ring ring = memory.view(1);
            RingProducer producer = ring.producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            Claim claim = new Claim();
            Messages messages = new Messages();
            Messages.send(producer, 1, 0);
            producer.tryClaim(claim, 2, 0);
            assertThat(consumer.isEnded()).isFalse();
            memory.view(3).shutdown();
            memory.view(3).shutdown();
            assertThat(ring.isShutdown()).isTrue();
            String refused = "ring 'test' was shut down; nothing can be put into it any more";
            if (shape.manyProducers()) {
                assertThatThrownBy(() -> producer.tryClaim(new Claim(), 0, 0)).isInstanceOf(ShutdownException.class);
            }
            assertThat(consumer.isEnded()).isFalse();
            assertThat(consumer.read(messages, 9, 1_000_000)).isEqualTo(1);
            assertThat(consumer.isEnded()).isEqualTo(!shape.claimsShow());
            if (!shape.claimsShow()) {
                assertThatThrownBy(claim::commit).isInstanceOf(ShutdownException.class).hasMessage(refused);
                assertThat(claim.isOpen()).isFalse();
            } else {
                claim.commit();
            }
            assertThatThrownBy(() -> producer.tryClaim(claim, 0, 0)).isInstanceOf(ShutdownException.class)
                    .hasMessage(refused);
            assertThatThrownBy(() -> producer.claim(claim, 0, 0)).isInstanceOf(ShutdownException.class);
            assertThatThrownBy(() -> producer.claim(claim, 0, 0, 1)).isInstanceOf(ShutdownException.class);
            if (!shape.claimsShow()) {
                assertThat(messages.received()).containsExactly(1);
            } else {
                assertThat(consumer.isEnded()).isFalse();
                assertThat(consumer.read(messages, 9, Long.MAX_VALUE)).isEqualTo(1);
                assertThat(messages.received()).containsExactly(1, 2);
            }
            assertThat(consumer.isEnded()).isTrue();
            assertThat(consumer.read(messages, 9)).isZero();
            assertThat(consumer.read(messages, 9, Long.MAX_VALUE)).isEqualTo(RingConsumer.END);
            assertThat(consumer.read(messages, 9, 0)).isEqualTo(RingConsumer.END);
        }
    }

    /// Full, and shut down: a producer that finds no free slot reports the shutdown too.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#bounded")
    void aFullRingReportsItsShutdown(Shape shape) {
        try (RingMemory memory = new RingMemory(shape.options())) {
            RingProducer producer = memory.view(1).producer(PARK);
            RingConsumer consumer = shape.consumer(memory.view(2));
            while (Messages.send(producer, 1, 0)) {
                assertThat(consumer.isEnded()).isFalse();
            }
            memory.view(1).shutdown();
            assertThatThrownBy(() -> Messages.send(producer, 1, 0)).isInstanceOf(ShutdownException.class);
            assertThat(consumer.drain(NOTHING)).isEqualTo(shape.options().capacity());
            assertThat(consumer.isEnded()).isTrue();
            if (!shape.broadcasts()) {
                assertThat(memory.view(2).isDrained()).isTrue();
            }
        }
    }

    /// A message that another process has taken may come back if that process dies: so the end waits for it.
    @Test
    void theEndWaitsForMessagesTakenByOthers() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            RingProducer producer = memory.view(1).producer(PARK);
            ManyConsumer consumer = memory.view(2).taker(PARK);
            ManyConsumer other = memory.view(3).taker(PARK);
            Messages.send(producer, 1, 0);
            Messages.send(producer, 2, 100);
            long first = consumer.take();
            other.take();
            memory.view(1).shutdown();
            assertThat(consumer.isEnded()).isFalse();
            assertThat(other.isEnded()).isFalse();
            consumer.acknowledge(first);
            assertThat(other.isEnded()).isTrue();
            assertThat(consumer.isEnded()).isFalse();
            memory.recover(3);
            assertThat(consumer.isEnded()).isFalse();
            assertThat(consumer.drain(new Messages())).isEqualTo(1);
            assertThat(consumer.isEnded()).isTrue();
        }
    }

    /// One bit for each process, while it writes or until its recovery; and a count of all writers ever.
    @Test
    void writersAreCountedWhileTheyLive() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            int[] owners = {1, 2, 63, 64, 127, 512, 1023};
            Ring ring = memory.view(1);
            assertThat(ring.writers().ever()).isZero();
            for (int owner : owners) {
                memory.view(owner).writers().join();
            }
            assertThat(ring.writers().present()).isEqualTo(owners.length);
            assertThat(ring.writers().ever()).isEqualTo(owners.length);
            memory.view(63).writers().leave();
            memory.view(63).writers().leave();
            memory.recover(64);
            memory.recover(64);
            memory.recover(1000);
            assertThat(ring.writers().present()).isEqualTo(owners.length - 2);
            memory.view(63).writers().join();
            assertThat(ring.writers().present()).isEqualTo(owners.length - 1);
            assertThat(ring.writers().ever()).isEqualTo(owners.length + 1);
        }
    }

    /// Memory that is too small, and corrupt headers.
    @Test
    void aCorruptHeaderIsRefused() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            assertThatThrownBy(() -> new Ring("small", memory.address, memory.size - 1, new AwakeParking(), null))
                    .isInstanceOf(CorruptObjectException.class)
                    .hasMessage("ring 'small': needs 4,608 bytes, 4,607 are mapped; unlink and recreate it");
            byte[] good = memory.snapshot();
            int refused = 0;
            for (int offset = RingLayout.SLOTS; offset < RingLayout.CONSUMERS + Integer.BYTES; offset++) {
                for (int value = 1; value < 256; value++) {
                    memory.restore(good);
                    Memory.putByte(memory.address + offset, (byte) (good[offset] ^ value));
                    try {
                        Ring ring = memory.view(1);
                        assertThat(ring.options().bytes()).isLessThanOrEqualTo(memory.size);
                    } catch (CorruptObjectException declared) {
                        assertThat(declared).hasMessageContaining("ring 'test': ")
                                .hasMessageContaining("unlink and recreate");
                        refused++;
                    }
                }
            }
            assertThat(refused).isGreaterThan(5000);
        }
    }
}
