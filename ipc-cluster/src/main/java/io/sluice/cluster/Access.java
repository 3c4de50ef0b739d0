package io.sluice.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.partition.NoDataMemberInClusterException;
import com.hazelcast.spi.exception.DistributedObjectDestroyedException;
import io.sluice.core.codec.CodecException;
import io.sluice.pool.manager.ManagerEndedException;
import io.sluice.shm.error.NoSuchObjectException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The way to one object of the engine: values to bytes and back, and errors that name the object.
///
/// - **Threads:** any.
final class Access {
    private final String object;
    private final HazelcastInstance instance;
    private final Wire wire;
    private final BooleanSupplier isClosed;
    private final BooleanSupplier isRemoved;

    /// @param object kind and name, for messages
    /// @param isClosed whether its manager was closed here
    Access(String object, HazelcastInstance instance, Wire wire, BooleanSupplier isClosed, BooleanSupplier isRemoved) {
        this.object = object;
        this.instance = instance;
        this.wire = wire;
        this.isClosed = isClosed;
        this.isRemoved = isRemoved;
    }

    /// @throws CodecException if the value does not travel
    byte[] bytes(Object value) {
        Objects.requireNonNull(value, object);
        try {
            return wire.value(value);
        } catch (CodecException refused) {
            throw new CodecException(object + ": " + refused.getMessage(), refused);
        }
    }

    List<byte[]> all(Collection<?> values) {
        return values.stream().map(this::bytes).toList();
    }

    /// @return null for null
    /// @throws CodecException if the class of the value is absent here, or not allowed
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what was put in comes out
    <T> T value(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return (T) wire.readValue(bytes);
        } catch (CodecException refused) {
            throw new CodecException(object + ": " + refused.getMessage(), refused);
        }
    }

    <T> List<T> values(Object[] all) {
        List<T> values = new ArrayList<>(all.length);
        for (Object each : all) {
            values.add(value((byte[]) each));
        }
        return values;
    }

    /// Makes a call of the engine.
    ///
    /// @throws ManagerEndedException if the instance has ended, or the manager was closed
    /// @throws NoSuchObjectException if the object was removed
    /// @throws IllegalStateException if no member keeps data
    <T> T call(Supplier<T> call) {
        checkOpen();
        try {
            return call.get();
        } catch (RuntimeException failure) {
            throw explained(failure);
        }
    }

    /// As [#call(Supplier)], for calls without an answer.
    void run(Runnable call) {
        this.<Void>call(() -> {
            call.run();
            return null;
        });
    }

    /// As [#call(Supplier)], for calls that wait.
    <T> T await(Waiting<T> call) throws InterruptedException {
        checkOpen();
        try {
            return call.make();
        } catch (RuntimeException failure) {
            throw explained(failure);
        }
    }

    /// A call that an interrupt ends.
    interface Waiting<T> {
        T make() throws InterruptedException;
    }

    /// A call of a collection that was removed would make another one; a closed manager is not told of removals.
    private void checkOpen() {
        if (isClosed.getAsBoolean()) {
            throw new ManagerEndedException(object + ": the manager was closed here; join again", null);
        }
        if (isRemoved.getAsBoolean()) {
            throw new NoSuchObjectException(object + " was removed; open it again to make a new one");
        }
    }

    private RuntimeException explained(RuntimeException failure) {
        return switch (failure) {
            case HazelcastInstanceNotActiveException ended -> new ManagerEndedException(
                    "%s: the Hazelcast instance %s of this member has ended; join again".formatted(
                            object, instance.getName()), ended);
            case DistributedObjectDestroyedException destroyed -> new NoSuchObjectException(
                    object + " was removed; open it again to make a new one");
            case NoDataMemberInClusterException lite -> new IllegalStateException(
                    object + ": no member of the cluster keeps data; start one that is not a lite member", lite);
            default -> failure;
        };
    }

    /// Kind and name.
    @Override
    public String toString() {
        return object;
    }
}
