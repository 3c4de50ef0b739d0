package io.sluice.core.ring;

import io.sluice.core.park.Parking;
import java.lang.invoke.VarHandle;

/// For tests in one thread, in which a sleep is an error: no thread would end it.
class AwakeParking implements Parking {
    int wakes;

    @Override
    public void park(long address, int expected, long nanos) {
        throw new AssertionError("the only thread went to sleep");
    }

    @Override
    public void unpark(long address) {
        wakes++;
    }

    @Override
    public boolean unparkOne(long address) {
        wakes++;
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
