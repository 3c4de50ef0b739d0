package io.sluice.core.sync;

import io.sluice.core.memory.Memory;
import io.sluice.core.park.Parking;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Queue;

/// For tests in one thread: a script plays the other threads while it sleeps. Without a script a sleep fails, since no
/// thread would end it.
final class ScriptedParking implements Parking {
    int sleeps;
    int wakes;

    private final Queue<Runnable> script = new ArrayDeque<>();
    private Runnable always;
    private Runnable onWake = () -> {};

    /// Plans the next sleep without a plan.
    ScriptedParking then(Runnable move) {
        script.add(move);
        return this;
    }

    /// Plans every sleep without a plan of its own.
    ScriptedParking always(Runnable move) {
        always = move;
        return this;
    }

    /// Replaces each call that wakes sleepers.
    ScriptedParking onWake(Runnable move) {
        onWake = move;
        return this;
    }

    /// Every further sleep fails.
    void forget() {
        script.clear();
        always = null;
    }

    boolean isPlayed() {
        return script.isEmpty();
    }

    @Override
    public void park(long address, int expected, long nanos) {
        if (Memory.getIntVolatile(address) != expected) {
            return;
        }
        sleeps++;
        Runnable move = script.isEmpty() ? always : script.remove();
        if (move == null) {
            throw new AssertionError("the only thread went to sleep");
        }
        move.run();
    }

    @Override
    public void unpark(long address) {
        wakes++;
        onWake.run();
    }

    @Override
    public boolean unparkOne(long address) {
        wakes++;
        onWake.run();
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
