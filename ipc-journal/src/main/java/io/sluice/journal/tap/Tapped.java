package io.sluice.journal.tap;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.owner.Closing;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingOptions;
import io.sluice.journal.JournalException;
import io.sluice.journal.JournalSource;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.space.ObjectInfo;
import java.util.Locale;

/// A ring or queue that is there, opened by its name whatever its elements are.
///
/// - **Threads:** one at a time.
final class Tapped implements AutoCloseable {
    private final Opening opening;
    private final Ring ring;
    private final JournalSource source;

    private Tapped(Opening opening, JournalSource source) {
        this.opening = opening;
        SharedObject object = opening.object();
        this.ring = new Ring(object.name(), object.address(), object.size(), object.parking(), object.liveness());
        this.source = source;
    }

    /// @throws NoSuchObjectException if it is not there
    /// @throws JournalException if it is neither a ring nor a queue
    static Tapped open(SpaceRoot root, String space, String name) {
        ObjectInfo info = find(root, space, name);
        Kind kind = switch (info.kind()) {
            case RING -> Kind.RING;
            case QUEUE -> Kind.QUEUE;
            case TASK_QUEUE -> Kind.TASK_QUEUE;
            default -> throw new JournalException("'%s' in space '%s' is a %s; a recorder follows a ring or a queue"
                    .formatted(name, space, word(info.kind())));
        };
        JournalSource source = new JournalSource(space, name, word(info.kind()), info.elementType(), info.id(),
                number(info, "capacity"), number(info, "slotBytes"), number(info, "producers"),
                number(info, "consumers"));
        return new ObjectReference(root.path().toString(), space, name, kind, info.elementType(), info.id(),
                WaitStrategy.ADAPTIVE).attach().handle(opening -> new Tapped(opening, source));
    }

    private static ObjectInfo find(SpaceRoot root, String space, String name) {
        return root.info(space).objects().stream()
                .filter(object -> object.name().equals(name))
                .findFirst()
                .orElseThrow(() -> NoSuchObjectException.of(space, name));
    }

    private static int number(ObjectInfo info, String parameter) {
        return Math.toIntExact(info.parameters().get(parameter));
    }

    private static String word(ObjectInfo.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Ring ring() {
        return ring;
    }

    SharedObject object() {
        return opening.object();
    }

    JournalSource source() {
        return source;
    }

    boolean isQueue() {
        return !source.kind().equals("ring");
    }

    boolean isBroadcast() {
        return ring.options().consumers() == RingOptions.Consumers.BROADCAST;
    }

    @Override
    public void close() {
        new Closing().then(ring::close).then(opening).end();
    }
}
