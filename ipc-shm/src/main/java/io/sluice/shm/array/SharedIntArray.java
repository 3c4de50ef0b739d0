package io.sluice.shm.array;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.lang.foreign.ValueLayout;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/// An array of `int` between processes; with ordered and atomic access to its elements. See [SharedArray] for
/// threads, ordering, death, size and errors.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedIntArray extends SharedArray {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedIntArray(Opening opening) {
        super(opening);
    }

    @Override
    Opener opener() {
        return Opener.INT;
    }

    /// Reads an element, without any ordering.
    ///
    /// @param index 0 to `length - 1`
    /// @return the element
    public int get(long index) {
        try {
            int value = Memory.getInt(at(index));
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
    public void set(long index, int value) {
        try {
            Memory.putInt(at(index), value);
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
    public void get(long from, int[] target, int offset, int count) {
        copyTo(from, target, target.length, offset, count, ValueLayout.JAVA_INT);
    }

    /// Copies elements from a Java array.
    ///
    /// @param to first element
    /// @param source where from
    /// @param offset index of the first one there
    /// @param count how many
    public void set(long to, int[] source, int offset, int count) {
        copyFrom(to, source, source.length, offset, count, ValueLayout.JAVA_INT);
    }

    /// Copies a range into a new Java array.
    ///
    /// @param from first element
    /// @param to the one after the last
    /// @return the elements
    public int[] toArray(long from, long to) {
        int[] copy = new int[javaLength(from, to)];
        get(from, copy, 0, copy.length);
        return copy;
    }

    /// Copies all elements into a new Java array.
    ///
    /// @return the elements
    public int[] toArray() {
        return toArray(0, length());
    }

    /// Sets a range to one value.
    ///
    /// @param from first element
    /// @param to the one after the last
    /// @param value for all of them
    public void fill(long from, long to, int value) {
        checkRange(from, to - from);
        try {
            for (long index = from; index < to; index++) {
                Memory.putInt(at(index), value);
            }
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    // Ordered and atomic.

    /// Reads in acquire mode.
    ///
    /// @param index 0 to `length - 1`
    /// @return the element
    public int getAcquire(long index) {
        try {
            int value = Memory.getIntAcquire(at(index));
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode.
    ///
    /// @param index 0 to `length - 1`
    /// @param value the new one
    public void setRelease(long index, int value) {
        try {
            Memory.putIntRelease(at(index), value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads, volatile.
    ///
    /// @param index 0 to `length - 1`
    /// @return the element
    public int getVolatile(long index) {
        try {
            int value = Memory.getIntVolatile(at(index));
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes, volatile.
    ///
    /// @param index 0 to `length - 1`
    /// @param value the new one
    public void setVolatile(long index, int value) {
        try {
            Memory.putIntVolatile(at(index), value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes if the element is the expected one.
    ///
    /// @param index 0 to `length - 1`
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean compareAndSet(long index, int expected, int value) {
        try {
            boolean done = Memory.compareAndSetInt(at(index), expected, value);
            checkOpen();
            return done;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes if the element is the expected one, and returns the old one.
    ///
    /// @param index 0 to `length - 1`
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return the value before; `expected` if `value` was written
    public int compareAndExchange(long index, int expected, int value) {
        try {
            int found = Memory.compareAndExchangeInt(at(index), expected, value);
            checkOpen();
            return found;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes, and returns the old one.
    ///
    /// @param index 0 to `length - 1`
    /// @param value the new one
    /// @return the element before
    public int getAndSet(long index, int value) {
        try {
            int before = Memory.getAndSetInt(at(index), value);
            checkOpen();
            return before;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Adds; overflow wraps around.
    ///
    /// @param index 0 to `length - 1`
    /// @param delta what to add
    /// @return the element before
    public int getAndAdd(long index, int delta) {
        try {
            int before = Memory.getAndAddInt(at(index), delta);
            checkOpen();
            return before;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Adds; overflow wraps around.
    ///
    /// @param index 0 to `length - 1`
    /// @param delta what to add
    /// @return the element afterwards
    public int addAndGet(long index, int delta) {
        return getAndAdd(index, delta) + delta;
    }

    /// Applies a function.
    ///
    /// @param index 0 to `length - 1`
    /// @param update from the element to the new one; without effects, since it may be called again
    /// @return the element before
    public int getAndUpdate(long index, IntUnaryOperator update) {
        for (;;) {
            int before = getVolatile(index);
            if (compareAndSet(index, before, update.applyAsInt(before))) {
                return before;
            }
        }
    }

    /// Applies a function.
    ///
    /// @param index 0 to `length - 1`
    /// @param update from the element to the new one; without effects, since it may be called again
    /// @return the element afterwards
    public int updateAndGet(long index, IntUnaryOperator update) {
        for (;;) {
            int before = getVolatile(index);
            int after = update.applyAsInt(before);
            if (compareAndSet(index, before, after)) {
                return after;
            }
        }
    }

    /// Combines with another value.
    ///
    /// @param index 0 to `length - 1`
    /// @param other second argument of the function
    /// @param accumulator from the element and the other value to the new one; without effects
    /// @return the element before
    public int getAndAccumulate(long index, int other, IntBinaryOperator accumulator) {
        return getAndUpdate(index, value -> accumulator.applyAsInt(value, other));
    }

    /// Combines with another value.
    ///
    /// @param index 0 to `length - 1`
    /// @param other second argument of the function
    /// @param accumulator from the element and the other value to the new one; without effects
    /// @return the element afterwards
    public int accumulateAndGet(long index, int other, IntBinaryOperator accumulator) {
        return updateAndGet(index, value -> accumulator.applyAsInt(value, other));
    }
}
