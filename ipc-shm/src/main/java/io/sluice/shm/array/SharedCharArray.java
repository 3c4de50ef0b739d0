package io.sluice.shm.array;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.lang.foreign.ValueLayout;

/// An array of `char` between processes. See [SharedArray] for
/// threads, ordering, death, size and errors.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedCharArray extends SharedArray {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedCharArray(Opening opening) {
        super(opening);
    }

    @Override
    Opener opener() {
        return Opener.CHAR;
    }

    /// Reads an element, without any ordering.
    ///
    /// @param index 0 to `length - 1`
    /// @return the element
    public char get(long index) {
        try {
            char value = Memory.getChar(at(index));
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes an element, without any ordering.
    ///
    /// @param index 0 to `length - 1`
    /// @param value the new one
    public void set(long index, char value) {
        try {
            Memory.putChar(at(index), value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Copies elements into a Java array.
    ///
    /// @param from first element
    /// @param target where to
    /// @param offset index of the first one there
    /// @param count how many
    public void get(long from, char[] target, int offset, int count) {
        copyTo(from, target, target.length, offset, count, ValueLayout.JAVA_CHAR);
    }

    /// Copies elements from a Java array.
    ///
    /// @param to first element
    /// @param source where from
    /// @param offset index of the first one there
    /// @param count how many
    public void set(long to, char[] source, int offset, int count) {
        copyFrom(to, source, source.length, offset, count, ValueLayout.JAVA_CHAR);
    }

    /// Copies a range into a new Java array.
    ///
    /// @param from first element
    /// @param to the one after the last
    /// @return the elements
    public char[] toArray(long from, long to) {
        char[] copy = new char[javaLength(from, to)];
        get(from, copy, 0, copy.length);
        return copy;
    }

    /// Copies all elements into a new Java array.
    ///
    /// @return the elements
    public char[] toArray() {
        return toArray(0, length());
    }

    /// Sets a range to one value.
    ///
    /// @param from first element
    /// @param to the one after the last
    /// @param value for all of them
    public void fill(long from, long to, char value) {
        checkRange(from, to - from);
        try {
            for (long index = from; index < to; index++) {
                Memory.putChar(at(index), value);
            }
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }
}
