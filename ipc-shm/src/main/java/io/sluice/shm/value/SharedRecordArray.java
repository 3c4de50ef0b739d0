package io.sluice.shm.value;

import io.sluice.core.codec.Codec;
import io.sluice.shm.body.CellsBody;
import io.sluice.shm.lock.GuardedHandle;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.io.Serializable;
import java.util.function.UnaryOperator;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// An array of values of several words between processes. Each element is read and written as a whole, as a
/// [SharedValue] is: readers never wait and never see a torn element, and a writer that dies leaves the last complete
/// one. Elements are independent of each other; take [#lock()] to change several together.
///
/// - **Threads, death, ordering, allocation, errors:** as for [SharedValue], for each element.
///
/// @param <T> type of the elements
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedRecordArray<T> extends GuardedHandle {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Cells<T> cells;
    private final transient long length;

    private record Reference<T>(ObjectReference object, Codec<T> codec) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opening -> new SharedRecordArray<>(opening, codec));
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param codec of the elements
    /// @hidden
    public SharedRecordArray(Opening opening, Codec<T> codec) {
        super(opening);
        this.cells = new Cells<>(opening, codec);
        this.length = ((CellsBody) object().body()).cells();
    }

    /// Specifies such an array; for `SharedSpace`.
    ///
    /// @param name of the object
    /// @param codec of the elements
    /// @param length how many elements
    /// @param initial the first value of every element
    /// @param temporary whether it goes with its last user
    /// @param <T> type of the elements
    /// @return the specification of the object
    /// @throws IllegalArgumentException if the codec knows no longest encoding
    /// @hidden
    public static <T> ObjectSpec spec(String name, Codec<T> codec, long length, T initial, boolean temporary) {
        return Cells.spec(
                name, Kind.VALUE_ARRAY, codec, length, Cells.valueBytes(name, codec), initial, temporary);
    }

    /// How many elements there are.
    ///
    /// @return the length it was created with
    public long length() {
        return length;
    }

    private long check(long index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException(
                    "array '%s': index %,d is not within its %,d elements".formatted(name(), index, length));
        }
        return index;
    }

    /// The last complete value of an element.
    ///
    /// @param index 0 to `length - 1`
    /// @return a copy
    /// @throws IndexOutOfBoundsException if there is no such element
    public T get(long index) {
        return cells.get(check(index));
    }

    /// Writes an element.
    ///
    /// - **Blocking:** for other writers of this element.
    ///
    /// @param index 0 to `length - 1`
    /// @param value the new one, not null
    /// @throws IndexOutOfBoundsException if there is no such element
    public void set(long index, T value) {
        cells.set(check(index), value);
    }

    /// Applies a function to an element.
    ///
    /// @param index 0 to `length - 1`
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value afterwards
    /// @throws IndexOutOfBoundsException if there is no such element
    public T updateAndGet(long index, UnaryOperator<T> update) {
        return cells.update(check(index), update, false);
    }

    /// Applies a function to an element.
    ///
    /// @param index 0 to `length - 1`
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value before
    /// @throws IndexOutOfBoundsException if there is no such element
    public T getAndUpdate(long index, UnaryOperator<T> update) {
        return cells.update(check(index), update, true);
    }

    /// How often an element was written.
    ///
    /// @param index 0 to `length - 1`
    /// @return 0 for its first value
    /// @throws IndexOutOfBoundsException if there is no such element
    public long version(long index) {
        return cells.cells.version(check(index));
    }

    /// Copies the encoded bytes of an element; see [SharedValue#read].
    ///
    /// @param index 0 to `length - 1`
    /// @param target where to
    /// @param targetIndex of the first byte
    /// @return number of bytes
    /// @throws IndexOutOfBoundsException if there is no such element
    public int read(long index, MutableDirectBuffer target, int targetIndex) {
        return cells.read(check(index), target, targetIndex);
    }

    /// Writes bytes that are an encoding of an element; see [SharedValue#write].
    ///
    /// @param index 0 to `length - 1`
    /// @param source where from
    /// @param sourceIndex of the first byte
    /// @param bytes number of bytes
    /// @throws IndexOutOfBoundsException if there is no such element
    public void write(long index, DirectBuffer source, int sourceIndex, int bytes) {
        cells.write(check(index), source, sourceIndex, bytes);
    }

    @Override
    public ObjectSpec copySpec(String name, boolean temporary) {
        return cells.copySpec(name, Kind.VALUE_ARRAY, length, temporary);
    }

    @Override
    public SharedRecordArray<T> open(Opening other) {
        return new SharedRecordArray<>(other, cells.codec);
    }

    @Override
    protected void endData() {
        cells.cells.close();
    }

    @Override
    protected String content() {
        return "%,d of %s".formatted(length, cells.codec.identity());
    }

    @Override
    protected Object travelling() {
        return new Reference<>(reference(), cells.codec);
    }
}
