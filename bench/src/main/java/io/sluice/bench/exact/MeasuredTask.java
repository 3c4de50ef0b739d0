package io.sluice.bench.exact;

import io.sluice.bench.exact.SystemCalls.Call;
import io.sluice.bench.exact.SystemCalls.Counted;
import io.sluice.pool.task.Action;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedDoubleArray;
import io.sluice.shm.queue.SharedQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The measured process: one new thread measures the allocation of every operation, which warms it up, and then runs
/// every operation in rounds under the filter.
///
/// @param space name of the space for the objects of the operations
/// @param operations to be measured
/// @param times runs of an operation in each round
/// @param counts of system calls, written by the supervisor
/// @param bytes receives the bytes of each operation
/// @param calls receives the system calls of each operation
record MeasuredTask(
        String space,
        List<Operation> operations,
        int times,
        CallCounts counts,
        SharedDoubleArray bytes,
        SharedQueue<Counted> calls) implements Action {

    private static final int ROUNDS = 10;

    @Override
    public void act() throws Exception {
        try (SharedSpace open = SharedSpace.openTemporary(space)) {
            FutureTask<Void> measured = new FutureTask<>(() -> measure(open), null);
            Thread.ofPlatform().name("measured").start(measured);
            measured.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        }
    }

    private void measure(SharedSpace open) {
        List<Runnable> warm = new ArrayList<>();
        for (Operation operation : operations) {
            Runnable opened = operation.open(open);
            bytes.set(warm.size(), Allocation.bytesPerOperation(opened));
            warm.add(opened);
        }
        CallFilter.install();
        for (Runnable operation : warm) {
            calls.add(count(operation));
        }
    }

    /// Only the operations run between the two copies of the counts in a round.
    private Counted count(Runnable warm) {
        long[] before = CallCounts.copy();
        long[] after = CallCounts.copy();
        List<Call> fewest = null;
        long inAllRounds = 0;
        for (int round = 0; round < ROUNDS; round++) {
            counts.copyTo(before);
            Allocation.repeat(warm, times);
            counts.copyTo(after);
            List<Call> found = CallCounts.between(before, after);
            if (fewest == null || CallCounts.sum(found) < CallCounts.sum(fewest)) {
                fewest = found;
            }
            inAllRounds += CallCounts.sum(found);
        }
        return new Counted(times, fewest, inAllRounds);
    }
}
