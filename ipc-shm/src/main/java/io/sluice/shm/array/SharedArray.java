package io.sluice.shm.array;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.body.ArrayBody;
import io.sluice.shm.body.Guard;
import io.sluice.shm.lock.GuardedHandle;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// The common part of the arrays of numbers between processes.
///
/// - **Threads:** any. A read or write of one element is atomic, of several it is not: take [#lock()] for elements that
///   belong together, or publish them by an ordered access.
/// - **Ordering:** none for plain accesses and bulk transfers; arrays of `int` and `long` have ordered and atomic ones.
/// - **Death:** a process that dies in a bulk transfer leaves a part of it done.
/// - **Size:** limited by the memory behind the space; indices are `long`.
/// - **Allocation:** none, but for the Java arrays that are asked for.
/// - **Errors:** `IndexOutOfBoundsException` names the array, the range and the length; after [#close()],
///   [io.sluice.core.error.ClosedException].
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public abstract sealed class SharedArray extends GuardedHandle
        permits SharedByteArray, SharedShortArray, SharedCharArray, SharedIntArray, SharedLongArray, SharedFloatArray,
        SharedDoubleArray {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Where element 0 is.
    final transient long address;
    private final transient long length;
    private final transient int elementBytes;
    private final transient MemorySegment segment;
    /// The segment of [#asSegment()]; written without ordering, since a second one does no harm.
    private transient MemorySegment lent;

    SharedArray(Opening opening) {
        super(opening);
        this.address = data();
        ArrayBody body = (ArrayBody) object().body();
        this.length = body.length();
        this.elementBytes = body.elementBytes();
        if (elementBytes != opener().elementBytes) {
            throw new CorruptObjectException(
                    "'%s': %s with elements of %,d bytes; expected %,d; unlink and recreate it".formatted(
                            name(), getClass().getSimpleName(), elementBytes, opener().elementBytes));
        }
        this.segment = Memory.segment(address, length * elementBytes);
    }

    /// The same elements in another object. Concurrent writes are copied in part; take [#lock()] against that.
    ///
    /// @hidden
    @Override
    public final ObjectSpec copySpec(String name, boolean temporary) {
        checkOpen();
        return ObjectSpec.of(name, Kind.ARRAY, object().body(), object().elementType(), temporary,
                body -> Memory.copy(address, body + Guard.BYTES, length * elementBytes));
    }

    /// How many elements there are.
    ///
    /// @return the length it was created with
    public final long length() {
        return length;
    }

    /// Size of an element.
    ///
    /// @return bytes
    public final int elementBytes() {
        return elementBytes;
    }

    /// The elements as a segment, in native byte order, for vector code, streams and the JDK's bulk methods. Accesses
    /// through it are checked against its bounds and nothing else; after [#close()] of the last handle of this process
    /// it shows pages that no other process sees. The segment keeps the object open, also without this handle.
    ///
    /// @return the segment
    public final MemorySegment asSegment() {
        checkOpen();
        MemorySegment made = lent;
        if (made == null) {
            made = Memory.segment(address, segment.byteSize(), object());  // not this handle: it refers to the segment
            lent = made;
        }
        return made;
    }

    /// Address of an element; checks the index.
    final long at(long index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException(
                    "array '%s': index %,d is not within its %,d elements".formatted(name(), index, length));
        }
        return address + index * elementBytes;
    }

    final void checkRange(long from, long count) {
        if (from < 0 || count < 0 || from > length - count) {
            throw new IndexOutOfBoundsException("array '%s': %,d elements from %,d on are not within its %,d"
                    .formatted(name(), count, from, length));
        }
    }

    final void copyTo(long from, Object target, int targetLength, int offset, int count, ValueLayout layout) {
        checkRange(from, count);
        Objects.checkFromIndexSize(offset, count, targetLength);
        try {
            MemorySegment.copy(segment, layout, from * elementBytes, target, offset, count);
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
        checkOpen();
    }

    final void copyFrom(long to, Object source, int sourceLength, int offset, int count, ValueLayout layout) {
        checkRange(to, count);
        Objects.checkFromIndexSize(offset, count, sourceLength);
        try {
            MemorySegment.copy(source, offset, segment, layout, to * elementBytes, count);
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
        checkOpen();
    }

    /// The number of elements of a range, checked to fit into a Java array.
    final int javaLength(long from, long to) {
        checkRange(from, to - from);
        if (to - from > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "array '%s': %,d elements do not fit into a Java array; copy ranges, or use asSegment()"
                            .formatted(name(), to - from));
        }
        return (int) (to - from);
    }

    /// Fills a range with one byte.
    final void fillBytes(long from, long to, byte value) {
        checkRange(from, to - from);
        checkOpen();
        try {
            Memory.fill(address + from * elementBytes, (to - from) * elementBytes, value);
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Sets all elements to zero.
    public final void clear() {
        fillBytes(0, length, (byte) 0);
    }

    record Reference(ObjectReference object, Opener opener) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opener::open);
        }
    }

    /// Which of the seven it is.
    enum Opener {
        BYTE(1), SHORT(2), CHAR(2), INT(4), LONG(8), FLOAT(4), DOUBLE(8);

        final int elementBytes;

        Opener(int elementBytes) {
            this.elementBytes = elementBytes;
        }

        SharedArray open(Opening opening) {
            return switch (this) {
                case BYTE -> new SharedByteArray(opening);
                case SHORT -> new SharedShortArray(opening);
                case CHAR -> new SharedCharArray(opening);
                case INT -> new SharedIntArray(opening);
                case LONG -> new SharedLongArray(opening);
                case FLOAT -> new SharedFloatArray(opening);
                case DOUBLE -> new SharedDoubleArray(opening);
            };
        }
    }

    @Override
    public final SharedArray open(Opening other) {
        return opener().open(other);
    }

    abstract Opener opener();

    @Override
    protected final String content() {
        return "%,d of %s".formatted(length, object().elementType());
    }

    @Override
    protected final Object travelling() {
        return new Reference(reference(), opener());
    }
}
