package io.sluice.core.ring;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One kind of ring: its options, and for a broadcast the policy of its consumers.
record Shape(RingOptions options, SlowConsumer policy) {
    private static final int[] CAPACITIES = {1, 2, 3, 5, 8, 12, 64};

    /// Every combination of roles.
    static List<Shape> roles(int capacity, int slotBytes) {
        List<Shape> shapes = new ArrayList<>();
        RingOptions options = RingOptions.oneToOne(capacity).withSlotBytes(slotBytes);
        for (Producers producers : Producers.values()) {
            shapes.add(new Shape(options.withRoles(producers, Consumers.ONE), null));
            shapes.add(new Shape(options.withRoles(producers, Consumers.MANY), null));
        }
        for (SlowConsumer policy : SlowConsumer.values()) {
            shapes.add(new Shape(options.withRoles(Producers.ONE, Consumers.BROADCAST), policy));
        }
        return shapes;
    }

    static Stream<Shape> all() {
        return IntStream.of(CAPACITIES).boxed().flatMap(capacity ->
                IntStream.of(64, 256).boxed().flatMap(bytes -> roles(capacity, bytes).stream()));
    }

    /// The shapes that refuse a producer that is a ring ahead.
    static Stream<Shape> bounded() {
        return all().filter(shape -> !shape.drops());
    }

    /// The shapes whose messages are released once they are read.
    static Stream<Shape> released() {
        return all().filter(shape -> shape.policy == null);
    }

    static Stream<Shape> ofEight() {
        return roles(8, 64).stream();
    }

    boolean drops() {
        return policy == SlowConsumer.DROP;
    }

    boolean broadcasts() {
        return policy != null;
    }

    boolean manyConsumers() {
        return options.consumers() == Consumers.MANY;
    }

    boolean manyProducers() {
        return options.producers() == Producers.MANY;
    }

    /// Whether other processes see an open claim. One of an only producer is its own affair until the commit.
    boolean claimsShow() {
        return manyProducers() || broadcasts();
    }

    RingConsumer consumer(Ring ring) {
        return consumer(ring, WaitStrategy.PARK);
    }

    RingConsumer consumer(Ring ring, WaitStrategy strategy) {
        return broadcasts() ? ring.subscribe(policy, strategy) : ring.consumer(strategy);
    }

    /// The number of slots by which the producer may not know a consumer's progress until that has found the ring
    /// empty.
    int unpublished() {
        return manyProducers() || manyConsumers() ? 0 : Math.max(1, options.capacity() / 8) - 1;
    }

    int slotsFor(int length) {
        return (RingOptions.HEADER_BYTES + length + options.slotBytes() - 1) / options.slotBytes();
    }

    @Override
    public String toString() {
        return "%s to %s%s, %d slots of %d".formatted(options.producers(), options.consumers(),
                policy == null ? "" : " " + policy, options.capacity(), options.slotBytes());
    }
}
