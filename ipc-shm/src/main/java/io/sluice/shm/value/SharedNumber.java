package io.sluice.shm.value;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.body.Guard;
import io.sluice.shm.body.NumberBody;
import io.sluice.shm.lock.GuardedHandle;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.io.Serializable;

/// The common part of single numbers: a word of 64 bits behind a lock, alone on its cache lines.
abstract sealed class SharedNumber extends GuardedHandle permits SharedLong, SharedInt, SharedDouble, SharedBoolean {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Where the word is.
    final transient long address;

    SharedNumber(Opening opening) {
        super(opening);
        this.address = data();
    }

    @Override
    public final ObjectSpec copySpec(String name, boolean temporary) {
        checkOpen();
        try {
            long word = Memory.getLongVolatile(address);
            return ObjectSpec.of(name, Kind.NUMBER, new NumberBody(), object().elementType(), temporary,
                    body -> Memory.putLong(body + Guard.BYTES, word));
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
