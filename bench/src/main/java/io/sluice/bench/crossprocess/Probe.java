package io.sluice.bench.crossprocess;

import io.sluice.core.memory.Memory;
import java.util.Arrays;

/// Measures the distance of the two cores: the round trip of two bare cache lines.
final class Probe {
    private static final int ROUNDS = 21;
    private static final int TRIPS = 1000;

    private final ControlPage page;

    Probe(ControlPage page) {
        this.page = page;
    }

    /// The sender's side, which measures.
    ///
    /// @param first number of the first trip, the same on both sides; greater than all numbers of earlier probes
    /// @return nanoseconds of a round trip, the median of 21 rounds of 1000 trips
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
                // No pause, as in the floor that it is compared with.
            }
        }
        return first + TRIPS;
    }

    /// The receiver's side, which echoes.
    ///
    /// @param first number of the first trip
    void receive(long first) {
        long next = first;
        for (int round = 0; round < ROUNDS; round++) {
            next = echoes(next);
        }
    }

    private long echoes(long first) {
        for (long trip = first; trip < first + TRIPS; trip++) {
            while (Memory.getLongAcquire(page.pingLine()) != trip) {
                // No pause, as above.
            }
            Memory.putLongRelease(page.pongLine(), trip);
        }
        return first + TRIPS;
    }
}
