package io.sluice.jcstress;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.park.Waiter;
import io.sluice.core.sync.Rendezvous;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/// Both parties return with different indexes, after one run of the action, whose write both see.
@JCStressTest
@Description("Two owners meet at a barrier whose action increments a plain counter.")
@Outcome(id = "0, 1, 1, 1", expect = Expect.ACCEPTABLE, desc = "The second owner arrived first.")
@Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The first owner arrived first.")
@Outcome(id = "(0, 0|1, 1), .*, .*", expect = Expect.FORBIDDEN, desc = "Both have the same index.")
@Outcome(id = "(0, 1|1, 0), (0, .*|.*, 0)", expect = Expect.FORBIDDEN, desc = "One returned without seeing the action.")
@Outcome(id = "(0, 1|1, 0), (2, .*|.*, 2)", expect = Expect.FORBIDDEN, desc = "The action ran twice.")
@Outcome(id = ".*, .*, (-1, .*|.*, -1)", expect = Expect.FORBIDDEN, desc = "A waiter was never signalled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An index that does not exist.")
@State
public class BarrierAction {
    private final Shared shared = new Shared(Rendezvous.bytes());
    private final Rendezvous one;
    private final Rendezvous two;
    private int runs;

    public BarrierAction() {
        Rendezvous.format(shared.address(), 2);
        one = view(1);
        two = view(2);
    }

    private Rendezvous view(int owner) {
        return new Rendezvous("barrier", shared.address(), () -> runs++, shared, Shared.owner(owner),
                WaitStrategy.PARK);
    }

    private static int meet(Rendezvous barrier) {
        try {
            return barrier.await(Waiter.FOREVER);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private int seen() {
        return shared.wakeUpLost() ? -1 : runs;
    }

    @Actor
    public void one(IIII_Result result) {
        result.r1 = meet(one);
        result.r3 = seen();
    }

    @Actor
    public void two(IIII_Result result) {
        result.r2 = meet(two);
        result.r4 = seen();
    }
}
