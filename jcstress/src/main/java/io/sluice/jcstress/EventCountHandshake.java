package io.sluice.jcstress;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.jfr.Wait;
import io.sluice.core.memory.Memory;
import io.sluice.core.park.EventCount;
import io.sluice.core.park.Waiter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// The event count alone: the waiter stores its bit and reads the condition, the signaller stores the condition and
/// reads the bit. At least one of them sees the other's store.
@JCStressTest
@Description("A release store and a signal against a waiter that starts to sleep.")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The waiter saw the store, or was signalled.")
@Outcome(id = "-1", expect = Expect.FORBIDDEN, desc = "Neither saw the other: a fence is missing.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The waiter returned too early.")
@State
public class EventCountHandshake {
    private static final int CONDITION = 128;

    private final Shared shared = new Shared(256);
    private final EventCount one = new EventCount(shared.address(), shared);
    private final EventCount two = new EventCount(shared.address(), shared);
    private final Waiter waiter = new Waiter(one, Shared.owner(1), WaitStrategy.PARK, Wait.UNREPORTED);

    private int condition() {
        return Memory.getIntAcquire(shared.address() + CONDITION);
    }

    @Actor
    public void waiter(I_Result result) {
        waiter.awaitUninterruptibly(() -> condition() != 0, Waiter.FOREVER);
        result.r1 = shared.wakeUpLost() ? -1 : condition();
    }

    @Actor
    public void signaller() {
        Memory.putIntRelease(shared.address() + CONDITION, 1);
        two.signal();
    }
}
