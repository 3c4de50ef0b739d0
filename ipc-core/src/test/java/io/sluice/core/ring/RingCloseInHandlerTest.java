package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A handler that closes its own consumer: the usual end of a loop, at the message that says so.
class RingCloseInHandlerTest {
    /// The message is consumed, no handler is called again, and the role is free when the read has returned.
    @ParameterizedTest
    @MethodSource("io.sluice.core.ring.Shape#ofEight")
    void theReadEndsBehindTheMessage(Shape shape) {
        for (boolean fails : new boolean[] {false, true}) {
            try (RingMemory memory = new RingMemory(shape.options())) {
                Ring ring = memory.view(1);
                RingConsumer consumer = shape.consumer(ring);
                RingProducer producer = memory.view(2).producer(PARK);
                for (int type = 1; type <= 5; type++) {
                    assertThat(Messages.send(producer, type, 0)).isTrue();
                }
                List<Integer> received = new ArrayList<>();
                List<Throwable> refused = new ArrayList<>();
                try {
                    int count = consumer.read((type, buffer, index, length) -> {
                        received.add(type);
                        if (type == 2) {
                            consumer.close();
                            if (!shape.manyConsumers() && !shape.broadcasts()) {
                                catchInto(refused, () -> shape.consumer(memory.view(3)));
                            }
                            if (fails) {
                                throw new IllegalArgumentException();
                            }
                        }
                    }, 9);
                    assertThat(fails).isFalse();
                    assertThat(count).isEqualTo(2);
                } catch (IllegalArgumentException ofHandler) {
                    assertThat(fails).isTrue();
                }
                assertThat(received).containsExactly(1, 2);
                assertThat(refused).allMatch(RoleHeldException.class::isInstance);
                assertThatThrownBy(() -> consumer.read((type, buffer, index, length) -> {}, 1))
                        .hasMessageContaining("this consumer was closed");
                if (!shape.broadcasts()) {
                    shape.consumer(memory.view(3)).read((type, buffer, index, length) -> received.add(type), 9);
                    List<Integer> all = fails ? List.of(1, 2, 2, 3, 4, 5) : List.of(1, 2, 3, 4, 5);
                    assertThat(received).containsExactlyElementsOf(all);
                }
            }
        }
    }

    private static void catchInto(List<Throwable> thrown, Runnable action) {
        try {
            action.run();
            thrown.add(new AssertionError("was not refused"));
        } catch (RuntimeException refused) {
            thrown.add(refused);
        }
    }
}
