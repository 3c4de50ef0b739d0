package io.sluice.shm.value;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/// An `int` between processes, with the methods of [java.util.concurrent.atomic.AtomicInteger].
///
/// - **Threads:** any. Each method is one atomic step, for all processes. A method that applies a function repeats it
///   until no other write came in between, so the function should have no side effects. A `get` and a later `set` are
///   two steps: take [#lock()], or use an update.
/// - **Death:** a value is one word, so it is the old one or the new one.
/// - **Ordering:** the mode in the method's name, as in [java.lang.invoke.VarHandle]; volatile if it names none.
/// - **Allocation:** none.
/// - **Errors:** after [#close()], [io.sluice.core.error.ClosedException].
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedInt extends SharedNumber {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedInt(Opening opening) {
        super(opening);
    }

    @Override
    Opener opener() {
        return Opener.INT;
    }

    @Override
    protected String content() {
        return Integer.toString(get());
    }

    /// Reads, volatile.
    ///
    /// @return the value
    public int get() {
        try {
            int value = Memory.getIntVolatile(address);
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads without any ordering.
    ///
    /// @return the value
    public int getPlain() {
        try {
            int value = Memory.getInt(address);
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads in opaque mode.
    ///
    /// @return the value
    public int getOpaque() {
        try {
            int value = Memory.getIntOpaque(address);
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads in acquire mode.
    ///
    /// @return the value
    public int getAcquire() {
        try {
            int value = Memory.getIntAcquire(address);
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes, volatile.
    ///
    /// @param value the new one
    public void set(int value) {
        try {
            Memory.putIntVolatile(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes without any ordering.
    ///
    /// @param value the new one
    public void setPlain(int value) {
        try {
            Memory.putInt(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in opaque mode.
    ///
    /// @param value the new one
    public void setOpaque(int value) {
        try {
            Memory.putIntOpaque(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode.
    ///
    /// @param value the new one
    public void setRelease(int value) {
        try {
            Memory.putIntRelease(address, value);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode; the older name of [#setRelease].
    ///
    /// @param value the new one
    public void lazySet(int value) {
        try {
            Memory.putIntRelease(address, value);
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
    public boolean compareAndSet(int expected, int value) {
        try {
            boolean done = Memory.compareAndSetInt(address, expected, value);
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
    public int compareAndExchange(int expected, int value) {
        try {
            int found = Memory.compareAndExchangeInt(address, expected, value);
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
    public int compareAndExchangeAcquire(int expected, int value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one, and returns the old one. Orders as much as [#compareAndExchange]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return the value before; `expected` if `value` was written
    public int compareAndExchangeRelease(int expected, int value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetPlain(int expected, int value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetAcquire(int expected, int value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetRelease(int expected, int value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetVolatile(int expected, int value) {
        return compareAndSet(expected, value);
    }

    /// Writes, and returns the old one.
    ///
    /// @param value the new one
    /// @return the value before
    public int getAndSet(int value) {
        try {
            int before = Memory.getAndSetInt(address, value);
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
    public int getAndAdd(int delta) {
        try {
            int before = Memory.getAndAddInt(address, delta);
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
    public int addAndGet(int delta) {
        return getAndAdd(delta) + delta;
    }

    /// Adds one.
    ///
    /// @return the value before
    public int getAndIncrement() {
        return getAndAdd(1);
    }

    /// Adds one.
    ///
    /// @return the value afterwards
    public int incrementAndGet() {
        return getAndAdd(1) + 1;
    }

    /// Subtracts one.
    ///
    /// @return the value before
    public int getAndDecrement() {
        return getAndAdd(-1);
    }

    /// Subtracts one.
    ///
    /// @return the value afterwards
    public int decrementAndGet() {
        return getAndAdd(-1) - 1;
    }

    /// Applies a function.
    ///
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value before
    public int getAndUpdate(IntUnaryOperator update) {
        for (;;) {
            int before = get();
            if (compareAndSet(before, update.applyAsInt(before))) {
                return before;
            }
        }
    }

    /// Applies a function.
    ///
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value afterwards
    public int updateAndGet(IntUnaryOperator update) {
        for (;;) {
            int before = get();
            int after = update.applyAsInt(before);
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
    public int getAndAccumulate(int other, IntBinaryOperator accumulator) {
        return getAndUpdate(value -> accumulator.applyAsInt(value, other));
    }

    /// Combines with another value.
    ///
    /// @param other second argument of the function
    /// @param accumulator from the value and the other one to the new one; without effects
    /// @return the value afterwards
    public int accumulateAndGet(int other, IntBinaryOperator accumulator) {
        return updateAndGet(value -> accumulator.applyAsInt(value, other));
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
    /// @return the value
    public int intValue() {
        return get();
    }

    /// Reads, volatile.
    ///
    /// @return the value, converted as by a cast
    public long longValue() {
        return (long) get();
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
