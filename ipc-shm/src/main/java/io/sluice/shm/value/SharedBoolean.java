package io.sluice.shm.value;

import io.sluice.core.memory.Memory;
import io.sluice.core.memory.MemoryFault;
import io.sluice.shm.object.Opening;
import java.io.Serial;

/// A `boolean` between processes, with the methods of [java.util.concurrent.atomic.AtomicBoolean].
///
/// - **Threads:** any. Each method is one atomic step, for all processes. A `get` and a later `set` are two steps: take
///   [#lock()], or use [#compareAndSet].
/// - **Death:** a value is one word, so it is the old one or the new one.
/// - **Ordering:** the mode in the method's name, as in [java.lang.invoke.VarHandle]; volatile if it names none.
/// - **Allocation:** none.
/// - **Errors:** after [#close()], [io.sluice.core.error.ClosedException].
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedBoolean extends SharedNumber {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @hidden
    public SharedBoolean(Opening opening) {
        super(opening);
    }

    @Override
    Opener opener() {
        return Opener.BOOLEAN;
    }

    @Override
    protected String content() {
        return Boolean.toString(get());
    }

    /// Reads, volatile.
    ///
    /// @return the value
    public boolean get() {
        try {
            boolean value = Memory.getIntVolatile(address) != 0;
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads without any ordering.
    ///
    /// @return the value
    public boolean getPlain() {
        try {
            boolean value = Memory.getInt(address) != 0;
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads in opaque mode.
    ///
    /// @return the value
    public boolean getOpaque() {
        try {
            boolean value = Memory.getIntOpaque(address) != 0;
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Reads in acquire mode.
    ///
    /// @return the value
    public boolean getAcquire() {
        try {
            boolean value = Memory.getIntAcquire(address) != 0;
            checkOpen();
            return value;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes, volatile.
    ///
    /// @param value the new one
    public void set(boolean value) {
        try {
            Memory.putIntVolatile(address, value ? 1 : 0);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes without any ordering.
    ///
    /// @param value the new one
    public void setPlain(boolean value) {
        try {
            Memory.putInt(address, value ? 1 : 0);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in opaque mode.
    ///
    /// @param value the new one
    public void setOpaque(boolean value) {
        try {
            Memory.putIntOpaque(address, value ? 1 : 0);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode.
    ///
    /// @param value the new one
    public void setRelease(boolean value) {
        try {
            Memory.putIntRelease(address, value ? 1 : 0);
            checkOpen();
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }

    /// Writes in release mode; the older name of [#setRelease].
    ///
    /// @param value the new one
    public void lazySet(boolean value) {
        try {
            Memory.putIntRelease(address, value ? 1 : 0);
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
    public boolean compareAndSet(boolean expected, boolean value) {
        try {
            boolean done = Memory.compareAndSetInt(address, expected ? 1 : 0, value ? 1 : 0);
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
    public boolean compareAndExchange(boolean expected, boolean value) {
        try {
            boolean found = Memory.compareAndExchangeInt(address, expected ? 1 : 0, value ? 1 : 0) != 0;
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
    public boolean compareAndExchangeAcquire(boolean expected, boolean value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one, and returns the old one. Orders as much as [#compareAndExchange]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return the value before; `expected` if `value` was written
    public boolean compareAndExchangeRelease(boolean expected, boolean value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetPlain(boolean expected, boolean value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetAcquire(boolean expected, boolean value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetRelease(boolean expected, boolean value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails spuriously, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected the value that must be there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetVolatile(boolean expected, boolean value) {
        return compareAndSet(expected, value);
    }

    /// Writes, and returns the old one.
    ///
    /// @param value the new one
    /// @return the value before
    public boolean getAndSet(boolean value) {
        try {
            boolean before = Memory.getAndSetInt(address, value ? 1 : 0) != 0;
            checkOpen();
            return before;
        } catch (InternalError fault) {
            throw MemoryFault.named(fault);
        }
    }
}
