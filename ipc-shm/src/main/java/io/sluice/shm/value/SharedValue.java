package io.sluice.shm.value;

import io.sluice.core.codec.Codec;
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

/// A value of several words between processes, read and written as a whole: the last quote of an instrument, say.
///
/// - **Threads:** any number of readers and writers, in any process. Writers take turns.
/// - **Blocking:** readers never wait, and never see parts of two values. A reader starts again if three whole writes
///   and a fourth one overtake it during one copy.
/// - **Death:** a writer that dies in a write leaves the last complete value; the next writer goes on.
/// - **Slowness:** a writer that is stopped in a write holds up other writers, and no reader.
/// - **Ordering:** what happened before a write happens-before what follows a read of its value.
/// - **Allocation:** what the codec allocates; [#read] and [#write] none.
/// - **Errors:** after [#close()], [io.sluice.core.error.ClosedException];
///   [io.sluice.core.codec.CodecException] for values that do not encode, decode, or fit, and then nothing was written.
///
/// @param <T> type of the value
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedValue<T> extends GuardedHandle {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Cells<T> cells;

    private record Reference<T>(ObjectReference object, Codec<T> codec) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opening -> new SharedValue<>(opening, codec));
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param codec of the value
    /// @hidden
    public SharedValue(Opening opening, Codec<T> codec) {
        super(opening);
        this.cells = new Cells<>(opening, codec);
    }

    /// Specifies a value; for `SharedSpace`.
    ///
    /// @param name of the object
    /// @param codec of the value
    /// @param initial the first value
    /// @param temporary whether it goes with its last user
    /// @param <T> type of the value
    /// @return the specification of the object
    /// @throws IllegalArgumentException if the codec knows no longest encoding
    /// @hidden
    public static <T> ObjectSpec spec(String name, Codec<T> codec, T initial, boolean temporary) {
        return spec(name, codec, Cells.valueBytes(name, codec), initial, temporary);
    }

    /// Specifies a value; for `SharedSpace`.
    ///
    /// @param name of the object
    /// @param codec of the value
    /// @param valueBytes longest encoding
    /// @param initial the first value
    /// @param temporary whether it goes with its last user
    /// @param <T> type of the value
    /// @return the specification of the object
    /// @hidden
    public static <T> ObjectSpec spec(String name, Codec<T> codec, int valueBytes, T initial, boolean temporary) {
        return Cells.spec(name, Kind.VALUE, codec, 1, valueBytes, initial, temporary);
    }

    /// The last complete value.
    ///
    /// @return a copy
    public T get() {
        return cells.get(0);
    }

    /// Writes a value.
    ///
    /// - **Blocking:** for other writers.
    ///
    /// @param value the new one, not null
    public void set(T value) {
        cells.set(0, value);
    }

    /// Applies a function.
    ///
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value before
    public T getAndUpdate(UnaryOperator<T> update) {
        return cells.update(0, update, true);
    }

    /// Applies a function.
    ///
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value afterwards
    public T updateAndGet(UnaryOperator<T> update) {
        return cells.update(0, update, false);
    }

    /// Writes a value, and returns the old one.
    ///
    /// @param value the new one, not null
    /// @return the value before
    public T getAndSet(T value) {
        return getAndUpdate(before -> value);
    }

    /// How often the value was written. It grows by one with each write, so equal versions mean the same value.
    ///
    /// @return 0 for the first value
    public long version() {
        return cells.cells.version(0);
    }

    /// Copies the encoded bytes of the last complete value, without decoding and without allocation.
    ///
    /// @param target where to; fastest over native memory with room for [#valueBytes()]
    /// @param index of the first byte
    /// @return number of bytes
    public int read(MutableDirectBuffer target, int index) {
        return cells.read(0, target, index);
    }

    /// Writes bytes that are an encoding of a value, without allocation.
    ///
    /// @param source where from
    /// @param index of the first byte
    /// @param length number of bytes, at most [#valueBytes()]
    public void write(DirectBuffer source, int index, int length) {
        cells.write(0, source, index, length);
    }

    /// The longest encoding.
    ///
    /// @return bytes
    public int valueBytes() {
        return cells.valueBytes;
    }

    @Override
    public ObjectSpec copySpec(String name, boolean temporary) {
        return cells.copySpec(name, Kind.VALUE, 1, temporary);
    }

    @Override
    public SharedValue<T> open(Opening other) {
        return new SharedValue<>(other, cells.codec);
    }

    @Override
    protected void endData() {
        cells.cells.close();
    }

    @Override
    protected String content() {
        int writer = cells.cells.writer(0);
        String writing = writer == 0 ? "" : ", being written by process " + object().processId(writer);
        return "version %,d of %s%s".formatted(version(), cells.codec.identity(), writing);
    }

    @Override
    protected Object travelling() {
        return new Reference<>(reference(), cells.codec);
    }
}
