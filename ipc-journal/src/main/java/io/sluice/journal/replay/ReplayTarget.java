package io.sluice.journal.replay;

import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingOptions.Consumers;
import io.sluice.core.ring.RingOptions.Producers;
import io.sluice.journal.JournalException;
import io.sluice.journal.JournalRecord;
import io.sluice.journal.JournalSource;
import io.sluice.journal.RawCodec;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.queue.QueueOptions;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.SpaceOptions;
import java.util.Map;
import java.util.Optional;

/// Where a replay goes.
///
/// - **Threads:** one at a time.
@FunctionalInterface
public interface ReplayTarget extends AutoCloseable {
    /// Takes a message; waits while there is no room.
    ///
    /// @param message of the journal
    /// @throws InterruptedException if interrupted while waiting
    void put(JournalRecord message) throws InterruptedException;

    /// Ends the target. The messages stay.
    @Override
    default void close() {
        // Most have nothing to close.
    }

    /// A ring or a queue, by its name. One that is not there is made, as large as the source of the journal.
    ///
    /// @param root of the space
    /// @param space name of the space
    /// @param name of the ring or queue
    /// @param source of the journal: its kind, shape and elements
    /// @return the target, to be closed by the caller
    /// @throws JournalException if the object is neither a ring nor a queue of the same elements, or is not there and
    ///     the source has no shape
    static ReplayTarget named(SpaceRoot root, String space, String name, JournalSource source) {
        Optional<ObjectInfo> found = find(root, space, name);
        boolean queue = found.map(object -> object.kind() == ObjectInfo.Kind.QUEUE)
                .orElse(!source.kind().equals("ring"));
        RingOptions shape = found.map(object -> shape(object, space)).orElseGet(() -> shape(source, space, name));
        if (queue && !found.map(ObjectInfo::elementType).orElse(source.elementType()).equals(source.elementType())) {
            throw new JournalException(("queue '%s' in space '%s' has elements of '%s', and the journal has '%s';"
                    + " replay into another queue, or to standard output").formatted(name, space,
                    found.map(ObjectInfo::elementType).orElse(""), source));
        }
        SharedSpace opened = SharedSpace.open(space, SpaceOptions.under(root.path()));
        try {
            return queue
                    ? new QueueTarget(opened, opened.queue(name, new RawCodec(source.elementType()),
                            new QueueOptions(shape.capacity(), shape.slotBytes())))
                    : new RingTarget(opened, opened.ring(name, shape));
        } catch (RuntimeException | Error refused) {
            opened.close();
            throw refused;
        }
    }

    private static Optional<ObjectInfo> find(SpaceRoot root, String space, String name) {
        try {
            return root.info(space).objects().stream().filter(object -> object.name().equals(name)).findFirst();
        } catch (NoSuchObjectException noSpace) {
            return Optional.empty();
        }
    }

    private static RingOptions shape(ObjectInfo object, String space) {
        if (object.kind() != ObjectInfo.Kind.RING && object.kind() != ObjectInfo.Kind.QUEUE) {
            throw new JournalException("'%s' in space '%s' is no ring and no queue; a replay goes into one of them"
                    .formatted(object.name(), space));
        }
        Map<String, Long> numbers = object.parameters();
        return new RingOptions(Math.toIntExact(numbers.get("capacity")), Math.toIntExact(numbers.get("slotBytes")),
                Producers.of(Math.toIntExact(numbers.get("producers"))),
                Consumers.of(Math.toIntExact(numbers.get("consumers"))));
    }

    private static RingOptions shape(JournalSource source, String space, String name) {
        if (source.capacity() == 0) {
            throw new JournalException(("space '%s' has no object '%s', and the journal of '%s' does not tell how to"
                    + " make one; create it first, or replay to standard output").formatted(space, name, source));
        }
        return new RingOptions(source.capacity(), source.slotBytes(), Producers.of(source.producers()),
                Consumers.of(source.consumers()));
    }
}
