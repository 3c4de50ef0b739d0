package io.sluice.jcstress;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.park.Waiter;
import io.sluice.core.sync.Signal;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// Setting an event wakes its waiter: the waiter's registration and the word of the event are a store-load handshake.
@JCStressTest
@Description("One owner waits for an event, the other one writes and sets it.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The waiter returned and saw what was written before.")
@Outcome(id = "0, .*", expect = Expect.FORBIDDEN, desc = "The waiter did not see what was written before.")
@Outcome(id = "-1, .*", expect = Expect.FORBIDDEN, desc = "The wake-up was lost.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The event was not set, or set twice.")
@State
public class EventSet {
    private final Shared shared = new Shared(Signal.bytes());
    private final Signal one = new Signal("event", shared.address(), shared, Shared.owner(1), WaitStrategy.PARK);
    private final Signal two = new Signal("event", shared.address(), shared, Shared.owner(2), WaitStrategy.PARK);
    private int written;

    @Actor
    public void waiter(II_Result result) {
        try {
            one.await(Waiter.FOREVER);
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
        result.r1 = shared.wakeUpLost() ? -1 : written;
    }

    @Actor
    public void setter(II_Result result) {
        written = 1;
        result.r2 = two.set() ? 1 : 0;
    }
}
