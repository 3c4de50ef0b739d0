package io.sluice.shm.space;

import io.sluice.core.idle.Parking;
import io.sluice.core.ring.RingRecovery;
import io.sluice.shm.error.CorruptObjectException;

/// What the body of an object is, as far as those must know who clean up after a dead process without having opened it.
public enum Kind {
    /// A ring, used in place.
    RING(1),
    /// A queue: a ring.
    QUEUE(2),
    /// A queue of tasks: a ring.
    TASK_QUEUE(3),
    /// A pipe: a ring for each direction; the second one, if there is one, `parameters[7]` bytes after the first.
    PIPE(4) {
        @Override
        void recover(long body, long bodyBytes, long[] parameters, int slot, Parking parking) {
            long second = secondRing(bodyBytes, parameters);
            RingRecovery.recover(body, second, slot, parking);
            if (second < bodyBytes) {
                RingRecovery.recover(body + second, bodyBytes - second, slot, parking);
            }
        }

        @Override
        boolean refersTo(long body, long bodyBytes, long[] parameters, long position) {
            long second = secondRing(bodyBytes, parameters);
            return (position & SECOND_RING_POSITION) == 0
                    ? RingRecovery.refersTo(body, second, position)
                    : RingRecovery.refersTo(body + second, bodyBytes - second, position & ~SECOND_RING_POSITION);
        }
    };

    /// Position of the parameter that says where the second ring of a pipe begins.
    public static final int SECOND_RING = 7;

    /// Added to the position of a large message in the second ring of a pipe, to tell it from one in the first.
    public static final long SECOND_RING_POSITION = 1L << 62;

    private static final Kind[] ALL = values();

    private final int number;

    Kind(int number) {
        this.number = number;
    }

    /// Finishes, or undoes, what a dead process had begun. The caller is the only one that does so for that slot; it
    /// may itself die at any step, and the next one begins again.
    ///
    /// @param body absolute address
    /// @param bodyBytes its size
    /// @param parameters of the object
    /// @param slot the dead process's
    /// @param parking wakes those who wait for what the dead one held
    void recover(long body, long bodyBytes, long[] parameters, int slot, Parking parking) {
        RingRecovery.recover(body, bodyBytes, slot, parking);
    }

    /// Removes large messages to which nothing in the body refers any more, since whoever wrote or read them died.
    ///
    /// @param body absolute address
    /// @param bodyBytes its size
    /// @param parameters of the object
    /// @param sides of the object
    void dropSides(long body, long bodyBytes, long[] parameters, SideFiles sides) {
        for (long position : sides.positions()) {
            if (!refersTo(body, bodyBytes, parameters, position)) {
                sides.remove(position);
            }
        }
    }

    boolean refersTo(long body, long bodyBytes, long[] parameters, long position) {
        return RingRecovery.refersTo(body, bodyBytes, position);
    }

    /// The number that stands in the header of an object; the same in every release.
    ///
    /// @return 1 and up
    int number() {
        return number;
    }

    /// The kind for a number.
    ///
    /// @param number of a header
    /// @param name of the object, for the message
    /// @return the kind
    /// @throws CorruptObjectException if there is no such kind
    static Kind of(int number, String name) {
        for (Kind kind : ALL) {
            if (kind.number == number) {
                return kind;
            }
        }
        throw new CorruptObjectException(
                "'%s' is of kind %d, which this library does not know; attach with the release that created it"
                        .formatted(name, number));
    }

    private static long secondRing(long bodyBytes, long[] parameters) {
        long second = parameters[SECOND_RING];
        if (second == 0) {
            return bodyBytes;
        }
        if (second < 0 || second >= bodyBytes) {
            throw new CorruptObjectException("a pipe of %,d bytes claims its second ring at %,d; unlink and recreate it"
                    .formatted(bodyBytes, second));
        }
        return second;
    }
}
