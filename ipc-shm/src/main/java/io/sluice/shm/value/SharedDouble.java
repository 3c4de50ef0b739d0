package io.sluice.shm.value;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.object.Opening;
import java.io.Serial;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// A `double` between processes, with the methods of [java.util.concurrent.atomic.AtomicLong].
/// Values are compared by their bits, so `NaN` equals itself, and `0.0` differs from `-0.0`.
///
/// - **Threads:** any. Each method is one atomic step, for all processes. A method that applies a function repeats it
///   until no other write came in between, so the function should have no side effects. A `get` and a later `set` are
///   two steps: take [#lock()], or use an update.
/// - **Death:** a value is one word, so it is the old one or the new one.
/// - **Ordering:** the mode in the method's name, as in [java.lang.invoke.VarHandle]; volatile if it names none.
/// - **Allocation:** none.
/// - **Errors:** after [#close()], [io.sluice.core.error.ClosedException].
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedDouble extends SharedNumber {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedDouble(Opening opening) {
        super(opening);
    }

    @Override
    Opener opener() {
        return Opener.DOUBLE;
    }

    @Override
    protected String content() {
        return Double.toString(get());
    }

    /// Reads, volatile.
    ///
    /// @return the value
    public double get() {
        try {
            double value = Double.longBitsToDouble(Memory.getLongVolatile(address));
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads without any ordering.
    ///
    /// @return the value
    public double getPlain() {
        try {
            double value = Double.longBitsToDouble(Memory.getLong(address));
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads in opaque mode.
    ///
    /// @return the value
    public double getOpaque() {
        try {
            double value = Double.longBitsToDouble(Memory.getLongOpaque(address));
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads in acquire mode.
    ///
    /// @return the value
    public double getAcquire() {
        try {
            double value = Double.longBitsToDouble(Memory.getLongAcquire(address));
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes, volatile.
    ///
    /// @param value the new one
    public void set(double value) {
        try {
            Memory.putLongVolatile(address, Double.doubleToLongBits(value));
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes without any ordering.
    ///
    /// @param value the new one
    public void setPlain(double value) {
        try {
            Memory.putLong(address, Double.doubleToLongBits(value));
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in opaque mode.
    ///
    /// @param value the new one
    public void setOpaque(double value) {
        try {
            Memory.putLongOpaque(address, Double.doubleToLongBits(value));
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode.
    ///
    /// @param value the new one
    public void setRelease(double value) {
        try {
            Memory.putLongRelease(address, Double.doubleToLongBits(value));
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode; the older name of [#setRelease].
    ///
    /// @param value the new one
    public void lazySet(double value) {
        try {
            Memory.putLongRelease(address, Double.doubleToLongBits(value));
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes if the value is the expected one, bit for bit.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean compareAndSet(double expected, double value) {
        try {
            boolean done = Memory.compareAndSetLong(
                    address, Double.doubleToLongBits(expected), Double.doubleToLongBits(value));
            checkOpen();
            return done;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes if the value is the expected one, bit for bit, and returns the old one.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return the value before; `expected` if `value` was written
    public double compareAndExchange(double expected, double value) {
        try {
            double found = Double.longBitsToDouble(Memory.compareAndExchangeLong(
                    address, Double.doubleToLongBits(expected), Double.doubleToLongBits(value)));
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
    public double compareAndExchangeAcquire(double expected, double value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one, and returns the old one. Orders as much as [#compareAndExchange]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return the value before; `expected` if `value` was written
    public double compareAndExchangeRelease(double expected, double value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetPlain(double expected, double value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetAcquire(double expected, double value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetRelease(double expected, double value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetVolatile(double expected, double value) {
        return compareAndSet(expected, value);
    }

    /// Writes, and returns the old one.
    ///
    /// @param value the new one
    /// @return the value before
    public double getAndSet(double value) {
        try {
            double before = Double.longBitsToDouble(Memory.getAndSetLong(address, Double.doubleToLongBits(value)));
            checkOpen();
            return before;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Adds, by repeated exchange.
    ///
    /// @param delta what to add
    /// @return the value before
    public double getAndAdd(double delta) {
        return addAndGet(delta, true);
    }

    /// Adds, by repeated exchange.
    ///
    /// @param delta what to add
    /// @return the value afterwards
    public double addAndGet(double delta) {
        return addAndGet(delta, false);
    }

    /// Adds one, by repeated exchange.
    ///
    /// @return the value before
    public double getAndIncrement() {
        return getAndAdd(1);
    }

    /// Adds one, by repeated exchange.
    ///
    /// @return the value afterwards
    public double incrementAndGet() {
        return addAndGet(1);
    }

    /// Subtracts one, by repeated exchange.
    ///
    /// @return the value before
    public double getAndDecrement() {
        return getAndAdd(-1);
    }

    /// Subtracts one, by repeated exchange.
    ///
    /// @return the value afterwards
    public double decrementAndGet() {
        return addAndGet(-1);
    }

    private double addAndGet(double delta, boolean tellBefore) {
        for (;;) {
            double before = get();
            double after = before + delta;
            if (compareAndSet(before, after)) {
                return tellBefore ? before : after;
            }
        }
    }

    /// Applies a function.
    ///
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value before
    public double getAndUpdate(DoubleUnaryOperator update) {
        for (;;) {
            double before = get();
            if (compareAndSet(before, update.applyAsDouble(before))) {
                return before;
            }
        }
    }

    /// Applies a function.
    ///
    /// @param update from the value to the new one; without effects, since it may be called again
    /// @return the value afterwards
    public double updateAndGet(DoubleUnaryOperator update) {
        for (;;) {
            double before = get();
            double after = update.applyAsDouble(before);
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
    public double getAndAccumulate(double other, DoubleBinaryOperator accumulator) {
        return getAndUpdate(value -> accumulator.applyAsDouble(value, other));
    }

    /// Combines with another value.
    ///
    /// @param other second argument of the function
    /// @param accumulator from the value and the other one to the new one; without effects
    /// @return the value afterwards
    public double accumulateAndGet(double other, DoubleBinaryOperator accumulator) {
        return updateAndGet(value -> accumulator.applyAsDouble(value, other));
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
    /// @return the value
    public double doubleValue() {
        return get();
    }
}
