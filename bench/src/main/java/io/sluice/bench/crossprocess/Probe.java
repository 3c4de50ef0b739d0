package io.sluice.bench.crossprocess;

import io.sluice.core.memory.Memory;
import java.util.Arrays;

/// How far the two cores are apart now: the round trip of two bare cache lines.
final class Probe {
    private static final int ROUNDS = 21;
    private static final int TRIPS = 1000;

    private final ControlPage page;

    Probe(ControlPage page) {
        this.page = page;
    }

    /// The sender's participant, which measures.
    ///
    /// @param first a number that both sides know, and that grows from probe to probe by more than a probe's trips
    /// @return nanoseconds of a round trip, a median over thousands of them
    long send(long first) {
        long[] nanos = new long[ROUNDS];
        long next = first;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            next = trips(next);
            nanos[round] = (System.nanoTime() - start) / TRIPS;
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2];
    }

    private long trips(long first) {
        for (long trip = first; trip < first + TRIPS; trip++) {
            Memory.putLongRelease(page.pingLine(), trip);
            while (Memory.getLongAcquire(page.pongLine()) != trip) {
                // Bare: what we compare with spins like this too.
            }
        }
        return first + TRIPS;
    }

    /// The receiver's participant, which echoes.
    void receive(long first) {
        long next = first;
        for (int round = 0; round < ROUNDS; round++) {
            next = echoes(next);
        }
    }

    private long echoes(long first) {
        for (long trip = first; trip < first + TRIPS; trip++) {
            while (Memory.getLongAcquire(page.pingLine()) != trip) {
                // See above.
            }
            Memory.putLongRelease(page.pongLine(), trip);
        }
        return first + TRIPS;
    }
}
