package io.sluice.shm.value;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.lock.GuardedHandle;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.io.Serializable;
import java.nio.ByteOrder;

/// The common part of single numbers: a word of 64 bits behind a lock, alone on its cache lines.
abstract sealed class SharedNumber extends GuardedHandle permits SharedLong, SharedInt, SharedDouble, SharedBoolean {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final long BYTES = Kind.GUARD_BYTES + 128;

    /// Where the word is.
    final transient long address;

    SharedNumber(Opening opening) {
        super(opening);
        object().checkSize(() -> BYTES);
        this.address = data();
    }

    /// @param word the first value, as it stands in memory
    static ObjectSpec spec(String name, String type, long word, boolean temporary) {
        return new ObjectSpec(name, Kind.NUMBER, new long[8], BYTES, type, temporary,
                body -> Memory.putLong(body + Kind.GUARD_BYTES, word));
    }

    /// An int as the first four bytes of a word.
    static long word(int value) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? Integer.toUnsignedLong(value) : (long) value << Integer.SIZE;
    }

    @Override
    public final ObjectSpec copySpec(String name, boolean temporary) {
        checkOpen();
        try {
            return spec(name, object().elementType(), Memory.getLongVolatile(address), temporary);
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    record Reference(ObjectReference object, Opener opener) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opener::open);
        }
    }

    /// Which of the four it is.
    enum Opener {
        LONG, INT, DOUBLE, BOOLEAN;

        SharedNumber open(Opening opening) {
            return switch (this) {
                case LONG -> new SharedLong(opening);
                case INT -> new SharedInt(opening);
                case DOUBLE -> new SharedDouble(opening);
                case BOOLEAN -> new SharedBoolean(opening);
            };
        }
    }

    @Override
    public final SharedNumber open(Opening other) {
        return opener().open(other);
    }

    abstract Opener opener();

    @Override
    protected final Object travelling() {
        return new Reference(reference(), opener());
    }
}
