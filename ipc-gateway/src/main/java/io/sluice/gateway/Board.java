package io.sluice.gateway;

import io.sluice.core.memory.Memory;
import io.sluice.core.owner.Closing;
import io.sluice.shm.body.ArrayBody;
import io.sluice.shm.body.Guard;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectSpec;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.owner.OwnerToken;
import org.agrona.CloseHelper;

/// A shared array of longs beside the object that a gateway serves: who serves it, its counters, and for a receiving
/// end the ledger. Any process can read it, as `SharedSpace.longArray`; the gateway alone writes.
///
/// ```
///   element   0        1        2 .. 12       13 .. 31    32 .. 63      64 ..
///           +--------+--------+-------------+-----------+-------------+-----------+
///           | layout | server | counters    | reserved  | ledger      | positions |
///           +--------+--------+-------------+-----------+-------------+-----------+
/// ```
///
/// [Counter] numbers the counters, and [Ledger] the rest. `server` is the token of the process that serves; one that
/// died is replaced, one that lives is not. The array lives as long as its space, as the object does.
final class Board implements AutoCloseable {
    static final int HEADER = 64;
    private static final long LAYOUT = 1;
    private static final int AT_LAYOUT = 0;
    private static final int AT_SERVER = 1;

    /// What is counted, since the process that serves has started.
    enum Counter {
        /// Whether the other end is there: 0 or 1.
        CONNECTED(2),
        /// Messages that were sent for the first time, or delivered; none that was dropped.
        MESSAGES(3),
        /// Bytes of these.
        BYTES(4),
        /// Messages that the other end has acknowledged, or that were acknowledged to it.
        ACKNOWLEDGED(5),
        /// Messages sent again; or received again and suppressed.
        REPEATED(6),
        /// Messages that this end has dropped.
        DROPPED(7),
        /// Messages that the network, or a restart, has lost.
        LOST(8),
        /// How often the other end has appeared.
        CONNECTS(9),
        /// How often one end has asked the other for what is missing.
        RESUMES(10),
        /// Messages that were sent and are not acknowledged.
        LAG(11),
        /// When these numbers were written, in milliseconds since 1970.
        UPDATED(12);

        private final int element;

        Counter(int element) {
            this.element = element;
        }
    }

    private final LocalObject local;
    private final SharedObject array;
    private final long address;
    private final int server;
    private final int predecessor;

    private Board(LocalObject local, SharedObject array, int server, int predecessor) {
        this.local = local;
        this.array = array;
        this.address = array.address() + Guard.BYTES;
        this.server = server;
        this.predecessor = predecessor;
    }

    /// Opens the board of one stream, and takes its place.
    ///
    /// @param local the object that is served
    /// @param role `out` or `in`
    /// @param stream number of the stream
    /// @param elements how many longs
    /// @throws GatewayException if a live gateway serves this stream of the object
    static Board open(LocalObject local, String role, int stream, int elements) {
        SharedObject array = local.space().open(spec(local, role, stream, elements));
        try {
            return takePlace(local, array, stream);
        } catch (RuntimeException | Error refused) {
            CloseHelper.quietClose(array);
            throw refused;
        }
    }

    private static ObjectSpec spec(LocalObject local, String role, int stream, int elements) {
        String name = "%s.gateway-%s-%s".formatted(local.name(), role, stream);
        try {
            return ObjectSpec.of(
                    name, Kind.ARRAY, new ArrayBody(elements, Long.BYTES), "long", local.object().temporary());
        } catch (IllegalArgumentException refused) {
            throw new GatewayException(("'%s': its name has %d characters, and the array of the gateway's counters,"
                    + " '%s', would have %d; give the object a name that is shorter by the difference to 64").formatted(
                    local.name(), local.name().length(), name, name.length()), refused);
        }
    }

    private static Board takePlace(LocalObject local, SharedObject array, int stream) {
        long at = array.address() + Guard.BYTES;
        SharedObject object = local.object();
        int self = object.token(local.space().ownerSlot());
        for (;;) {
            int found = (int) Memory.getLongVolatile(at + AT_SERVER * (long) Long.BYTES);
            if (object.isAlive(found) && found != self) {
                throw new GatewayException(("'%s': process %d is the gateway of stream %d; end that one, or choose"
                        + " another --stream").formatted(
                        object.name(), object.processId(OwnerToken.slot(found)), stream));
            }
            if (Memory.compareAndSetLong(at + AT_SERVER * (long) Long.BYTES, found, self)) {
                long layout = Memory.getLong(at + AT_LAYOUT);
                if (layout != 0 && layout != LAYOUT) {
                    throw new GatewayException(("'%s' was written by another release of the gateway (layout %d, this"
                            + " one has %d); unlink it, and both ends begin anew").formatted(
                            array.name(), layout, LAYOUT));
                }
                Memory.putLong(at + AT_LAYOUT, LAYOUT);
                return new Board(local, array, self, found);
            }
        }
    }

    /// The token of the process that had this place before, or 0.
    int predecessor() {
        return predecessor;
    }

    long get(int element) {
        return Memory.getLongAcquire(address + (long) element * Long.BYTES);
    }

    void set(int element, long value) {
        Memory.putLongRelease(address + (long) element * Long.BYTES, value);
    }

    long get(Counter counter) {
        return get(counter.element);
    }

    void set(Counter counter, long value) {
        set(counter.element, value);
    }

    LocalObject local() {
        return local;
    }

    /// Leaves the place, and the numbers where they are.
    @Override
    public void close() {
        new Closing().then(this::leave).then(array).end();
    }

    private void leave() {
        boolean _ = Memory.compareAndSetLong(address + AT_SERVER * (long) Long.BYTES, server, 0);
    }
}
