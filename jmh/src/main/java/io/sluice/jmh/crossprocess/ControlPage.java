package io.sluice.jmh.crossprocess;

import io.sluice.core.memory.Memory;
import io.sluice.shm.linux.Futex;
import java.nio.file.Path;

/// The page through which the coordinator and the two processes of a contestant talk, so that no pipe and no system
/// call falls into the measured time. Native byte order; offsets in bytes.
///
/// ```
///         0          4        8
///      0  +----------+--------+---------+- - -+
///         | number   | order  | millis  |     |    coordinator; the number grows by one with each order
///    128  +----------+--------+---------+- - -+
///         | done     |                        |    one more from each process that has carried out an order
///    256  +----------+----------+- - - - - - -+
///         | arrived: sender     |             |    sender: how often it has come to a meeting
///    384  +---------------------+- - - - - - -+
///         | arrived: receiver   |             |    receiver
///    512  +---------------------+- - - - - - -+
///         | end: messages sent  |             |    sender; NOT_YET while it is sending
///    640  +---------------------+- - - - - - -+
///         | ping                |             |    sender, in a probe
///    768  +---------------------+- - - - - - -+
///         | pong                |             |    receiver, in a probe
///    896  +---------------------+- - - - - - -+
///         | stamp: nanoTime     |             |    sender: the start of the block; in wake-ups, of each message
///   1024  +---------------------+- - - - - - -+
///         | received: messages  |             |    receiver, in wake-ups
///   1152  +---------------------+- - - - - - -+
///         | results, 8 bytes each, see Result |    whoever knows; cleared by the coordinator
///         +-----------------------------------+
/// ```
@SuppressWarnings("EnumOrdinal")   // what the page says is understood by processes of the same jar only
final class ControlPage {
    static final int BYTES = 4096;
    static final long NOT_YET = Long.MAX_VALUE;

    private static final int NUMBER = 0;
    private static final int ORDER = 4;
    private static final int MILLIS = 8;
    private static final int DONE = 128;
    private static final int ARRIVED_SENDER = 256;
    private static final int ARRIVED_RECEIVER = 384;
    private static final int END = 512;
    private static final int PING = 640;
    private static final int PONG = 768;
    private static final int STAMP = 896;
    private static final int RECEIVED = 1024;
    private static final int RESULTS = 1152;

    private static final long SLICE_NANOS = 100_000_000;

    /// What the coordinator wants.
    enum Order { PROBE, BLOCK, STOP }

    /// What a process reports of an order.
    enum Result { PROBE_NANOS, MESSAGES, NANOS, REFUSALS, EMPTY_LOOKS, P50, P99, MAX, CPU_NANOS, SENT }

    /// What is asked between two looks at the page, and throws to end the wait.
    interface Watch {
        void look();
    }

    private final long address;

    ControlPage(Path file) {
        address = Place.map(file, BYTES);
    }

    // The coordinator's side.

    /// Gives an order. The one before has been carried out.
    void give(Order order, long millis) {
        for (Result result : Result.values()) {
            put(result, 0);
        }
        Memory.putInt(address + ORDER, order.ordinal());
        Memory.putLong(address + MILLIS, millis);
        Memory.putLong(address + END, NOT_YET);
        Memory.putIntVolatile(address + NUMBER, number() + 1);   // pairs with the read in awaitOrder
        Futex.INSTANCE.unpark(address + NUMBER);
    }

    /// Sleeps until so many processes are done, over all orders.
    void awaitDone(int count, Watch watch) {
        for (int done = done(); done < count; done = done()) {
            watch.look();
            Futex.INSTANCE.park(address + DONE, done, SLICE_NANOS);
        }
    }

    private int done() {
        return Memory.getIntVolatile(address + DONE);
    }

    // The processes' side.

    int number() {
        return Memory.getIntVolatile(address + NUMBER);
    }

    /// Sleeps until there is another order than the one carried out last.
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

    /// Waits, spinning, until the other process has come to this meeting too.
    void meet(Role role, long meeting) {
        Memory.putLongRelease(arrived(role), meeting);
        while (Memory.getLongAcquire(arrived(role.other())) < meeting) {
            Thread.onSpinWait();
        }
    }

    private long arrived(Role role) {
        return address + (role == Role.SENDER ? ARRIVED_SENDER : ARRIVED_RECEIVER);
    }

    /// How many messages were sent since the beginning, [#NOT_YET] while the block goes on.
    long end() {
        return Memory.getLongAcquire(address + END);
    }

    void end(long messages) {
        Memory.putLongRelease(address + END, messages);
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

    long received() {
        return Memory.getLongAcquire(address + RECEIVED);
    }

    void received(long messages) {
        Memory.putLongRelease(address + RECEIVED, messages);
    }

    // Results.

    private long resultAddress(Result result) {
        return address + RESULTS + result.ordinal() * (long) Long.BYTES;
    }

    long get(Result result) {
        return Memory.getLongAcquire(resultAddress(result));
    }

    void put(Result result, long value) {
        Memory.putLongRelease(resultAddress(result), value);
    }
}
