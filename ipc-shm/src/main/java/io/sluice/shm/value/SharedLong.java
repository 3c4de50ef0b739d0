package io.sluice.shm.value;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/// A `long` between processes, with the methods of [java.util.concurrent.atomic.AtomicLong].
///
/// - **Threads:** any. Each method is one atomic step, for all processes. A method that applies a function repeats it
///   until no other write came in between, so the function should have no side effects. A `get` and a later `set` are
///   two steps: take [#lock()], or use an update.
/// - **Death:** a value is one word, so it is the old one or the new one.
/// - **Ordering:** the mode in the method's name, as in [java.lang.invoke.VarHandle]; volatile if it names none.
/// - **Allocation:** none.
/// - **Errors:** after [#close()], [io.sluice.core.error.ClosedException].
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedLong extends SharedNumber {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedLong(Opening opening) {
        super(opening);
    }

    @Override
    Opener opener() {
        return Opener.LONG;
    }

    @Override
    protected String content() {
        return Long.toString(get());
    }

    /// Reads, volatile.
    ///
    /// @return the value
    public long get() {
        try {
            long value = Memory.getLongVolatile(address);
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads without any ordering.
    ///
    /// @return the value
    public long getPlain() {
        try {
            long value = Memory.getLong(address);
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads in opaque mode.
    ///
    /// @return the value
    public long getOpaque() {
        try {
            long value = Memory.getLongOpaque(address);
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads in acquire mode.
    ///
    /// @return the value
    public long getAcquire() {
        try {
            long value = Memory.getLongAcquire(address);
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes, volatile.
    ///
    /// @param value the new one
    public void set(long value) {
        try {
            Memory.putLongVolatile(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes without any ordering.
    ///
    /// @param value the new one
    public void setPlain(long value) {
        try {
            Memory.putLong(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in opaque mode.
    ///
    /// @param value the new one
    public void setOpaque(long value) {
        try {
            Memory.putLongOpaque(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode.
    ///
    /// @param value the new one
    public void setRelease(long value) {
        try {
            Memory.putLongRelease(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode; the older name of [#setRelease].
    ///
    /// @param value the new one
    public void lazySet(long value) {
        try {
            Memory.putLongRelease(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes if the value is the expected one.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean compareAndSet(long expected, long value) {
        try {
            boolean done = Memory.compareAndSetLong(address, expected, value);
            checkOpen();
            return done;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes if the value is the expected one, and returns the old one.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return the value before; `expected` if `value` was written
    public long compareAndExchange(long expected, long value) {
        try {
            long found = Memory.compareAndExchangeLong(address, expected, value);
            checkOpen();
            return found;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes if the value is the expected one, and returns the old one. Orders as much as [#compareAndExchange]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return the value before; `expected` if `value` was written
    public long compareAndExchangeAcquire(long expected, long value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one, and returns the old one. Orders as much as [#compareAndExchange]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return the value before; `expected` if `value` was written
    public long compareAndExchangeRelease(long expected, long value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetPlain(long expected, long value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetAcquire(long expected, long value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetRelease(long expected, long value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetVolatile(long expected, long value) {
        return compareAndSet(expected, value);
    }

    /// Writes, and returns the old one.
    ///
    /// @param value the new one
    /// @return the value before
    public long getAndSet(long value) {
        try {
            long before = Memory.getAndSetLong(address, value);
            checkOpen();
            return before;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Adds; overflow wraps around.
    ///
    /// @param delta what to add
    /// @return the value before
    public long getAndAdd(long delta) {
        try {
            long before = Memory.getAndAddLong(address, delta);
            checkOpen();
            return before;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Adds; overflow wraps around.
    ///
    /// @param delta what to add
    /// @return the value afterwards
    public long addAndGet(long delta) {
        return getAndAdd(delta) + delta;
    }

    /// Adds one.
    ///
    /// @return the value before
    public long getAndIncrement() {
        return getAndAdd(1);
    }

    /// Adds one.
    ///
    /// @return the value afterwards
    public long incrementAndGet() {
        return getAndAdd(1) + 1;
    }

    /// Subtracts one.
    ///
    /// @return the value before
    public long getAndDecrement() {
        return getAndAdd(-1);
    }

    /// Subtracts one.
    ///
    /// @return the value afterwards
    public long decrementAndGet() {
        return getAndAdd(-1) - 1;
    }

    /// Applies a function.
    ///
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value before
    public long getAndUpdate(LongUnaryOperator update) {
        for (;;) {
            long before = get();
            if (compareAndSet(before, update.applyAsLong(before))) {
                return before;
            }
        }
    }

    /// Applies a function.
    ///
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value afterwards
    public long updateAndGet(LongUnaryOperator update) {
        for (;;) {
            long before = get();
            long after = update.applyAsLong(before);
            if (compareAndSet(before, after)) {
                return after;
            }
        }
    }

    /// Combines with another value.
    ///
    /// @param other second argument of the function
    /// @param accumulator from the value and the other one to the new one; without effects
    /// @return the value before
    public long getAndAccumulate(long other, LongBinaryOperator accumulator) {
        return getAndUpdate(value -> accumulator.applyAsLong(value, other));
    }

    /// Combines with another value.
    ///
    /// @param other second argument of the function
    /// @param accumulator from the value and the other one to the new one; without effects
    /// @return the value afterwards
    public long accumulateAndGet(long other, LongBinaryOperator accumulator) {
        return updateAndGet(value -> accumulator.applyAsLong(value, other));
    }

    /// Reads, volatile.
    ///
    /// @return the value, converted as by a cast
    public byte byteValue() {
        return (byte) get();
    }

    /// Reads, volatile.
    ///
    /// @return the value, converted as by a cast
    public short shortValue() {
        return (short) get();
    }

    /// Reads, volatile.
    ///
    /// @return the value, converted as by a cast
    public int intValue() {
        return (int) get();
    }

    /// Reads, volatile.
    ///
    /// @return the value
    public long longValue() {
        return get();
    }

    /// Reads, volatile.
    ///
    /// @return the value, converted as by a cast
    public float floatValue() {
        return (float) get();
    }

    /// Reads, volatile.
    ///
    /// @return the value, converted as by a cast
    public double doubleValue() {
        return (double) get();
    }
}
