package io.sluice.jcstress;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.sync.Permits;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// One permit passes between two threads of one owner, and there is still one permit afterwards.
@JCStressTest
@Description("Two threads of one owner acquire and release the only permit.")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The first thread acquired first.")
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The second thread acquired first.")
@Outcome(id = "0, 0, .*", expect = Expect.FORBIDDEN, desc = "Both held the permit, or one missed the other's write.")
@Outcome(id = ".*, .*, 0", expect = Expect.FORBIDDEN, desc = "The permit was lost.")
@Outcome(id = ".*, .*, 2", expect = Expect.FORBIDDEN, desc = "The permit was duplicated.")
@Outcome(id = ".*, .*, -1", expect = Expect.FORBIDDEN, desc = "A waiter was never signalled.")
@Outcome(id = ".*, .*, -2", expect = Expect.FORBIDDEN, desc = "An account holds a permit that was released.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A value that was never written.")
@State
public class PermitsOfOneOwner {
    private final Shared shared = new Shared(Permits.bytes());
    private final Object turn = new Object();
    private final Permits one;
    private final Permits two;
    private int counter;

    public PermitsOfOneOwner() {
        Permits.format(shared.address(), 1);
        one = view(1, turn);
        two = view(1, turn);
    }

    private Permits view(int owner, Object turns) {
        return new Permits("semaphore", shared.address(), 1, true, turns, shared, Shared.owner(owner),
                WaitStrategy.PARK);
    }

    private int increment(Permits permits) {
        permits.acquireUninterruptibly(1);
        int before = counter++;
        permits.release(1);
        return before;
    }

    @Actor
    public void one(III_Result result) {
        result.r1 = increment(one);
    }

    @Actor
    public void two(III_Result result) {
        result.r2 = increment(two);
    }

    @Arbiter
    public void end(III_Result result) {
        boolean clean = one.held() == 0 && two.held() == 0 && one.outstanding() == 0;
        result.r3 = shared.wakeUpLost() ? -1 : clean ? one.available() : -2;
    }
}
