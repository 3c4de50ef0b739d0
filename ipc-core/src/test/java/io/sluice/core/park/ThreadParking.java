package io.sluice.core.park;

import io.sluice.core.memory.Memory;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The kernel's part, played with the threads of this process: compares and sleeps in one step, and wakes all sleepers
/// of a word. Both sides have their full fence, as where the kernel has no heavy one.
public final class ThreadParking implements Parking {
    /// The number of sleeps.
    public final AtomicInteger sleeps = new AtomicInteger();

    private final boolean sliced;
    private final List<Sleeper> sleepers = new ArrayList<>();

    private static final class Sleeper {
        final Thread thread = Thread.currentThread();
        final long address;
        volatile boolean called;

        Sleeper(long address) {
            this.address = address;
        }
    }

    /// A parking in which a sleep ends with its time, or only by a call; in the latter a lost wake-up is a hang.
    ///
    /// @param sliced whether a sleep ends with its time
    public ThreadParking(boolean sliced) {
        this.sliced = sliced;
    }

    @Override
    public void park(long address, int expected, long nanos) {
        Sleeper self;
        synchronized (sleepers) {
            if (Memory.getIntVolatile(address) != expected) {
                return;
            }
            self = new Sleeper(address);
            sleepers.add(self);
        }
        sleeps.incrementAndGet();
        long end = System.nanoTime() + nanos;
        while (!self.called && !Thread.currentThread().isInterrupted()) {
            if (!sliced) {
                LockSupport.park(this);
            } else if (end - System.nanoTime() > 0) {
                LockSupport.parkNanos(this, end - System.nanoTime());
            } else {
                break;
            }
        }
        synchronized (sleepers) {
            sleepers.remove(self);
        }
    }

    @Override
    public void unpark(long address) {
        synchronized (sleepers) {
            for (Sleeper sleeper : sleepers) {
                if (sleeper.address == address) {
                    sleeper.called = true;
                    LockSupport.unpark(sleeper.thread);
                }
            }
        }
    }

    @Override
    public boolean unparkOne(long address) {
        synchronized (sleepers) {
            for (Sleeper sleeper : sleepers) {
                if (sleeper.address == address && !sleeper.called) {
                    sleeper.called = true;
                    LockSupport.unpark(sleeper.thread);
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void heavyFence() {
        VarHandle.fullFence();
    }

    @Override
    public void fence() {
        VarHandle.fullFence();
    }
}
