package io.sluice.jcstress;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.sync.Mutex;
import io.sluice.core.sync.MutexCondition;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A signal wakes a waiter that was waiting, and the waiter sees what was written before the signal.
@JCStressTest
@Description("One owner waits until a flag is set, the other one sets it under the lock and signals.")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The flag was set before the waiter came.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The waiter was signalled.")
@Outcome(id = "0, .*", expect = Expect.FORBIDDEN, desc = "The waiter returned and did not see the flag.")
@Outcome(id = "-1, .*", expect = Expect.FORBIDDEN, desc = "The signal was lost.")
@Outcome(expect = Expect.FORBIDDEN, desc = "More waiters were signalled than there are.")
@State
public class ConditionSignal {
    private final Shared shared = new Shared(Mutex.bytes(4));
    private final Mutex one = view(1);
    private final Mutex two = view(2);
    private final MutexCondition waiting = one.condition(0);
    private final MutexCondition signalling = two.condition(0);
    private int flag;

    private Mutex view(int owner) {
        return new Mutex("lock", shared.address(), Mutex.bytes(4), shared, Shared.owner(owner),
                Mutex.Options.poison(false, WaitStrategy.PARK));
    }

    @Actor
    public void waiter(II_Result result) {
        one.lock();
        try {
            if (flag == 0) {
                waiting.awaitUninterruptibly();
            }
            result.r1 = shared.wakeUpLost() ? -1 : flag;
        } finally {
            one.unlock();
        }
    }

    @Actor
    public void signaller(II_Result result) {
        two.lock();
        try {
            flag = 1;
            result.r2 = signalling.signal(1);
        } finally {
            two.unlock();
        }
    }
}
