package io.sluice.shm.object;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.shm.body.ArrayBody;
import io.sluice.shm.body.BarrierBody;
import io.sluice.shm.body.Body;
import io.sluice.shm.body.CellsBody;
import io.sluice.shm.body.EventBody;
import io.sluice.shm.body.LatchBody;
import io.sluice.shm.body.LockBody;
import io.sluice.shm.body.NumberBody;
import io.sluice.shm.body.PipeBody;
import io.sluice.shm.body.ReadWriteLockBody;
import io.sluice.shm.body.RingBody;
import io.sluice.shm.body.SemaphoreBody;
import io.sluice.shm.space.ObjectKind;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// The kinds of objects, with the structure of each.
public enum Kind {
    /// A ring, used in place.
    RING(1, RingBody.NAMES, RingBody::of),
    /// A queue: a ring.
    QUEUE(2, RingBody.NAMES, RingBody::of),
    /// A queue of tasks: a ring.
    TASK_QUEUE(3, RingBody.NAMES, RingBody::of),
    /// A pipe: a ring for each direction.
    PIPE(4, PipeBody.NAMES, PipeBody::of),
    /// A lock with its conditions.
    LOCK(5, LockBody.NAMES, LockBody::of),
    /// A read-write lock.
    READ_WRITE_LOCK(6, ReadWriteLockBody.NAMES, ReadWriteLockBody::of),
    /// A semaphore.
    SEMAPHORE(7, SemaphoreBody.NAMES, SemaphoreBody::of),
    /// An event.
    EVENT(8, EventBody.NAMES, numbers -> new EventBody()),
    /// A latch that is counted down.
    LATCH(9, LatchBody.NAMES, LatchBody::of),
    /// A barrier.
    BARRIER(10, BarrierBody.NAMES, BarrierBody::of),
    /// A single number or truth value behind a lock; which, is the element type.
    NUMBER(11, NumberBody.NAMES, numbers -> new NumberBody()),
    /// A value of several words behind a lock: one cell.
    VALUE(12, CellsBody.NAMES, CellsBody::of),
    /// An array of numbers behind a lock; of which, is the element type.
    ARRAY(13, ArrayBody.NAMES, ArrayBody::of),
    /// An array of values of several words behind a lock: cells.
    VALUE_ARRAY(14, CellsBody.NAMES, CellsBody::of);

    private static final Kind[] ALL = values();

    private final int number;
    @SuppressWarnings("ImmutableEnumChecker")   // made by List.of
    private final List<String> parameterNames;
    @SuppressWarnings("ImmutableEnumChecker")   // a constructor
    private final Function<long[], Body> decoder;

    Kind(int number, List<String> parameterNames, Function<long[], Body> decoder) {
        this.number = number;
        this.parameterNames = parameterNames;
        this.decoder = decoder;
    }

    /// The structure of an object, from its header. Nothing beyond the body is touched through it, since its size is
    /// that of the file.
    ///
    /// @param name of the object, for the message
    /// @param parameters of the header
    /// @param bytes size of the body, as the header says
    /// @return the body
    /// @throws CorruptObjectException if the parameters are invalid, or demand another size
    Body body(String name, long[] parameters, long bytes) {
        RuntimeException invalid = null;
        try {
            Body body = decoder.apply(parameters);
            if (body.bytes() == bytes) {
                return body;
            }
        } catch (IllegalArgumentException | ArithmeticException refused) {
            invalid = refused;
        }
        throw new CorruptObjectException(
                "'%s': a %s with the parameters %s does not have a body of %,d bytes; unlink and recreate it"
                        .formatted(name, this, Arrays.toString(parameters), bytes), invalid);
    }

    /// The name of a parameter, for messages.
    ///
    /// @param index 0 to 7
    /// @return the name
    public String parameterName(int index) {
        return index < parameterNames.size() ? parameterNames.get(index) : "parameter " + index;
    }

    /// The value of a parameter, for messages.
    ///
    /// @param index 0 to 7
    /// @param parameters of an object of this kind
    /// @return as a reader understands it; the number, if that is impossible
    Object parameterValue(int index, long[] parameters) {
        try {
            List<?> shown = decoder.apply(parameters).shown();
            return index < shown.size() ? shown.get(index) : parameters[index];
        } catch (IllegalArgumentException | ArithmeticException invalid) {
            return parameters[index];
        }
    }

    /// How many of the parameters this kind uses.
    ///
    /// @return 0 to 8
    public int parameters() {
        return parameterNames.size();
    }

    /// The public constant of this kind.
    ///
    /// @return the kind of the same name
    ObjectKind shown() {
        return ObjectKind.valueOf(name());
    }

    /// The number of the kind in the header of an object; the same in every release.
    ///
    /// @return 1 and up
    int number() {
        return number;
    }

    /// The kind for a number.
    ///
    /// @param number of a header
    /// @param name of the object, for the message
    /// @return the kind
    /// @throws CorruptObjectException if there is no such kind
    static Kind of(int number, String name) {
        for (Kind kind : ALL) {
            if (kind.number == number) {
                return kind;
            }
        }
        throw new CorruptObjectException(
                "'%s' is of kind %d, which this library does not know; attach with the release that created it"
                        .formatted(name, number));
    }
}
