package io.sluice.shm.value;

import io.sluice.core.codec.Codec;
import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.MemoryBuffer;
import io.sluice.core.sync.ValueCells;
import io.sluice.shm.space.Kind;
import io.sluice.shm.space.ObjectSpec;
import io.sluice.shm.space.SharedObject;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Values of a type in cells of shared memory: encoded before a cell is claimed, and decoded from a copy, so that no
/// code of a codec ever stands between two looks at shared memory.
final class Cells<T> {
    final Codec<T> codec;
    final int valueBytes;
    final ValueCells cells;
    /// One copy of a value for each thread.
    private final ThreadLocal<MemoryBuffer> scratch;

    Cells(SharedObject object, Codec<T> codec, WaitStrategy strategy) {
        this.codec = codec;
        this.valueBytes = (int) object.parameter(1);
        this.cells = new ValueCells(object.name(), object.address() + Kind.GUARD_BYTES, valueBytes, object.parking(),
                object.liveness(), strategy);
        this.scratch = ThreadLocal.withInitial(() -> room(valueBytes));
    }

    private static MemoryBuffer room(int bytes) {
        var memory = Arena.ofAuto().allocate(Math.max(1, bytes), Long.BYTES);
        MemoryBuffer buffer = new MemoryBuffer();
        buffer.wrap(memory.asByteBuffer().order(ByteOrder.nativeOrder()));   // keeps the memory reachable
        return buffer;
    }

    /// How many bytes a value can take, as far as the codec knows.
    static int valueBytes(String name, Codec<?> codec) {
        if (codec.maxBytes() == Codec.UNBOUNDED) {
            throw new IllegalArgumentException(
                    "'%s': values of %s have no longest encoding; say how many bytes a value may take"
                            .formatted(name, codec.identity()));
        }
        return codec.maxBytes();
    }

    static <T> ObjectSpec spec(
            String name, Kind kind, Codec<T> codec, long count, int valueBytes, T initial, boolean temporary) {
        Objects.requireNonNull(initial, "initial");
        if (count < 0 || valueBytes < 0) {
            throw new IllegalArgumentException("'%s': %,d values of %,d bytes are impossible"
                    .formatted(name, count, valueBytes));
        }
        MemoryBuffer encoded = room(valueBytes);
        int length = codec.encode(initial, encoded, 0);
        return new ObjectSpec(name, kind, new long[] {count, valueBytes, 0, 0, 0, 0, 0, 0},
                Kind.GUARD_BYTES + ValueCells.bytes(count, valueBytes), codec.identity(), temporary,
                body -> {
                    for (long cell = 0; cell < count; cell++) {
                        ValueCells.format(
                                body + Kind.GUARD_BYTES, valueBytes, cell, encoded.addressOffset(), length);
                    }
                });
    }

    /// The same values in another object.
    ObjectSpec copySpec(String name, Kind kind, long count, boolean temporary) {
        return new ObjectSpec(name, kind, new long[] {count, valueBytes, 0, 0, 0, 0, 0, 0},
                Kind.GUARD_BYTES + ValueCells.bytes(count, valueBytes), codec.identity(), temporary,
                body -> {
                    MemoryBuffer value = scratch.get();
                    for (long cell = 0; cell < count; cell++) {
                        int length = cells.read(cell, value.addressOffset());
                        ValueCells.format(body + Kind.GUARD_BYTES, valueBytes, cell, value.addressOffset(), length);
                    }
                });
    }

    T get(long cell) {
        MemoryBuffer value = scratch.get();
        int length = cells.read(cell, value.addressOffset());
        return codec.decode(value, 0, length);
    }

    void set(long cell, T value) {
        MemoryBuffer encoded = scratch.get();
        int length = codec.encode(value, encoded, 0);
        cells.write(cell, encoded.addressOffset(), length);
    }

    T update(long cell, UnaryOperator<T> update, boolean tellBefore) {
        MemoryBuffer buffer = scratch.get();
        for (;;) {
            long version = cells.version(cell);
            T before = codec.decode(buffer, 0, cells.read(cell, buffer.addressOffset()));
            T after = update.apply(before);
            int length = codec.encode(after, buffer, 0);
            if (cells.tryWrite(cell, version, buffer.addressOffset(), length)) {
                return tellBefore ? before : after;
            }
            cells.awaitWriter(cell);
        }
    }

    /// Copies the bytes of a value; at once where the target is native memory with room for any value.
    int read(long cell, MutableDirectBuffer target, int index) {
        if (target.byteArray() == null && target.capacity() - index >= valueBytes && index >= 0) {
            return cells.read(cell, target.addressOffset() + index);
        }
        MemoryBuffer value = scratch.get();
        int length = cells.read(cell, value.addressOffset());
        target.putBytes(index, value, 0, length);
        return length;
    }

    void write(long cell, DirectBuffer source, int index, int length) {
        if (length < 0 || length > valueBytes) {
            throw new IllegalArgumentException("a value of %,d bytes does not fit into the room of %,d"
                    .formatted(length, valueBytes));
        }
        source.boundsCheck(index, length);
        MemoryBuffer value = scratch.get();
        value.putBytes(0, source, index, length);
        cells.write(cell, value.addressOffset(), length);
    }
}
