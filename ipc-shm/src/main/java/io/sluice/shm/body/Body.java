package io.sluice.shm.body;

import io.sluice.core.park.Parking;
import java.util.List;
import java.util.function.LongConsumer;

/// What an object consists of behind its header: the numbers that it is made with, its size, and what a death in it
/// needs. One record for each structure; kinds that differ in their handles alone share one.
///
/// The numbers stand in the header of the object, where every process and every cleaner finds them. Each record encodes
/// them with [#numbers] and decodes them with a static method `of`. Their names, for messages and listings, are in
/// `NAMES` beside it, in the same order. `of` returns a [Body], not its record: where several meet, the JVM would
/// otherwise load all of them to verify that.
///
/// - **Threads:** any; a body is a value.
/// - **Errors:** a constructor refuses numbers that no creator can have chosen, with an `IllegalArgumentException` that
///   does not know the name of the object.
public sealed interface Body extends LongConsumer permits RingBody, PipeBody, LockBody, ReadWriteLockBody,
        SemaphoreBody, EventBody, LatchBody, BarrierBody, NumberBody, ArrayBody, CellsBody, ServiceBody {
    /// How many numbers a header keeps.
    int NUMBERS = 8;

    /// The numbers of the header.
    ///
    /// @return a new array of [#NUMBERS]; those that it does not use are 0
    long[] numbers();

    /// The numbers as a reader understands them, for messages: names of policies, and truth values.
    ///
    /// @return in the order of the names
    List<?> shown();

    /// Size of the memory.
    ///
    /// @return bytes
    /// @throws ArithmeticException if it does not fit into a `long`
    long bytes();

    /// Writes the first state into new memory, which is zero.
    ///
    /// @param at absolute address of the body
    default void format(long at) {
        // For most, zeros are the first state.
    }

    /// A body is the initializer of a new object, by [#format].
    @Override
    default void accept(long at) {
        format(at);
    }

    /// Finishes, or undoes, the operations of a dead process. One caller at a time does so for a slot; it may itself
    /// die at any step, and the next one starts again.
    ///
    /// @param at absolute address of the body
    /// @param slot the dead process's
    /// @param pid its process id, for display; 0 if it is not known
    /// @param parking wakes waiters for what the dead process held
    void recover(long at, int slot, long pid, Parking parking);

    /// Loads the classes of [#recover] that a user of the object does not load anyway, since the first recovery of a
    /// process would otherwise take a hundred times as long as the next ones.
    default void prepareRecovery() {
        // Most have none.
    }

    /// Whether a large message at a position is still referred to; only rings and services have any.
    ///
    /// @param at absolute address of the body
    /// @param position of the message
    /// @return whether
    default boolean refersTo(long at, long position) {
        return false;
    }

    /// Tells an observer what the object is doing. Reads alone: the memory may be mapped read-only, and others use it
    /// meanwhile.
    ///
    /// @param at absolute address of the body
    /// @param into collects it
    /// @throws io.sluice.core.error.CorruptObjectException if the memory holds what no participant can have written
    void look(long at, Look into);

    /// How many rings of messages it has.
    ///
    /// @return 0 to 2
    default int rings() {
        return 0;
    }

    /// Where a ring begins.
    ///
    /// @param number 0 and up, less than [#rings]
    /// @return bytes from the beginning of the body
    default long ring(int number) {
        return 0;
    }

    /// Size of each ring.
    ///
    /// @return bytes; 0 if it has none
    default long ringBytes() {
        return 0;
    }

    /// Fills up the numbers of a body with zeros.
    ///
    /// @param first the numbers that it uses
    /// @return a new array of [#NUMBERS]
    static long[] padded(long... first) {
        long[] all = new long[NUMBERS];
        System.arraycopy(first, 0, all, 0, first.length);
        return all;
    }
}
