package io.sluice.shm.semaphore;

import java.io.Serializable;

/// How a semaphore is made; the same for all processes.
///
/// @param permits how many there are at first, not negative
/// @param bound most permits that there may be, those acquired included; a release beyond it is refused
/// @param owned whether permits belong to the process that acquired them, and come back when it dies
public record SemaphoreOptions(int permits, int bound, boolean owned) implements Serializable {
    /// No bound.
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if one is out of its range
    public SemaphoreOptions {
        if (permits < 0) {
            throw new IllegalArgumentException("semaphore: %,d permits are negative".formatted(permits));
        }
        if (bound < 1 || bound < permits) {
            throw new IllegalArgumentException(
                    "semaphore: a bound of %,d is less than 1 or less than the %,d permits there are at first"
                            .formatted(bound, permits));
        }
    }

    /// Permits owned by the process that acquired them, without a bound, as with the JDK's semaphore.
    ///
    /// @param permits how many there are at first
    /// @return the options
    public static SemaphoreOptions of(int permits) {
        return new SemaphoreOptions(permits, UNBOUNDED, true);
    }

    /// Permits owned by the process that acquired them; never more than there are at first.
    ///
    /// @param permits how many there are
    /// @return the options
    public static SemaphoreOptions bounded(int permits) {
        return new SemaphoreOptions(permits, permits, true);
    }

    /// Permits that are signals: one process releases them, another acquires them, and none owns them. A death returns
    /// none.
    ///
    /// @param permits how many there are at first
    /// @return the options
    public static SemaphoreOptions signalling(int permits) {
        return new SemaphoreOptions(permits, UNBOUNDED, false);
    }

    /// The same with another bound.
    ///
    /// @param most most permits that there may be
    /// @return the options
    public SemaphoreOptions withBound(int most) {
        return new SemaphoreOptions(permits, most, owned);
    }
}
