package io.sluice.jcstress;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.sync.Mutex;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// The lock excludes other holders, and each holder sees the plain writes of the one before.
@JCStressTest
@Description("Two owners increment a plain counter under the lock.")
@Outcome(id = "0, 1, 2", expect = Expect.ACCEPTABLE, desc = "The first owner locked first.")
@Outcome(id = "1, 0, 2", expect = Expect.ACCEPTABLE, desc = "The second owner locked first.")
@Outcome(id = "0, 0, .*", expect = Expect.FORBIDDEN, desc = "Both held it, or the second did not see the first.")
@Outcome(id = ".*, .*, 1", expect = Expect.FORBIDDEN, desc = "An increment was lost.")
@Outcome(id = ".*, .*, -1", expect = Expect.FORBIDDEN, desc = "A waiter was never signalled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A value that was never written.")
@State
public class LockExclusion {
    private final Shared shared = new Shared(Mutex.bytes(2));
    private final Mutex one = view(1);
    private final Mutex two = view(2);
    private int counter;

    private Mutex view(int owner) {
        return new Mutex("lock", shared.address(), Mutex.bytes(2), shared, Shared.owner(owner),
                Mutex.Options.poison(false, WaitStrategy.PARK));
    }

    private int increment(Mutex lock) {
        lock.lock();
        try {
            return counter++;
        } finally {
            lock.unlock();
        }
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
        result.r3 = shared.wakeUpLost() ? -1 : counter;
    }
}
