package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rings that have been used for years: the turn in the word wraps, the position does not.
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingLapTest {
    static Stream<Shape> shapes() {
        return Stream.of(1, 3, 8, 16).flatMap(capacity -> Shape.roles(capacity, 64).stream());
    }

    /// Across the wrap of the 36 bits, of 2^31 positions and of 2^32, with claims, deaths and looks in between.
    @ParameterizedTest
    @MethodSource("shapes")
    void turnsWrapUnnoticed(Shape shape) {
        long slots = shape.options().slots();
        for (long wrap : new long[] {1L << 31, 1L << 32, slots << 35, slots << 36, slots << 37}) {
            for (long before = 0; before <= 2 * slots; before++) {
                try (RingMemory memory = new RingMemory(shape.options()).startingAt(wrap - before)) {
                    Ring ring = memory.view(1);
                    RingProducer producer = ring.producer(PARK);
                    RingConsumer consumer = shape.consumer(memory.view(2));
                    Messages messages = new Messages();
                    for (int number = 1; number <= 4 * slots; number++) {
                        int length = number % (shape.options().maxMessageBytes() + 1);
                        assertThat(Messages.send(producer, number, length)).isTrue();
                        if (!shape.broadcasts()) {
                            assertThat(ring.browser().size()).isEqualTo(1);
                        }
                        assertThat(consumer.read(messages, 2)).isEqualTo(1);
                        assertThat(messages.received()).containsExactly(number);
                        if (shape.manyConsumers()) {
                            assertThat(ring.browser().isAllReleased()).isTrue();
                        }
                    }
                    producer.tryClaim(memory.claim(), -1, 0);
                    memory.recover(1);
                    assertThat(Messages.send(memory.view(3).producer(PARK), 7, 0))
                            .isEqualTo(slots > 1 || shape.drops() || !shape.claimsShow());
                    assertThat(consumer.drain(messages)).isEqualTo(slots > 1 || !shape.claimsShow() ? 1 : 0);
                }
            }
        }
    }
}
