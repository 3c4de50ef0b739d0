package io.sluice.core.sync;

import io.sluice.core.memory.Memory;
import io.sluice.core.park.Parking;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Queue;

/// For tests in one thread: what the others do while it sleeps is a script. Without one, nobody may sleep, for nobody
/// would wake him.
final class ScriptedParking implements Parking {
    int sleeps;
    int wakes;

    private final Queue<Runnable> script = new ArrayDeque<>();
    private Runnable always;
    private Runnable onWake = () -> {};

    /// What happens during the next sleep that nothing is planned for.
    ScriptedParking then(Runnable move) {
        script.add(move);
        return this;
    }

    /// What happens during every sleep that nothing else is planned for.
    ScriptedParking always(Runnable move) {
        always = move;
        return this;
    }

    /// What happens instead of each call of sleepers.
    ScriptedParking onWake(Runnable move) {
        onWake = move;
        return this;
    }

    /// Nobody may sleep any more.
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
