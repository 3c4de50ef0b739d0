package io.sluice.bench.crossprocess;

import io.sluice.bench.link.Place;
import io.sluice.bench.link.Setting;
import io.sluice.core.memory.Memory;
import io.sluice.shm.linux.Futex;
import java.nio.file.Path;

/// The page through which coordinator and participants exchange orders and results, so that no pipe and no system call
/// falls into the measured time. Native byte order; offsets in bytes.
///
/// ```
///         0          4        8
///      0  +----------+--------+---------+- - -+
///         | number   | order  | millis  |     |    coordinator; the number grows by one with each order
///    128  +----------+--------+---------+- - -+
///         | done     |                        |    each participant adds 1 for each order that it has executed
///    256  +----------+----------+- - - - - - -+
///         | ping                |             |    first sender, in a probe
///    384  +---------------------+- - - - - - -+
///         | pong                |             |    first receiver, in a probe
///    512  +---------------------+- - - - - - -+
///         | stamp: nanoTime     |             |    first sender: the start of the block; in wake-ups, of each message
///    640  +---------------------+- - - - - - -+
///         | one for each participant, 512 bytes each:
///         |    0  arrived: number of the last barrier at which it arrived
///         |  128  sent: messages since the start; NOT_YET while it is sending
///         |  256  received: messages since the start
///         |  384  results, 8 bytes each, see Result; cleared by the coordinator
///         +-----------------------------------+
/// ```
@SuppressWarnings("EnumOrdinal")   // only processes of the same jar share a page
final class ControlPage {
    static final int BYTES = 8192;
    static final long NOT_YET = Long.MAX_VALUE;

    private static final int NUMBER = 0;
    private static final int ORDER = 4;
    private static final int MILLIS = 8;
    private static final int DONE = 128;
    private static final int PING = 256;
    private static final int PONG = 384;
    private static final int STAMP = 512;
    private static final int PARTICIPANTS = 640;
    private static final int PARTICIPANT_BYTES = 512;
    private static final int SENT = 128;
    private static final int RECEIVED = 256;
    private static final int RESULTS = 384;

    private static final long SLICE_NANOS = 100_000_000;

    /// What the coordinator orders.
    enum Order { PROBE, BLOCK, STOP }

    /// What a participant reports about an order.
    enum Result { PROBE_NANOS, MESSAGES, NANOS, REFUSALS, EMPTY_LOOKS, P50, CPU_NANOS }

    /// Called between two looks at the page; throws to end the wait.
    interface Watch {
        void check();
    }

    private final long address;
    private final Participants participants;

    ControlPage(Path file, Participants participants) {
        this.address = Place.map(file, BYTES);
        this.participants = participants;
    }

    // The coordinator's side.

    /// Gives an order. All participants have executed the previous one.
    void give(Order order, long millis) {
        for (int number = 0; number < participants.size(); number++) {
            for (Result result : Result.values()) {
                put(number, result, 0);
            }
        }
        for (int sender = 0; sender < participants.senders(); sender++) {
            sent(sender, NOT_YET);
        }
        Memory.putInt(address + ORDER, order.ordinal());
        Memory.putLong(address + MILLIS, millis);
        Memory.putIntVolatile(address + NUMBER, number() + 1);   // pairs with the read in awaitOrder
        Futex.INSTANCE.unpark(address + NUMBER);
    }

    /// Sleeps until the participants have executed `count` orders, summed over all participants.
    void awaitDone(int count, Watch watch) {
        for (int done = done(); done < count; done = done()) {
            watch.check();
            Futex.INSTANCE.park(address + DONE, done, SLICE_NANOS);
        }
    }

    private int done() {
        return Memory.getIntVolatile(address + DONE);
    }

    // The participants' side.

    int number() {
        return Memory.getIntVolatile(address + NUMBER);
    }

    /// Sleeps until there is an order after the one with number `last`.
    Order awaitOrder(int last) {
        while (number() == last) {
            Futex.INSTANCE.park(address + NUMBER, last, SLICE_NANOS);
        }
        return Order.values()[Memory.getInt(address + ORDER)];
    }

    long millis() {
        return Memory.getLong(address + MILLIS);
    }

    void reportDone() {
        Memory.getAndAddInt(address + DONE, 1);
        Futex.INSTANCE.unpark(address + DONE);
    }

    /// Arrives at a barrier, and spins until all participants have arrived.
    void arriveAndAwait(int number, long barrier) {
        Memory.putLongRelease(participant(number), barrier);
        for (int other = 0; other < participants.size(); other++) {
            while (Memory.getLongAcquire(participant(other)) < barrier) {
                Thread.onSpinWait();
                Setting.pause();
            }
        }
    }

    private long participant(int number) {
        return address + PARTICIPANTS + (long) number * PARTICIPANT_BYTES;
    }

    /// Publishes the number of messages that a sender has sent since the start.
    void sent(int number, long messages) {
        Memory.putLongRelease(participant(number) + SENT, messages);
    }

    /// Number of messages that all senders have sent since the start; [#NOT_YET] while one of them is sending.
    long sent() {
        long all = 0;
        for (int sender = 0; sender < participants.senders(); sender++) {
            long messages = Memory.getLongAcquire(participant(sender) + SENT);
            if (messages == NOT_YET) {
                return NOT_YET;
            }
            all += messages;
        }
        return all;
    }

    /// Publishes the number of messages that a receiver has received since the start.
    void received(int number, long messages) {
        Memory.putLongRelease(participant(number) + RECEIVED, messages);
    }

    /// Number of messages that all receivers have received since the start.
    long received() {
        long all = 0;
        for (int receiver = participants.senders(); receiver < participants.size(); receiver++) {
            all += Memory.getLongAcquire(participant(receiver) + RECEIVED);
        }
        return all;
    }

    long pingLine() {
        return address + PING;
    }

    long pongLine() {
        return address + PONG;
    }

    long stamp() {
        return Memory.getLongAcquire(address + STAMP);
    }

    void stamp(long nanoTime) {
        Memory.putLongRelease(address + STAMP, nanoTime);
    }

    // Results.

    private long resultAddress(int number, Result result) {
        return participant(number) + RESULTS + result.ordinal() * (long) Long.BYTES;
    }

    private long get(int number, Result result) {
        return Memory.getLongAcquire(resultAddress(number, result));
    }

    void put(int number, Result result, long value) {
        Memory.putLongRelease(resultAddress(number, result), value);
    }

    /// Sum of the results of all participants.
    long sum(Result result) {
        long sum = 0;
        for (int number = 0; number < participants.size(); number++) {
            sum += get(number, result);
        }
        return sum;
    }

    /// Greatest result of a participant.
    long max(Result result) {
        long max = 0;
        for (int number = 0; number < participants.size(); number++) {
            max = Math.max(max, get(number, result));
        }
        return max;
    }
}
