package io.sluice.shm.body;

import io.sluice.core.owner.Liveness;
import io.sluice.core.park.Parking;
import io.sluice.core.ring.RingOptions;
import io.sluice.core.sync.CallCells;
import io.sluice.core.sync.CallsLook;
import java.util.List;

/// A service: a ring of requests, and behind it a cell for each open call.
///
/// @param capacity how many calls can be open at once
/// @param slotBytes size of a slot of the ring
/// @param answerBytes longest answer that stands in a cell
/// @param retries how many more servers get a request whose server was lost
public record ServiceBody(int capacity, int slotBytes, int answerBytes, int retries) implements Body {
    /// Names of the numbers.
    public static final List<String> NAMES = List.of("capacity", "slotBytes", "answerBytes", "retries");

    private static final long ANSWER_POSITION = 1L << 62;
    private static final int CELL_SHIFT = 46;
    private static final long CALL_MASK = (1L << CELL_SHIFT) - 1;
    private static final int PAIR_OF_LINES = 128;

    /// Refuses impossible numbers.
    public ServiceBody {
        RingOptions.check("service", capacity, slotBytes);
        if (capacity > CallCells.MOST_CELLS || answerBytes < 0 || retries < 0) {
            throw new IllegalArgumentException("%,d calls with answers of %,d bytes and %,d retries are impossible"
                    .formatted(capacity, answerBytes, retries));
        }
    }

    /// Decodes the numbers of a header.
    ///
    /// @param numbers as [#numbers] makes them
    /// @return the body
    /// @throws IllegalArgumentException if no creator can have chosen them
    /// @throws ArithmeticException likewise
    public static Body of(long[] numbers) {
        return new ServiceBody(Math.toIntExact(numbers[0]), Math.toIntExact(numbers[1]),
                Math.toIntExact(numbers[2]), Math.toIntExact(numbers[3]));
    }

    @Override
    public long[] numbers() {
        return Body.padded(capacity, slotBytes, answerBytes, retries);
    }

    @Override
    public List<?> shown() {
        return List.of(capacity, slotBytes, answerBytes, retries);
    }

    private RingBody ring() {
        return new RingBody(RingOptions.manyToMany(capacity).withSlotBytes(slotBytes));
    }

    /// Size of the ring of requests, which stands at the beginning.
    ///
    /// @return bytes
    @Override
    public long ringBytes() {
        return ring().bytes();
    }

    /// Where the cells begin.
    ///
    /// @return bytes from the beginning
    public long cells() {
        return (ringBytes() + PAIR_OF_LINES - 1) / PAIR_OF_LINES * PAIR_OF_LINES;
    }

    @Override
    public long bytes() {
        return Math.addExact(cells(), CallCells.bytes(capacity, answerBytes));
    }

    @Override
    public void format(long at) {
        ring().format(at);
    }

    /// Where the file of a large answer stands among those of the object; requests have the positions of their slots.
    ///
    /// @param cell of the call
    /// @param call its number
    /// @return a position that no request has, and no other answer but after 2^46 calls of the same cell
    public static long answerPosition(int cell, long call) {
        return ANSWER_POSITION | (long) cell << CELL_SHIFT | (call & CALL_MASK);
    }

    /// Ends the calls of the dead first: a request that the ring then offers again was leased before, and is dropped.
    @Override
    public void recover(long at, int slot, long pid, Parking parking) {
        CallCells.recover(at + cells(), capacity, answerBytes, slot, parking);
        ring().recover(at, slot, pid, parking);
    }

    @Override
    public void prepareRecovery() {
        ring().prepareRecovery();
    }

    @Override
    public boolean refersTo(long at, long position) {
        return (position & ANSWER_POSITION) == 0
                ? ring().refersTo(at, position)
                : CallCells.refersTo(at + cells(), capacity, answerBytes, (int) (position >>> CELL_SHIFT) & 0xffff,
                        position & CALL_MASK, CALL_MASK);
    }

    @Override
    public void look(long at, Look into) {
        ring().look(at, into, "");
        int[] open = new int[Liveness.MAX_OWNER + 1];
        int[] answering = new int[Liveness.MAX_OWNER + 1];
        new CallsLook(at + cells(), capacity, answerBytes).visit((client, server) -> {
            open[client]++;
            answering[server]++;
        });
        int all = open[0];
        for (int owner = 1; owner < open.length; owner++) {
            all += open[owner];
            if (open[owner] > 0) {
                into.waits("answer", owner, 0, open[owner]);
            }
            if (answering[owner] > 0) {
                into.holds("call", owner, 0, answering[owner]);
            }
        }
        into.shows("open calls", all);
    }

    @Override
    public int rings() {
        return 1;
    }
}
