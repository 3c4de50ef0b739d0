package io.sluice.core.ring;

import static io.sluice.core.idle.WaitStrategy.PARK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.campaign.Campaign;
import io.sluice.core.memory.HeapEnd;
import io.sluice.core.owner.SharedCleaner;
import java.lang.ref.Cleaner;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The operations of a ring that allocate, with the memory ending at each of their allocations: nothing has changed, or
/// the operation was done, and a handle that could not be closed can be closed later.
@Tag(Campaign.TAG)
@Timeout(600)
class RingHeapEndTest {
    @Test
    void anOperationWithoutMemoryIsDoneOrUndone() throws Exception {
        HeapEnd.run(Child.class);
    }

    /// The JVM of the test.
    static final class Child {
        private static final int LENGTH = 100;

        private static final HeapEnd HEAP = new HeapEnd();
        /// Kept, since the first claim of a process starts its thread.
        static final Cleaner CLEANER = SharedCleaner.get();

        private final Shape shape;
        private RingMemory memory;
        private Ring ring;
        private RingProducer producer;
        private RingConsumer consumer;
        private Claim claim;

        private Child(Shape shape) {
            this.shape = shape;
        }

        public static void main(String[] arguments) throws Exception {
            Campaign campaign = Campaign.begin("sluice.heap.ends", 1, 6);
            for (int done = 0; campaign.goesOn(done); done++) {
                List<Shape> shapes = Shape.roles(8, 64);
                new Child(shapes.get(done % shapes.size())).run();
            }
            System.out.println("all done");
        }

        private void begin() {
            memory = new RingMemory(shape.options());
            ring = memory.unkeptView(1);
            producer = ring.producer(PARK);
            consumer = shape.consumer(ring);
            claim = new Claim();
        }

        private void fails(String name, HeapEnd.Step before, HeapEnd.Step step, HeapEnd.Check check)
                throws Exception {
            begin();                         // loads the classes
            before.run();
            step.run();
            check.run(null);
            end();
            int failures = HEAP.atEachAllocation(() -> {
                begin();
                before.run();
            }, step, thrown -> {
                assertThat(thrown == null || thrown instanceof OutOfMemoryError).isTrue();
                check.run(thrown);
                end();
            });
            System.out.printf("%s, %s: %d times%n", shape, name, failures);
        }

        /// The roles are free, and a successor goes on.
        private void end() {
            claim.close();
            producer.close();
            consumer.close();
            Ring other = memory.unkeptView(2);
            RingProducer successor = other.producer(PARK);
            RingConsumer reader = shape.consumer(other);
            Messages messages = new Messages();
            reader.drain(messages);
            messages.received();
            for (int i = 0; i < 2 * shape.options().slots(); i++) {
                assertThat(Messages.send(successor, i, i % LENGTH)).isTrue();
                assertThat(reader.drain(messages)).isEqualTo(1);
                assertThat(messages.received()).containsExactly(i);
            }
            other.close();
            ring.close();
            memory.close();
        }

        private void run() throws Exception {
            HeapEnd.Step nothing = () -> {};
            fails("first claim", nothing, () -> {
                Claim first = new Claim();
                try (first) {
                    if (producer.tryClaim(first, 1, LENGTH)) {
                        first.commit();
                    }
                }
            }, thrown -> {
                int read = consumer.drain((type, buffer, index, length) -> {});
                assertThat(read).isEqualTo(thrown == null ? 1 : 0);
                assertThat(Messages.send(producer, 1, LENGTH)).isTrue();
                assertThat(consumer.drain(new Messages())).isEqualTo(1);
            });
            fails("offer", nothing, () -> producer.offer(1, claim.buffer(), 0, 0),
                    thrown -> assertThat(Messages.send(producer, 1, LENGTH)).isTrue());
            fails("close the producer", () -> assertThat(producer.tryClaim(claim, 1, LENGTH)).isTrue(),
                    () -> producer.close(), thrown -> {
                        producer.close();
                        assertThat(claim.isOpen()).isFalse();
                    });
            fails("close the consumer", () -> Messages.send(producer, 1, LENGTH), () -> consumer.close(),
                    thrown -> consumer.close());
            fails("open a producer", () -> producer.close(), () -> producer = ring.producer(PARK), thrown -> {});
            fails("open a consumer", () -> consumer.close(), () -> consumer = shape.consumer(ring), thrown -> {});
            fails("wait", nothing, () -> consumer.read((type, buffer, index, length) -> {}, 1, 0),
                    thrown -> assertThat(Messages.send(producer, 1, LENGTH)).isTrue());
        }
    }
}
