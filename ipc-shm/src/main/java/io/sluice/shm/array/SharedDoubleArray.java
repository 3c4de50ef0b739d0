package io.sluice.shm.array;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.lang.foreign.ValueLayout;

/// An array of `double` between processes. See [SharedArray] for
/// threads, ordering, death, size and errors.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedDoubleArray extends SharedArray {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedDoubleArray(Opening opening) {
        super(opening);
    }

    @Override
    Opener opener() {
        return Opener.DOUBLE;
    }

    /// Reads an element, without any ordering.
    ///
    /// @param index 0 to `length - 1`
    /// @return the element
    public double get(long index) {
        try {
            double value = Memory.getDouble(at(index));
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
    public void set(long index, double value) {
        try {
            Memory.putDouble(at(index), value);
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
    public void get(long from, double[] target, int offset, int count) {
        copyTo(from, target, target.length, offset, count, ValueLayout.JAVA_DOUBLE);
    }

    /// Copies elements from a Java array.
    ///
    /// @param to first element
    /// @param source where from
    /// @param offset index of the first one there
    /// @param count how many
    public void set(long to, double[] source, int offset, int count) {
        copyFrom(to, source, source.length, offset, count, ValueLayout.JAVA_DOUBLE);
    }

    /// Copies a range into a new Java array.
    ///
    /// @param from first element
    /// @param to the one after the last
    /// @return the elements
    public double[] toArray(long from, long to) {
        double[] copy = new double[javaLength(from, to)];
        get(from, copy, 0, copy.length);
        return copy;
    }

    /// Copies all elements into a new Java array.
    ///
    /// @return the elements
    public double[] toArray() {
        return toArray(0, length());
    }

    /// Sets a range to one value.
    ///
    /// @param from first element
    /// @param to the one after the last
    /// @param value for all of them
    public void fill(long from, long to, double value) {
        checkRange(from, to - from);
        try {
            for (long index = from; index < to; index++) {
                Memory.putDouble(at(index), value);
            }
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }
}
