package io.sluice.shm.array;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.lang.foreign.ValueLayout;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/// An array of `long` between processes; with ordered and atomic access to its elements. See [SharedArray] for
/// threads, ordering, death, size and errors.
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedLongArray extends SharedArray {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedLongArray(Opening opening) {
        super(opening);
    }

    @Override
    Opener opener() {
        return Opener.LONG;
    }

    /// Reads an element, without any ordering.
    ///
    /// @param index 0 to `length - 1`
    /// @return the element
    public long get(long index) {
        try {
            long value = Memory.getLong(at(index));
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
    public void set(long index, long value) {
        try {
            Memory.putLong(at(index), value);
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
    public void get(long from, long[] target, int offset, int count) {
        copyTo(from, target, target.length, offset, count, ValueLayout.JAVA_LONG);
    }

    /// Copies elements from a Java array.
    ///
    /// @param to first element
    /// @param source where from
    /// @param offset index of the first one there
    /// @param count how many
    public void set(long to, long[] source, int offset, int count) {
        copyFrom(to, source, source.length, offset, count, ValueLayout.JAVA_LONG);
    }

    /// Copies a range into a new Java array.
    ///
    /// @param from first element
    /// @param to the one after the last
    /// @return the elements
    public long[] toArray(long from, long to) {
        long[] copy = new long[javaLength(from, to)];
        get(from, copy, 0, copy.length);
        return copy;
    }

    /// Copies all elements into a new Java array.
    ///
    /// @return the elements
    public long[] toArray() {
        return toArray(0, length());
    }

    /// Sets a range to one value.
    ///
    /// @param from first element
    /// @param to the one after the last
    /// @param value for all of them
    public void fill(long from, long to, long value) {
        checkRange(from, to - from);
        try {
            for (long index = from; index < to; index++) {
                Memory.putLong(at(index), value);
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
    public long getAcquire(long index) {
        try {
            long value = Memory.getLongAcquire(at(index));
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
    public void setRelease(long index, long value) {
        try {
            Memory.putLongRelease(at(index), value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads, volatile.
    ///
    /// @param index 0 to `length - 1`
    /// @return the element
    public long getVolatile(long index) {
        try {
            long value = Memory.getLongVolatile(at(index));
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
    public void setVolatile(long index, long value) {
        try {
            Memory.putLongVolatile(at(index), value);
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
    public boolean compareAndSet(long index, long expected, long value) {
        try {
            boolean done = Memory.compareAndSetLong(at(index), expected, value);
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
    public long compareAndExchange(long index, long expected, long value) {
        try {
            long found = Memory.compareAndExchangeLong(at(index), expected, value);
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
    public long getAndSet(long index, long value) {
        try {
            long before = Memory.getAndSetLong(at(index), value);
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
    public long getAndAdd(long index, long delta) {
        try {
            long before = Memory.getAndAddLong(at(index), delta);
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
    public long addAndGet(long index, long delta) {
        return getAndAdd(index, delta) + delta;
    }

    /// Applies a function.
    ///
    /// @param index 0 to `length - 1`
    /// @param update from the element to the new one; without effects, since it may be called again
    /// @return the element before
    public long getAndUpdate(long index, LongUnaryOperator update) {
        for (;;) {
            long before = getVolatile(index);
            if (compareAndSet(index, before, update.applyAsLong(before))) {
                return before;
            }
        }
    }

    /// Applies a function.
    ///
    /// @param index 0 to `length - 1`
    /// @param update from the element to the new one; without effects, since it may be called again
    /// @return the element afterwards
    public long updateAndGet(long index, LongUnaryOperator update) {
        for (;;) {
            long before = getVolatile(index);
            long after = update.applyAsLong(before);
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
    public long getAndAccumulate(long index, long other, LongBinaryOperator accumulator) {
        return getAndUpdate(index, value -> accumulator.applyAsLong(value, other));
    }

    /// Combines with another value.
    ///
    /// @param index 0 to `length - 1`
    /// @param other second argument of the function
    /// @param accumulator from the element and the other value to the new one; without effects
    /// @return the element afterwards
    public long accumulateAndGet(long index, long other, LongBinaryOperator accumulator) {
        return updateAndGet(index, value -> accumulator.applyAsLong(value, other));
    }
}
