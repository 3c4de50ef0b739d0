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
import io.sluice.shm.body.ServiceBody;
import io.sluice.shm.space.ObjectInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The kinds of objects, with the structure of each.
public enum Kind {
    /// A ring, used in place.
    RING(1),
    /// A queue: a ring.
    QUEUE(2),
    /// A queue of tasks: a ring.
    TASK_QUEUE(3),
    /// A pipe: a ring for each direction.
    PIPE(4),
    /// A lock with its conditions.
    LOCK(5),
    /// A read-write lock.
    READ_WRITE_LOCK(6),
    /// A semaphore.
    SEMAPHORE(7),
    /// An event.
    EVENT(8),
    /// A latch that is counted down.
    LATCH(9),
    /// A barrier.
    BARRIER(10),
    /// A single number or truth value behind a lock; which, is the element type.
    NUMBER(11),
    /// A value of several words behind a lock: one cell.
    VALUE(12),
    /// An array of numbers behind a lock; of which, is the element type.
    ARRAY(13),
    /// An array of values of several words behind a lock: cells.
    VALUE_ARRAY(14),
    /// Calls and answers: a ring of requests, and cells.
    SERVICE(15);

    /// The part of the type of a queue's message that says how the element lies there. The rest counts deliveries.
    public static final int ELEMENT_MASK = 0xff;
    /// That part, if the element lies in a file of its own.
    public static final int ELEMENT_IN_FILE = 1;
    /// A bit of the type of a pipe's message: it lies in a file of its own.
    public static final int PIPE_IN_FILE = 2;
    /// A bit of the type of a service's request: it lies in a file of its own.
    public static final int REQUEST_IN_FILE = 1;

    private static final Kind[] ALL = values();

    private final int number;

    Kind(int number) {
        this.number = number;
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
            Body body = decode(parameters);
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

    /// Whether a message lies in a file of its own. Its slots hold its length then, 4 bytes.
    ///
    /// @param type of the message
    /// @return whether
    public boolean isInFile(int type) {
        return switch (this) {
            case QUEUE, TASK_QUEUE -> (type & ELEMENT_MASK) == ELEMENT_IN_FILE;
            case PIPE -> (type & PIPE_IN_FILE) != 0;
            case SERVICE -> (type & REQUEST_IN_FILE) != 0;
            default -> false;
        };
    }

    // Switches, not fields: a process loads the structures of the kinds that it meets, and no other.

    private Body decode(long[] numbers) {
        return switch (this) {
            case RING, QUEUE, TASK_QUEUE -> RingBody.of(numbers);
            case PIPE -> PipeBody.of(numbers);
            case LOCK -> LockBody.of(numbers);
            case READ_WRITE_LOCK -> ReadWriteLockBody.of(numbers);
            case SEMAPHORE -> SemaphoreBody.of(numbers);
            case EVENT -> new EventBody();
            case LATCH -> LatchBody.of(numbers);
            case BARRIER -> BarrierBody.of(numbers);
            case NUMBER -> new NumberBody();
            case VALUE, VALUE_ARRAY -> CellsBody.of(numbers);
            case ARRAY -> ArrayBody.of(numbers);
            case SERVICE -> ServiceBody.of(numbers);
        };
    }

    private List<String> parameterNames() {
        return switch (this) {
            case RING, QUEUE, TASK_QUEUE -> RingBody.NAMES;
            case PIPE -> PipeBody.NAMES;
            case LOCK -> LockBody.NAMES;
            case READ_WRITE_LOCK -> ReadWriteLockBody.NAMES;
            case SEMAPHORE -> SemaphoreBody.NAMES;
            case EVENT -> EventBody.NAMES;
            case LATCH -> LatchBody.NAMES;
            case BARRIER -> BarrierBody.NAMES;
            case NUMBER -> NumberBody.NAMES;
            case VALUE, VALUE_ARRAY -> CellsBody.NAMES;
            case ARRAY -> ArrayBody.NAMES;
            case SERVICE -> ServiceBody.NAMES;
        };
    }

    /// The name of a parameter, for messages.
    ///
    /// @param index 0 to 7
    /// @return the name
    public String parameterName(int index) {
        List<String> names = parameterNames();
        return index < names.size() ? names.get(index) : "parameter " + index;
    }

    /// The value of a parameter, for messages.
    ///
    /// @param index 0 to 7
    /// @param parameters of an object of this kind
    /// @return as a reader understands it; the number, if that is impossible
    Object parameterValue(int index, long[] parameters) {
        try {
            List<?> shown = decode(parameters).shown();
            return index < shown.size() ? shown.get(index) : parameters[index];
        } catch (IllegalArgumentException | ArithmeticException invalid) {
            return parameters[index];
        }
    }

    /// How many of the parameters this kind uses.
    ///
    /// @return 0 to 8
    public int parameters() {
        return parameterNames().size();
    }

    /// The public constant of this kind.
    ///
    /// @return the kind of the same name
    ObjectInfo.Kind shown() {
        return ObjectInfo.Kind.valueOf(name());
    }

    /// The name of the kind, for messages.
    ///
    /// @return such as `task-queue`
    String shortName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
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
