package io.sluice.shm.codec;

import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.codec.spi.ComponentCodecs;
import io.sluice.shm.array.SharedByteArray;
import io.sluice.shm.array.SharedCharArray;
import io.sluice.shm.array.SharedDoubleArray;
import io.sluice.shm.array.SharedFloatArray;
import io.sluice.shm.array.SharedIntArray;
import io.sluice.shm.array.SharedLongArray;
import io.sluice.shm.array.SharedShortArray;
import io.sluice.shm.barrier.SharedBarrier;
import io.sluice.shm.body.LockBody;
import io.sluice.shm.body.ReadWriteLockBody;
import io.sluice.shm.body.SemaphoreBody;
import io.sluice.shm.event.SharedCountDownLatch;
import io.sluice.shm.event.SharedEvent;
import io.sluice.shm.lock.LockOptions;
import io.sluice.shm.lock.LockOptions.OnOwnerDeath;
import io.sluice.shm.lock.SharedLock;
import io.sluice.shm.lock.SharedReadWriteLock;
import io.sluice.shm.lock.SharedReentrantLock;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.NamedHandle;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.queue.SharedQueue;
import io.sluice.shm.queue.SharedTaskQueue;
import io.sluice.shm.ring.SharedRing;
import io.sluice.shm.semaphore.SemaphoreOptions;
import io.sluice.shm.semaphore.SharedSemaphore;
import io.sluice.shm.service.SharedService;
import io.sluice.shm.space.ObjectHandle;
import io.sluice.shm.value.SharedBoolean;
import io.sluice.shm.value.SharedDouble;
import io.sluice.shm.value.SharedInt;
import io.sluice.shm.value.SharedLong;
import io.sluice.shm.value.SharedRecordArray;
import io.sluice.shm.value.SharedValue;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Lets records have handles of shared objects as components: a request that carries the queue for its reply. A handle
/// travels as an [ObjectReference]. The declaration of the component decides the element type: no received bytes choose
/// a class.
///
/// For `Codec.ofRecord`, which finds it as a service.
public final class HandleCodecs implements ComponentCodecs {
    private static final Codec<ObjectReference> REFERENCES = Codec.ofRecord(ObjectReference.class);
    private static final int TYPICAL_BYTES = 256;
    private static final Map<Class<?>, Known> KNOWN = new HashMap<>();

    /// How a handle is made of an object.
    ///
    /// @param elementType of the object, or null if the declaration says what its elements are
    /// @param arguments how many types the declaration has then
    private record Known(Kind kind, String elementType, int arguments, Opener opener) {}

    private interface Opener {
        ObjectHandle open(Opening opening, List<Codec<?>> elements);
    }

    private interface GenericOpener {
        ObjectHandle open(Opening opening, Codec<?> elements);
    }

    static {
        generic(SharedQueue.class, Kind.QUEUE, SharedQueue::new);
        generic(SharedTaskQueue.class, Kind.TASK_QUEUE, SharedTaskQueue::new);
        generic(SharedPipe.class, Kind.PIPE, SharedPipe::new);
        generic(SharedValue.class, Kind.VALUE, SharedValue::new);
        generic(SharedRecordArray.class, Kind.VALUE_ARRAY, SharedRecordArray::new);
        KNOWN.put(SharedService.class, new Known(Kind.SERVICE, null, 2, (opening, elements) ->
                new SharedService<>(opening, elements.getFirst(), elements.getLast())));
        plain(SharedRing.class, Kind.RING, "", SharedRing::new);
        plain(SharedLock.class, Kind.LOCK, "", opening -> new SharedLock(opening, lockOptions(opening.object())));
        plain(SharedReentrantLock.class, Kind.LOCK, "",
                opening -> new SharedReentrantLock(opening, lockOptions(opening.object()), true));
        plain(SharedReadWriteLock.class, Kind.READ_WRITE_LOCK, "",
                opening -> new SharedReadWriteLock(opening, lockOptions(opening.object())));
        plain(SharedSemaphore.class, Kind.SEMAPHORE, "",
                opening -> new SharedSemaphore(opening, semaphoreOptions(opening.object())));
        plain(SharedEvent.class, Kind.EVENT, "", SharedEvent::new);
        plain(SharedCountDownLatch.class, Kind.LATCH, "", SharedCountDownLatch::new);
        plain(SharedBarrier.class, Kind.BARRIER, "", opening -> new SharedBarrier(opening, null));
        plain(SharedLong.class, Kind.NUMBER, "long", SharedLong::new);
        plain(SharedInt.class, Kind.NUMBER, "int", SharedInt::new);
        plain(SharedDouble.class, Kind.NUMBER, "double", SharedDouble::new);
        plain(SharedBoolean.class, Kind.NUMBER, "boolean", SharedBoolean::new);
        plain(SharedByteArray.class, Kind.ARRAY, "byte", SharedByteArray::new);
        plain(SharedShortArray.class, Kind.ARRAY, "short", SharedShortArray::new);
        plain(SharedCharArray.class, Kind.ARRAY, "char", SharedCharArray::new);
        plain(SharedIntArray.class, Kind.ARRAY, "int", SharedIntArray::new);
        plain(SharedLongArray.class, Kind.ARRAY, "long", SharedLongArray::new);
        plain(SharedFloatArray.class, Kind.ARRAY, "float", SharedFloatArray::new);
        plain(SharedDoubleArray.class, Kind.ARRAY, "double", SharedDoubleArray::new);
    }

    /// For the loader of services.
    public HandleCodecs() {}

    private static void generic(Class<?> type, Kind kind, GenericOpener opener) {
        KNOWN.put(type, new Known(kind, null, 1, (opening, elements) -> opener.open(opening, elements.getFirst())));
    }

    private static void plain(
            Class<?> type, Kind kind, String elementType, Function<Opening, ObjectHandle> opener) {
        KNOWN.put(type, new Known(kind, elementType, 0, (opening, _) -> opener.apply(opening)));
    }

    private static LockOptions lockOptions(SharedObject object) {
        return switch (object.body()) {
            case LockBody lock -> new LockOptions(
                    OnOwnerDeath.of(lock.onOwnerDeath()), null, lock.conditionWaiters());
            case ReadWriteLockBody lock -> new LockOptions(OnOwnerDeath.of(lock.onOwnerDeath()), null, 0);
            default -> throw new IllegalStateException(object.kind().toString());    // its kind was compared
        };
    }

    private static SemaphoreOptions semaphoreOptions(SharedObject object) {
        SemaphoreBody body = (SemaphoreBody) object.body();
        return new SemaphoreOptions(body.permits(), body.bound(), body.accounted());
    }

    @Override
    @SuppressWarnings("unchecked") // the table opens handles of its key
    public <T> Codec<T> codec(Class<T> type, List<Class<?>> arguments) {
        Known known = KNOWN.get(type);
        if (known == null) {
            return null;
        }
        if (arguments.size() < known.arguments()) {
            throw new IllegalArgumentException("must be a component that is declared with the type of its elements, as"
                    + " in record Request(%s<String> handle) {}".formatted(type.getSimpleName()));
        }
        return (Codec<T>) new HandleCodec(type, arguments.toArray(Class<?>[]::new));
    }

    /// The codec of a handle. The codec of its elements is made at the first handle: a record may have a queue of
    /// records of its own type.
    private static final class HandleCodec implements Codec<ObjectHandle> {
        @Serial
        private static final long serialVersionUID = 1L;

        private final Class<?> type;
        private final Class<?>[] elements;
        private transient volatile List<Codec<?>> elementCodecs;     // two racing threads make equal ones

        HandleCodec(Class<?> type, Class<?>[] elements) {
            this.type = type;
            this.elements = elements;
        }

        @Override
        public int encode(ObjectHandle handle, MutableDirectBuffer buffer, int offset) {
            ObjectReference reference = ((NamedHandle) handle).reference();
            check(reference);
            return REFERENCES.encode(reference, buffer, offset);
        }

        @Override
        public ObjectHandle decode(DirectBuffer buffer, int offset, int length) {
            ObjectReference reference = REFERENCES.decode(buffer, offset, length);
            check(reference);
            return reference.attach().handle(opening -> KNOWN.get(type).opener().open(opening, elementCodecs()));
        }

        private List<Codec<?>> elementCodecs() {
            if (elementCodecs == null) {
                List<Codec<?>> made = new ArrayList<>();
                for (Class<?> element : elements) {
                    made.add(Codec.of(element));
                }
                elementCodecs = made;
            }
            return elementCodecs;
        }

        private String elementType(Known known) {
            return switch (elements.length) {
                case 0 -> known.elementType();
                case 1 -> elementCodecs().getFirst().identity();
                default -> SharedService.elementType(
                        elementCodecs().getFirst().identity(), elementCodecs().getLast().identity());
            };
        }

        private void check(ObjectReference reference) {
            Known known = KNOWN.get(type);
            String expected = elementType(known);
            if (!reference.isOf(known.kind(), expected)) {
                throw new CodecException(("'%s' is a %s of '%s', and the component is declared as %s, a %s of '%s';"
                        + " open the object with the codec that the declaration names").formatted(reference.name(),
                        reference.kind(), reference.elementType(), identity(), known.kind(), expected));
            }
        }

        @Override
        public String identity() {
            return elements.length == 0 ? type.getSimpleName() : Arrays.stream(elements).map(Class::getName)
                    .collect(Collectors.joining(", ", type.getSimpleName() + "<", ">"));
        }

        @Override
        public int typicalBytes() {
            return TYPICAL_BYTES;
        }
    }
}
