package io.sluice.shm.death;

import java.util.Arrays;

/// A road as one process sees it: puts and takes numbered messages.
abstract class Lane {
    static final long NONE = -1;

    /// Puts a message; waits for room.
    abstract void put(long id) throws InterruptedException;

    /// Puts a message if there is room.
    abstract boolean offer(long id);

    /// Begins to put a message, and aborts.
    void abort(long id) {
        throw new UnsupportedOperationException("cannot abort " + id);
    }

    /// Takes a message, tells its number, and acknowledges it.
    ///
    /// @return its number, or [#NONE] if none came in time
    abstract long take(long timeoutNanos, Received received) throws InterruptedException;

    /// Takes a message and gives it back.
    void giveBack() throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /// Records the messages of a consumer; before it acknowledges, if that is a step of its own.
    interface Received {
        void add(long id);
    }

    /// A message: its number, and bytes that follow from it.
    static byte[] message(long id, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (id >>> (8 * i));
        }
        for (int i = Long.BYTES; i < length; i++) {
            bytes[i] = (byte) (id * 31 + i);
        }
        return bytes;
    }

    /// The number of a message that is whole.
    static long number(byte[] bytes, int length) {
        long id = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            id |= (bytes[i] & 0xFFL) << (8 * i);
        }
        if (!Arrays.equals(bytes, message(id, length))) {   // not AssertJ, which costs a child a second to load
            throw new AssertionError("message %x is not whole".formatted(id));
        }
        return id;
    }
}
