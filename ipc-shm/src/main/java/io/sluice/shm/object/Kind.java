package io.sluice.shm.object;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.owner.Liveness;
import io.sluice.core.park.Parking;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.ring.RingRecovery;
import io.sluice.core.sync.Countdown;
import io.sluice.core.sync.DeathPolicy;
import io.sluice.core.sync.Mutex;
import io.sluice.core.sync.Permits;
import io.sluice.core.sync.ReadWriteMutex;
import io.sluice.core.sync.Rendezvous;
import io.sluice.core.sync.Signal;
import io.sluice.core.sync.ValueCells;
import io.sluice.shm.linux.Futex;
import io.sluice.shm.region.RegionLayout;
import io.sluice.shm.space.ObjectKind;
import java.lang.foreign.Arena;
import java.util.List;

/// The kinds of objects, with what a cleaner that has not opened an object must know of its body.
public enum Kind {
    /// A ring, used in place.
    RING(1, Body.RING, "capacity", "slotBytes", "producers", "consumers"),
    /// A queue: a ring.
    QUEUE(2, Body.RING, "capacity", "slotBytes", "producers", "consumers"),
    /// A queue of tasks: a ring.
    TASK_QUEUE(3, Body.RING, "capacity", "slotBytes", "producers", "consumers"),
    /// A pipe: a ring for each direction; the second one, if there is one, `parameters[7]` bytes after the first.
    PIPE(4, Body.PIPE, "capacity", "slotBytes", "producers", "consumers"),
    /// A lock with its conditions.
    LOCK(5, Body.LOCK, "reentrant", "onOwnerDeath", "conditionWaiters"),
    /// A read-write lock.
    READ_WRITE_LOCK(6, Body.READ_WRITE_LOCK, "reentrant", "onOwnerDeath"),
    /// A semaphore.
    SEMAPHORE(7, Body.SEMAPHORE, "permits", "bound", "accounted"),
    /// An event.
    EVENT(8, Body.EVENT),
    /// A latch that is counted down.
    LATCH(9, Body.LATCH, "count"),
    /// A barrier.
    BARRIER(10, Body.BARRIER, "parties"),
    /// A single number or truth value behind a lock; which, is the element type.
    NUMBER(11, Body.GUARDED),
    /// A value of several words behind a lock: one cell.
    VALUE(12, Body.CELLS, "cells", "valueBytes"),
    /// An array of numbers behind a lock; of which, is the element type.
    ARRAY(13, Body.GUARDED, "length", "elementBytes"),
    /// An array of values of several words behind a lock: cells.
    VALUE_ARRAY(14, Body.CELLS, "cells", "valueBytes");

    /// Position of the parameter that says where the second ring of a pipe begins.
    public static final int SECOND_RING = 7;

    /// Added to the position of a large message in the second ring of a pipe, to tell it from one in the first.
    public static final long SECOND_RING_POSITION = 1L << 62;

    /// A ring is never smaller.
    private static final long MIN_RING_BYTES = RingOptions.manyToMany(1).bytes();

    /// Threads that can wait on the conditions of a lock that stands before a value or an array.
    private static final int GUARD_WAITERS = 240;

    /// Size of the lock before a value or an array: a page.
    public static final long GUARD_BYTES = Mutex.bytes(GUARD_WAITERS);

    private static final Kind[] ALL = values();

    private final int number;
    private final Body body;
    @SuppressWarnings("ImmutableEnumChecker")   // made by List.of
    private final List<String> parameterNames;

    Kind(int number, Body body, String... parameterNames) {
        this.number = number;
        this.body = body;
        this.parameterNames = List.of(parameterNames);
    }

    // The structure of a body, and how it is recovered after the death of a process.
    private enum Body {
        RING {
            @Override
            long minBytes() {
                return MIN_RING_BYTES;
            }

            // Recovers an owner that never existed, in a scratch ring.
            @Override
            void prepare() {
                try (Arena arena = Arena.ofConfined()) {
                    RingOptions smallest = RingOptions.manyToMany(1);
                    long ring = arena.allocate(smallest.bytes(), RegionLayout.PAGE).address();
                    Ring.format(ring, smallest);
                    RingRecovery.recover(ring, smallest.bytes(), Liveness.MAX_OWNER, Futex.INSTANCE);
                }
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                RingRecovery.recover(at, bytes, slot, parking);
            }

            @Override
            boolean refersTo(long at, long bytes, long[] parameters, long position) {
                return RingRecovery.refersTo(at, bytes, position);
            }
        },
        PIPE {
            @Override
            long minBytes() {
                return MIN_RING_BYTES;
            }

            @Override
            void prepare() {
                RING.prepare();
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                long second = secondRing(bytes, parameters);
                RingRecovery.recover(at, second, slot, parking);
                if (second < bytes) {
                    RingRecovery.recover(at + second, bytes - second, slot, parking);
                }
            }

            @Override
            boolean refersTo(long at, long bytes, long[] parameters, long position) {
                long second = secondRing(bytes, parameters);
                return (position & SECOND_RING_POSITION) == 0
                        ? RingRecovery.refersTo(at, second, position)
                        : RingRecovery.refersTo(at + second, bytes - second, position & ~SECOND_RING_POSITION);
            }
        },
        LOCK {
            @Override
            long minBytes() {
                return Mutex.bytes(0);
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                Mutex.recover(at, bytes, slot, pid, DeathPolicy.of(parameters[1]), parking);
            }
        },
        READ_WRITE_LOCK {
            @Override
            long minBytes() {
                return ReadWriteMutex.bytes();
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                ReadWriteMutex.recover(at, slot, pid, DeathPolicy.of(parameters[1]), parking);
            }
        },
        SEMAPHORE {
            @Override
            long minBytes() {
                return Permits.bytes();
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                Permits.recover(at, (int) parameters[1], parameters[2] != 0, slot, parking);
            }
        },
        EVENT {
            @Override
            long minBytes() {
                return Signal.bytes();
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                Signal.recover(at, parking);
            }
        },
        LATCH {
            @Override
            long minBytes() {
                return Countdown.bytes();
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                Countdown.recover(at, parking);
            }
        },
        BARRIER {
            @Override
            long minBytes() {
                return Rendezvous.bytes();
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                Rendezvous.recover(at, slot, pid, parking);
            }
        },
        GUARDED {
            @Override
            long minBytes() {
                return GUARD_BYTES;
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                Mutex.recover(at, GUARD_BYTES, slot, pid, DeathPolicy.POISON, parking);
            }
        },
        CELLS {
            @Override
            long minBytes() {
                return GUARD_BYTES;
            }

            @Override
            void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
                GUARDED.recover(at, bytes, parameters, slot, pid, parking);
                long cells = parameters[0];
                int valueBytes = (int) parameters[1];
                if (cells < 0 || valueBytes < 0 || valueBytes != parameters[1]
                        || cells > bytes || bytes != GUARD_BYTES + ValueCells.bytes(cells, valueBytes)) {
                    throw new CorruptObjectException(
                            "%,d cells of %,d bytes do not fit into %,d bytes; unlink and recreate the object"
                                    .formatted(cells, parameters[1], bytes));
                }
                ValueCells.recover(at + GUARD_BYTES, cells, valueBytes, slot, parking);
            }
        };

        /// The smallest body; less is refused before it is touched.
        abstract long minBytes();

        abstract void recover(long at, long bytes, long[] parameters, int slot, long pid, Parking parking);

        /// Loads the classes of [#recover] that a user of the object does not load anyway.
        void prepare() {
            // Most have none.
        }

        /// Whether a large message at a position is still referred to; only rings have any.
        boolean refersTo(long at, long bytes, long[] parameters, long position) {
            return false;
        }
    }

    /// Refuses a body that is too small for its kind, so that nothing beyond it is touched.
    ///
    /// @param name of the object, for the message
    /// @param bytes size of the body
    /// @throws CorruptObjectException if so
    void checkSize(String name, long bytes) {
        if (bytes < body.minBytes()) {
            throw new CorruptObjectException("'%s': a body of %,d bytes is too small for %s, which has at least %,d;"
                    .formatted(name, bytes, this, body.minBytes()) + " unlink and recreate it");
        }
    }

    /// Loads what [#recover] needs, since the first recovery of a process would otherwise take a hundred times as long
    /// as the next ones.
    void prepareRecovery() {
        body.prepare();
    }

    /// Finishes, or undoes, the operations of a dead process. One caller at a time does so for a slot; it may itself
    /// die at any step, and the next one starts again.
    ///
    /// @param name of the object, for messages
    /// @param at absolute address of the body
    /// @param bytes its size
    /// @param parameters of the object
    /// @param slot the dead process's
    /// @param pid its process id, for display; 0 if it is not known
    /// @param parking wakes waiters for what the dead process held
    void recover(String name, long at, long bytes, long[] parameters, int slot, long pid, Parking parking) {
        checkSize(name, bytes);
        body.recover(at, bytes, parameters, slot, pid, parking);
    }

    /// Removes large messages to which nothing in the body refers any more, since their writer or reader died.
    ///
    /// @param name of the object, for messages
    /// @param at absolute address of the body
    /// @param bytes its size
    /// @param parameters of the object
    /// @param sides of the object
    /// @param positions of all its large messages
    void dropSides(String name, long at, long bytes, long[] parameters, SideFiles sides, long[] positions) {
        checkSize(name, bytes);
        for (long position : positions) {
            if (!body.refersTo(at, bytes, parameters, position)) {
                sides.remove(position);
            }
        }
    }

    /// The name of a parameter, for messages.
    ///
    /// @param index 0 to 7
    /// @return the name
    public String parameterName(int index) {
        return index < parameterNames.size() ? parameterNames.get(index) : "parameter " + index;
    }

    /// How many of the parameters this kind uses.
    ///
    /// @return 0 to 8
    public int parameters() {
        return parameterNames.size();
    }

    /// The public constant of this kind.
    ///
    /// @return the kind of the same name
    ObjectKind shown() {
        return ObjectKind.valueOf(name());
    }

    /// The number of the kind in the header of an object; the same in every release.
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
        if (second < MIN_RING_BYTES || second > bodyBytes - MIN_RING_BYTES) {
            throw new CorruptObjectException("a pipe of %,d bytes claims its second ring at %,d; unlink and recreate it"
                    .formatted(bodyBytes, second));
        }
        return second;
    }
}
