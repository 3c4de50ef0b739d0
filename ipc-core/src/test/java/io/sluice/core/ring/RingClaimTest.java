package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.crash.CrashHook;
import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A claim ends with its handle: closed or collected, it never blocks the ring for others.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingClaimTest {
    static Stream<Shape> shapes() {
        return Shape.ofEight();
    }

    /// Two views of one process: the view with the open claim is closed, and the other one goes on.
    @ParameterizedTest
    @MethodSource("shapes")
    void aClosedViewAbortsItsOpenClaims(Shape shape) {
        for (boolean closesView : new boolean[] {true, false}) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                Ring first = memory.view(1);
                Ring second = memory.view(1);
                RingConsumer consumer = shape.consumer(memory.view(2));
                RingProducer producer = first.producer(PARK);
                Claim claim = new Claim();
                assertThat(producer.tryClaim(claim, -1, 0)).isTrue();
                if (closesView) {
                    first.close();
                } else {
                    producer.close();
                }
                Messages messages = new Messages();
                assertThat(Messages.send(second.producer(PARK), 1, 0)).isTrue();
                assertThat(consumer.drain(messages)).isEqualTo(1);
                assertThatThrownBy(claim::commit).isInstanceOf(ClosedException.class)
                        .hasMessageContaining("closed");
                assertThat(claim.isOpen()).isFalse();
                claim.close();
                assertThat(consumer.drain(messages)).isZero();
                assertThat(messages.received()).containsExactly(1);
            }
        }
    }

    /// Claims of other handles of the process stay as they are.
    @Test
    void aClosedViewLeavesTheClaimsOfOthersAlone() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Ring first = memory.view(1);
            RingProducer one = first.producer(PARK);
            RingProducer other = memory.view(1).producer(PARK);
            RingConsumer consumer = memory.view(2).consumer(PARK);
            Claim kept = new Claim();
            Claim moved = new Claim();
            one.tryClaim(moved, 1, 0);
            moved.commit();
            other.tryClaim(kept, 2, 0);
            other.tryClaim(moved, 3, 0);
            first.close();
            Messages messages = new Messages();
            kept.commit();
            moved.commit();
            consumer.drain(messages);
            assertThat(messages.received()).containsExactly(1, 2, 3);
        }
    }

    /// One thread claims and commits; another one closes at any moment. The result of commit is what happened.
    @ParameterizedTest
    @MethodSource("shapes")
    void aCommitDuringTheCloseEitherThrowsOrDelivers(Shape shape) throws InterruptedException {
        if (shape.drops()) {
            return;
        }
        for (int round = 0; round < 200; round++) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                Ring ring = memory.view(1);
                RingProducer producer = ring.producer(PARK);
                RingConsumer consumer = shape.consumer(memory.view(2));
                AtomicInteger committed = new AtomicInteger();
                Semaphore begun = new Semaphore(0);
                Thread writer = new Thread(() -> {
                    Claim claim = new Claim();
                    try {
                        for (int i = 0; i < 7; i++) {
                            begun.release();
                            if (producer.tryClaim(claim, 1, 0)) {
                                claim.commit();
                                committed.incrementAndGet();
                            }
                        }
                    } catch (IllegalStateException closed) {
                        // The round is over.
                    }
                });
                writer.start();
                begun.acquire(1 + round % 4);
                ring.close();
                AtomicInteger delivered = new AtomicInteger();
                Ring next = memory.view(1);
                RingProducer heir = next.producer(PARK);
                writer.join();
                delivered.addAndGet(consumer.drain((type, buffer, index, length) -> {}));
                assertThat(delivered).hasValue(committed.get());
                assertThat(Messages.send(heir, 1, 0)).isTrue();
                assertThat(consumer.drain((type, buffer, index, length) -> {})).isEqualTo(1);
            }
        }
    }

    /// An unreachable claim is aborted; so is one that became unreachable with its producer and view.
    @ParameterizedTest
    @MethodSource("shapes")
    void aClaimThatIsCollectedIsAborted(Shape shape) throws InterruptedException {
        for (boolean whole : new boolean[] {false, true}) {
            if (whole && !shape.manyProducers()) {
                continue;        // the role of a single producer ends with its process
            }
            try (RingMemory memory = new RingMemory(shape.options())) {
                Ring ring = memory.view(1);
                RingProducer producer = ring.producer(PARK);
                RingConsumer consumer = shape.consumer(memory.view(2));
                forget(whole ? memory.view(1).producer(PARK) : producer);
                Messages messages = new Messages();
                while (!shape.manyProducers() || !sends(producer)) {
                    System.gc();
                    if (!shape.manyProducers() && sendsAlone(producer)) {
                        break;
                    }
                    Thread.sleep(1);
                }
                while (consumer.drain(messages) == 0) {
                    System.gc();
                    Thread.sleep(1);
                }
                assertThat(messages.received()).containsExactly(1);
                ring.close();
            }
        }
    }

    private static void forget(RingProducer producer) {
        assertThat(producer.tryClaim(new Claim(), -1, 0)).isTrue();
    }

    private static boolean sends(RingProducer producer) {
        assertThat(Messages.send(producer, 1, 0)).isTrue();
        return true;
    }

    private static boolean sendsAlone(RingProducer producer) {
        try {
            return Messages.send(producer, 1, 0);
        } catch (IllegalStateException stillOpen) {
            return false;
        }
    }

    /// A claim that stays reachable keeps nothing of its closed producer reachable.
    @Test
    void aClosedProducerIsCollected() throws InterruptedException {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Claim claim = new Claim();
            WeakReference<Ring> ring = new WeakReference<>(usedAndClosed(memory, claim));
            while (ring.get() != null) {
                System.gc();
                Thread.sleep(1);
            }
            assertThat(claim.isOpen()).isFalse();
        }
    }

    private static Ring usedAndClosed(RingMemory memory, Claim claim) {
        Ring ring = memory.unkeptView(1);
        RingProducer producer = ring.producer(PARK);
        for (int i = 0; i < 3; i++) {
            producer.tryClaim(claim, 1, 0);
            claim.commit();
        }
        producer.tryClaim(claim, 1, 0);
        MemoryBuffer source = new MemoryBuffer();
        source.wrap(ByteBuffer.allocateDirect(8));
        producer.offer(1, source, 0, 8);
        ring.close();
        claim.close();
        return ring;
    }

    /// An error between the word of a claim and its end leaves no slot claimed for as long as the process lives.
    @Test
    void anErrorInAClaimGivesTheSlotsUp() {
        try (RingMemory memory = new RingMemory(RingOptions.manyToMany(8))) {
            Ring ring = memory.view(1);
            RingProducer producer = ring.producer(PARK);
            RingConsumer consumer = memory.view(2).consumer(PARK);
            Claim claim = new Claim();
            CrashHook.script(point -> {
                if (point == CrashPoint.CLAIM_WORD_SET) {
                    throw new StackOverflowError("in the claim");
                }
            });
            try {
                assertThatThrownBy(() -> producer.tryClaim(claim, 1, 0)).hasMessage("in the claim");
            } finally {
                CrashHook.script(null);
            }
            assertThat(claim.isOpen()).isFalse();
            Messages messages = new Messages();
            assertThat(Messages.send(producer, 2, 0)).isTrue();
            assertThat(consumer.drain(messages)).isEqualTo(1);
            assertThat(messages.received()).containsExactly(2);
            assertThat(ring.browser().isAllReleased()).isTrue();
        }
    }
}
