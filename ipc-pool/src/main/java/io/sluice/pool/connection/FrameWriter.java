package io.sluice.pool.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.locks.ReentrantLock;

/// Writes messages into a stream, one at a time.
///
/// - **Threads:** any; a lock admits one at a time, so messages do not mix.
final class FrameWriter {
    private static final int CHUNK_BYTES = 16 << 10;

    private final SocketStream stream;
    private final ReentrantLock lock = new ReentrantLock();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    /// Whether a message was written in part, so that nothing can follow; guarded by the lock.
    private boolean cut;
    private volatile boolean interrupted;

    /// The bytes of a message.
    interface Body {
        /// Copies a part to the position of the target.
        void copy(int index, ByteBuffer target, int length);
    }

    FrameWriter(SocketStream stream) {
        this.stream = stream;
    }

    /// Keeps other threads from writing, until [#unlock].
    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /// Writes a message; waits for room in the socket until the deadline.
    ///
    /// @return false at the deadline; nothing can follow
    /// @throws InterruptedException if interrupted before the first byte; nothing was written
    /// @throws ClosedByInterruptException if interrupted after it, with the interrupt status set; nothing can follow
    /// @throws IOException if the socket fails
    boolean write(byte kind, Body body, int length, long deadline) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (cut) {
                throw new IOException("an earlier message was written in part");
            }
            return writeAlone(kind, body, length, deadline);
        } finally {
            lock.unlock();
        }
    }

    private boolean writeAlone(byte kind, Body body, int length, long deadline)
            throws IOException, InterruptedException {
        chunk.clear().putInt(length).put(kind);
        int copied = 0;
        boolean whole = false;
        boolean begun = false;
        try {
            while (true) {
                int count = Math.min(chunk.remaining(), length - copied);
                body.copy(copied, chunk, count);
                copied += count;
                chunk.flip();
                while (!stream.write(chunk)) {
                    begun |= chunk.position() > 0;
                    if (!stream.awaitWritable(deadline)) {
                        return false;
                    }
                }
                if (copied == length) {
                    whole = true;
                    return true;
                }
                begun = true;
                chunk.clear();
            }
        } catch (InterruptedException e) {
            begun |= chunk.position() > 0;
            if (!begun) {
                throw e;
            }
            interrupted = true;
            Thread.currentThread().interrupt();
            throw (ClosedByInterruptException) new ClosedByInterruptException().initCause(e);
        } finally {
            cut |= begun && !whole;
        }
    }

    /// Writes the farewell, if the last message is whole. Interrupts do not shorten the wait.
    ///
    /// @param deadline end of the wait for room
    /// @return whether it was written
    boolean writeFarewell(long deadline) throws IOException {
        boolean interruptedHere = false;
        lock.lock();                 // a sender that waits for room was woken, and leaves
        try {
            if (cut) {
                return false;
            }
            chunk.clear().putInt(0).put(Frame.FAREWELL).flip();
            cut = true;              // nothing can follow
            while (!stream.write(chunk)) {
                try {
                    if (!stream.awaitLastRoom(deadline)) {
                        return false;
                    }
                } catch (InterruptedException e) {
                    interruptedHere = true;
                }
            }
            return true;
        } finally {
            lock.unlock();
            if (interruptedHere) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Whether a sender was interrupted within its message.
    boolean wasInterrupted() {
        return interrupted;
    }
}
