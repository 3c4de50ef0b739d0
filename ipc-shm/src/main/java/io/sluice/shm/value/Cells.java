package io.sluice.shm.value;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.sync.ValueCells;
import io.sluice.shm.body.CellsBody;
import io.sluice.shm.body.Guard;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedObject;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/// Values of a type in cells of shared memory: encoded before a cell is claimed, and decoded from a copy, so that no
/// codec runs between two reads of shared memory that belong together.
final class Cells<T> {
    final Codec<T> codec;
    final int valueBytes;
    final ValueCells cells;
    private final ThreadLocal<Scratch> scratch;
    private final String name;

    Cells(Opening opening, Codec<T> codec) {
        SharedObject object = opening.object();
        this.name = object.name();
        this.codec = codec;
        this.valueBytes = ((CellsBody) object.body()).valueBytes();
        this.cells = new ValueCells(object.name(), object.address() + Guard.BYTES, valueBytes, object.parking(),
                object.liveness(), opening.waiting());
        this.scratch = ThreadLocal.withInitial(() -> new Scratch(valueBytes));
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
        CellsBody cells;
        try {
            cells = new CellsBody(count, valueBytes);
        } catch (IllegalArgumentException impossible) {
            throw new IllegalArgumentException("'%s': %s".formatted(name, impossible.getMessage()));
        }
        MemoryBuffer encoded = room(valueBytes);
        int length = codec.encode(initial, encoded, 0);
        return ObjectSpec.of(name, kind, cells, codec.identity(), temporary,
                body -> {
                    for (long cell = 0; cell < count; cell++) {
                        ValueCells.format(
                                body + Guard.BYTES, valueBytes, cell, encoded.addressOffset(), length);
                    }
                });
    }

    /// The same values in another object.
    ObjectSpec copySpec(String name, Kind kind, long count, boolean temporary) {
        return ObjectSpec.of(name, kind, new CellsBody(count, valueBytes), codec.identity(), temporary,
                body -> {
                    MemoryBuffer value = room(valueBytes);
                    for (long cell = 0; cell < count; cell++) {
                        int length = read(cell, value.addressOffset());
                        ValueCells.format(body + Guard.BYTES, valueBytes, cell, value.addressOffset(), length);
                    }
                });
    }

    /// Copies the encoded bytes of a cell's value.
    private int read(long cell, long to) {
        int length = cells.read(cell, to);
        if (length == ValueCells.DAMAGED) {
            throw new CorruptObjectException(
                    "'%s': cell %,d holds no length between 0 and %,d, so its memory is damaged; unlink and recreate it"
                            .formatted(name, cell, valueBytes));
        }
        return length;
    }

    T get(long cell) {
        Scratch mine = scratch.get();
        MemoryBuffer value = mine.take();
        try {
            return codec.decode(value, 0, read(cell, value.addressOffset()));
        } finally {
            mine.idle = value;
        }
    }

    void set(long cell, T value) {
        Scratch mine = scratch.get();
        MemoryBuffer encoded = mine.take();
        try {
            int length = codec.encode(value, encoded, 0);
            cells.write(cell, encoded.addressOffset(), length);
        } finally {
            mine.idle = encoded;
        }
    }

    T update(long cell, UnaryOperator<T> update, boolean tellBefore) {
        Scratch mine = scratch.get();
        MemoryBuffer buffer = mine.take();
        try {
            for (;;) {
                long version = cells.version(cell);
                T before = codec.decode(buffer, 0, read(cell, buffer.addressOffset()));
                T after = update.apply(before);
                int length = codec.encode(after, buffer, 0);
                if (cells.tryWrite(cell, version, buffer.addressOffset(), length)) {
                    return tellBefore ? before : after;
                }
                cells.awaitWriter(cell);
            }
        } finally {
            mine.idle = buffer;
        }
    }

    /// Copies the bytes of a value; at once where the target is native memory with room for any value.
    int read(long cell, MutableDirectBuffer target, int index) {
        if (target.byteArray() == null && target.capacity() - index >= valueBytes && index >= 0) {
            return read(cell, target.addressOffset() + index);
        }
        Scratch mine = scratch.get();
        MemoryBuffer value = mine.take();
        try {
            int length = read(cell, value.addressOffset());
            target.putBytes(index, value, 0, length);
            return length;
        } finally {
            mine.idle = value;
        }
    }

    void write(long cell, DirectBuffer source, int index, int length) {
        if (length < 0 || length > valueBytes) {
            throw new IllegalArgumentException("a value of %,d bytes does not fit into the room of %,d"
                    .formatted(length, valueBytes));
        }
        source.boundsCheck(index, length);
        Scratch mine = scratch.get();
        MemoryBuffer value = mine.take();
        try {
            value.putBytes(0, source, index, length);
            cells.write(cell, value.addressOffset(), length);
        } finally {
            mine.idle = value;
        }
    }

    /// A buffer of one thread for a value. A codec or an update may itself use the values that it is called for; so a
    /// call takes the buffer out, a nested call makes another one, and the last one put back is kept.
    private static final class Scratch {
        private final int bytes;
        private MemoryBuffer idle;

        Scratch(int bytes) {
            this.bytes = bytes;
        }

        MemoryBuffer take() {
            MemoryBuffer taken = idle;
            idle = null;
            return taken == null ? room(bytes) : taken;
        }
    }
}
