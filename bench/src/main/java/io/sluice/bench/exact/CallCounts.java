package io.sluice.bench.exact;

import io.sluice.bench.exact.SystemCalls.Call;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.array.SharedLongArray;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/// Number of system calls made, by call number, in memory that both processes share. The supervisor increments a count
/// before it answers the call, so the calling thread sees the count after the call, and reads it without a system call.
record CallCounts(SharedLongArray times) implements Serializable {
    /// More numbers than Linux has; greater ones are counted in the last element.
    private static final int NUMBERS = 1024;

    static CallCounts create(SharedSpace space) {
        return new CallCounts(space.longArray("calls", NUMBERS));
    }

    void add(int number, long more) {
        var _ = times.getAndAdd(Math.clamp(number, 0, NUMBERS - 1), more);
    }

    /// Copies the current counts.
    void copyTo(long[] target) {
        times.get(0, target, 0, NUMBERS);
    }

    static long[] copy() {
        return new long[NUMBERS];
    }

    static long sum(List<Call> calls) {
        return calls.stream().mapToLong(Call::times).sum();
    }

    static List<Call> between(long[] before, long[] after) {
        List<Call> calls = new ArrayList<>();
        for (int number = 0; number < NUMBERS; number++) {
            if (after[number] != before[number]) {
                calls.add(new Call(number, after[number] - before[number]));
            }
        }
        return calls;
    }
}
