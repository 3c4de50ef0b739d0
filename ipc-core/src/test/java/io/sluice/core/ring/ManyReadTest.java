package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One read of several messages, by the only thread that takes from a ring for many: what happens between two messages
/// counts for the next one. It happens in the handler here.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyReadTest {
    private static final int ALL = 100;

    private final RingMemory memory = new RingMemory(RingOptions.manyToMany(8));
    private final RingProducer producer = memory.view(1).producer(PARK);
    private final ManyConsumer consumer = memory.view(2).taker(PARK);
    private final List<Integer> received = new ArrayList<>();

    @BeforeEach
    void send() {
        for (int number = 0; number < 5; number++) {
            assertThat(Messages.send(producer, number, number)).isTrue();
        }
    }

    @AfterEach
    void close() {
        memory.close();
    }

    /// A handler that collects the numbers, and takes a step at some of them.
    private MessageHandler stepping(Map<Integer, Runnable> steps) {
        return (number, buffer, index, length) -> {
            assertThat(Messages.isWhole(number, buffer, index, length)).isTrue();
            received.add(number);
            steps.getOrDefault(number, () -> {}).run();
        };
    }

    @Test
    void aMessageThatComesBackIsTheNext() {
        long first = consumer.take();
        int count = consumer.read(stepping(Map.of(2, () -> consumer.giveBack(first))), ALL);
        assertThat(received).containsExactly(1, 2, 0, 3, 4);
        assertThat(count).isEqualTo(5);
    }

    @Test
    void nothingIsReadBehindAShutdownNow() {
        int count = consumer.read(stepping(Map.of(1, () -> memory.view(3).shutdownNow())), ALL);
        assertThat(received).containsExactly(0, 1);
        assertThat(count).isEqualTo(2);
        assertThat(consumer.isEnded()).isTrue();
    }

    @Test
    void whatIsThereAtAShutdownIsReadToItsEnd() {
        int count = consumer.read(stepping(Map.of(1, () -> memory.view(3).shutdown())), ALL);
        assertThat(received).containsExactly(0, 1, 2, 3, 4);
        assertThat(count).isEqualTo(5);
        assertThat(consumer.isEnded()).isTrue();
    }

    @Test
    void whatASecondProcessTakesIsNotReadAgain() {
        ManyConsumer second = memory.view(3).taker(PARK);
        int count = consumer.read(stepping(Map.of(1, () -> second.acknowledge(second.take()))), ALL);
        assertThat(received).containsExactly(0, 1, 3, 4);
        assertThat(count).isEqualTo(4);
    }

    @Test
    void aReadWithinAReadTakesTheNextOnes() {
        MessageHandler inner = stepping(Map.of());
        int count = consumer.read(stepping(Map.of(1, () -> consumer.read(inner, 2))), ALL);
        assertThat(received).containsExactly(0, 1, 2, 3, 4);
        assertThat(count).isEqualTo(3);
        assertThat(consumer.read(inner, ALL)).isZero();
    }

    @Test
    void anAbortedMessageIsSteppedOver() {
        Claim claim = new Claim();
        assertThat(producer.tryClaim(claim, ALL, 0)).isTrue();
        claim.abort();
        assertThat(Messages.send(producer, 5, 100)).as("of several slots").isTrue();
        assertThat(consumer.read(stepping(Map.of()), ALL)).isEqualTo(6);
        assertThat(received).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void aClaimThatIsOpenEndsTheRead() {
        Claim claim = new Claim();
        assertThat(producer.tryClaim(claim, ALL, 0)).isTrue();
        assertThat(Messages.send(producer, 5, 0)).isTrue();
        assertThat(consumer.read(stepping(Map.of()), ALL)).isEqualTo(5);
        claim.commit();
        assertThat(consumer.read(stepping(Map.of()), ALL)).isEqualTo(2);
        assertThat(received).containsExactly(0, 1, 2, 3, 4, ALL, 5);
    }
}
