package io.sluice.shm.value;

import io.sluice.core.memory.Memory;
import io.sluice.shm.space.ObjectSpec;
import io.sluice.shm.space.SharedObject;
import java.io.Serial;

/// A `boolean` between processes, with the methods of [java.util.concurrent.atomic.AtomicBoolean].
///
/// - **Threads:** any. Each method is one atomic step, for all processes. `get` and `set` after each other
///   are two steps: take [#lock()], or use [#compareAndSet].
/// - **Death:** a value is one word, so it is the old one or the new one.
/// - **Ordering:** as the names say, with the meaning of [java.lang.invoke.VarHandle]; without a word, volatile.
/// - **Allocation:** none.
/// - **Errors:** after [#close()], [io.sluice.shm.error.ClosedException].
public final class SharedBoolean extends SharedNumber {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param object the mapped object, which the handle closes
    public SharedBoolean(SharedObject object) {
        super(object);
    }

    /// What such a number is in its space.
    ///
    /// @param name of the object
    /// @param initial the first value
    /// @param temporary whether it goes with its last user
    /// @return the object as wished
    public static ObjectSpec spec(String name, boolean initial, boolean temporary) {
        return spec(name, "boolean", SharedNumber.word(initial ? 1 : 0), temporary);
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
        boolean value = Memory.getIntVolatile(address) != 0;
        checkOpen();
        return value;
    }

    /// Reads without any ordering.
    ///
    /// @return the value
    public boolean getPlain() {
        boolean value = Memory.getInt(address) != 0;
        checkOpen();
        return value;
    }

    /// Reads in opaque mode.
    ///
    /// @return the value
    public boolean getOpaque() {
        boolean value = Memory.getIntOpaque(address) != 0;
        checkOpen();
        return value;
    }

    /// Reads in acquire mode.
    ///
    /// @return the value
    public boolean getAcquire() {
        boolean value = Memory.getIntAcquire(address) != 0;
        checkOpen();
        return value;
    }

    /// Writes, volatile.
    ///
    /// @param value the new one
    public void set(boolean value) {
        Memory.putIntVolatile(address, value ? 1 : 0);
        checkOpen();
    }

    /// Writes without any ordering.
    ///
    /// @param value the new one
    public void setPlain(boolean value) {
        Memory.putInt(address, value ? 1 : 0);
        checkOpen();
    }

    /// Writes in opaque mode.
    ///
    /// @param value the new one
    public void setOpaque(boolean value) {
        Memory.putIntOpaque(address, value ? 1 : 0);
        checkOpen();
    }

    /// Writes in release mode.
    ///
    /// @param value the new one
    public void setRelease(boolean value) {
        Memory.putIntRelease(address, value ? 1 : 0);
        checkOpen();
    }

    /// Writes in release mode; the older name of [#setRelease].
    ///
    /// @param value the new one
    public void lazySet(boolean value) {
        Memory.putIntRelease(address, value ? 1 : 0);
        checkOpen();
    }

    /// Writes if the value is the expected one.
    ///
    /// @param expected what must stand there
    /// @param value the new one
    /// @return whether it was written
    public boolean compareAndSet(boolean expected, boolean value) {
        boolean done = Memory.compareAndSetInt(address, expected ? 1 : 0, value ? 1 : 0);
        checkOpen();
        return done;
    }

    /// Writes if the value is the expected one, and tells what was there.
    ///
    /// @param expected what must stand there
    /// @param value the new one
    /// @return what stood there; `expected` if `value` was written
    public boolean compareAndExchange(boolean expected, boolean value) {
        boolean found = Memory.compareAndExchangeInt(address, expected ? 1 : 0, value ? 1 : 0) != 0;
        checkOpen();
        return found;
    }

    /// Writes if the value is the expected one, and tells what was there. Orders as much as [#compareAndExchange]: more
    /// than the name asks for.
    ///
    /// @param expected what must stand there
    /// @param value the new one
    /// @return what stood there; `expected` if `value` was written
    public boolean compareAndExchangeAcquire(boolean expected, boolean value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one, and tells what was there. Orders as much as [#compareAndExchange]: more
    /// than the name asks for.
    ///
    /// @param expected what must stand there
    /// @param value the new one
    /// @return what stood there; `expected` if `value` was written
    public boolean compareAndExchangeRelease(boolean expected, boolean value) {
        return compareAndExchange(expected, value);
    }

    /// Writes if the value is the expected one. Never fails without that, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected what must stand there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetPlain(boolean expected, boolean value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails without that, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected what must stand there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetAcquire(boolean expected, boolean value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails without that, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected what must stand there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetRelease(boolean expected, boolean value) {
        return compareAndSet(expected, value);
    }

    /// Writes if the value is the expected one. Never fails without that, and orders as much as [#compareAndSet]: more
    /// than the name asks for.
    ///
    /// @param expected what must stand there
    /// @param value the new one
    /// @return whether it was written
    public boolean weakCompareAndSetVolatile(boolean expected, boolean value) {
        return compareAndSet(expected, value);
    }

    /// Writes, and tells what was there.
    ///
    /// @param value the new one
    /// @return the value before
    public boolean getAndSet(boolean value) {
        boolean before = Memory.getAndSetInt(address, value ? 1 : 0) != 0;
        checkOpen();
        return before;
    }
}
