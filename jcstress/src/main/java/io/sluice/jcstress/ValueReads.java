package io.sluice.jcstress;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.Memory;
import io.sluice.core.sync.ValueCells;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A reader gets complete values, and never an older one after a newer one, while a writer cycles through all copies.
@JCStressTest
@Description("One owner writes five values of two words, the other one reads twice.")
@Outcome(id = "0, [0-5]", expect = Expect.ACCEPTABLE, desc = "The first value, then any.")
@Outcome(id = "1, [1-5]", expect = Expect.ACCEPTABLE, desc = "Not older than the first read.")
@Outcome(id = "2, [2-5]", expect = Expect.ACCEPTABLE, desc = "Not older than the first read.")
@Outcome(id = "3, [3-5]", expect = Expect.ACCEPTABLE, desc = "Not older than the first read.")
@Outcome(id = "4, [45]", expect = Expect.ACCEPTABLE, desc = "Not older than the first read.")
@Outcome(id = "5, 5", expect = Expect.ACCEPTABLE, desc = "The last value.")
@Outcome(id = "(-1, .*|.*, -1)", expect = Expect.FORBIDDEN, desc = "A torn value.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An older value after a newer one, or one that was never written.")
@State
public class ValueReads {
    private static final int LENGTH = 16;
    private static final int WRITES = 5;

    private final Shared shared = new Shared(ValueCells.bytes(1, LENGTH));
    private final Shared written = new Shared(LENGTH);
    private final Shared read = new Shared(LENGTH);
    private final ValueCells one;
    private final ValueCells two;

    public ValueReads() {
        ValueCells.format(shared.address(), LENGTH, 0, written.address(), LENGTH);
        one = view(1);
        two = view(2);
    }

    private ValueCells view(int owner) {
        return new ValueCells("value", shared.address(), LENGTH, shared, Shared.owner(owner), WaitStrategy.PARK);
    }

    private int look() {
        int length = two.read(0, read.address());
        long first = Memory.getLong(read.address());
        return length == LENGTH && first == Memory.getLong(read.address() + Long.BYTES) ? (int) first : -1;
    }

    @Actor
    public void writer() {
        for (int value = 1; value <= WRITES; value++) {
            Memory.putLong(written.address(), value);
            Memory.putLong(written.address() + Long.BYTES, value);
            one.write(0, written.address(), LENGTH);
        }
    }

    @Actor
    public void reader(II_Result result) {
        result.r1 = look();
        result.r2 = look();
    }
}
