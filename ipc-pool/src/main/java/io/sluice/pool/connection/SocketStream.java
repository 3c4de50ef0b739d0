package io.sluice.pool.connection;

import io.sluice.core.owner.Closing;
import io.sluice.core.park.Waiter;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/// A stream of bytes over a socket, whose waits end at a deadline, by an interrupt, and by a close.
///
/// - **Threads:** one reads and one writes at a time; any ends the waits, and closes.
class SocketStream implements Closeable {
    /*
     * The channel does not block. A thread that must wait does so in a selector: there an interrupt ends the wait and
     * leaves the channel open, while an interrupt in a blocking read would close it. A virtual thread that waits in a
     * selector gives its carrier back. Each direction has a selector of its own, made when it first waits: a selector
     * has one thread at a time, and takes two descriptors.
     */
    private final SocketChannel channel;
    private Selector readable;
    private Selector writable;
    /// Set before the selectors are woken, and looked at after each wake-up.
    private volatile boolean ending;
    private boolean closed;

    /// @param channel connected; belongs to the stream from here on
    SocketStream(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
    }

    final SocketChannel channel() {
        return channel;
    }

    /// What must be done before bytes can travel.
    void begin(long deadline) throws IOException, InterruptedException {
        // A plain socket is ready.
    }

    /// Reads what is there. @return number of bytes, 0 if there are none now, -1 at the end
    int read(ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    /// Writes what fits. @return whether everything, of earlier calls too, is in the socket
    boolean write(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            if (channel.write(source) == 0) {
                return false;
            }
        }
        return true;
    }

    /// Waits until there may be something to read. @return false at the deadline
    final boolean awaitReadable(long deadline) throws IOException, InterruptedException {
        return await(readable(), deadline, false);
    }

    /// Waits until there may be room to write. @return false at the deadline
    final boolean awaitWritable(long deadline) throws IOException, InterruptedException {
        return await(writable(), deadline, false);
    }

    /// As [#awaitWritable], also after [#endWaits]: for the last message.
    final boolean awaitLastRoom(long deadline) throws IOException, InterruptedException {
        return await(writable(), deadline, true);
    }

    private synchronized Selector readable() throws IOException {
        if (readable == null) {
            readable = open(SelectionKey.OP_READ);
        }
        return readable;
    }

    private synchronized Selector writable() throws IOException {
        if (writable == null) {
            writable = open(SelectionKey.OP_WRITE);
        }
        return writable;
    }

    private Selector open(int operation) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        Selector selector = Selector.open();
        try {
            channel.register(selector, operation);
        } catch (IOException | RuntimeException | Error refused) {
            selector.close();
            throw refused;
        }
        return selector;
    }

    /// A selector with an action keeps no set of ready keys, which would have to be cleared.
    private static void nothing(SelectionKey key) {
        // The caller reads or writes.
    }

    private boolean await(Selector selector, long deadline, boolean last) throws IOException, InterruptedException {
        while (true) {
            Waiter.checkInterrupt();
            if (ending && !last) {
                throw new ClosedChannelException();
            }
            long left = deadline == Waiter.FOREVER ? Waiter.FOREVER : deadline - System.nanoTime();
            try {
                if (left <= 0) {
                    return selector.selectNow(SocketStream::nothing) > 0;
                }
                // Rounded up: a wait that ends too early would spin until the deadline. 0 stands for no limit.
                long millis = left == Waiter.FOREVER ? 0 : TimeUnit.NANOSECONDS.toMillis(left) + 1;
                if (selector.select(SocketStream::nothing, millis) > 0) {
                    return true;
                }
            } catch (ClosedSelectorException e) {
                throw (ClosedChannelException) new ClosedChannelException().initCause(e);
            }
        }
    }

    /// Reads until the buffer is full.
    final void readFully(ByteBuffer target, long deadline) throws IOException, InterruptedException {
        while (target.hasRemaining()) {
            int count = read(target);
            if (count < 0) {
                throw new EOFException("the other side ended the connection");
            }
            if (count == 0 && !awaitReadable(deadline)) {
                throw new SocketTimeoutException("timed out while reading");
            }
        }
    }

    /// Writes the whole buffer.
    final void writeFully(ByteBuffer source, long deadline) throws IOException, InterruptedException {
        while (!write(source)) {
            if (!awaitWritable(deadline)) {
                throw new SocketTimeoutException("timed out while writing");
            }
        }
    }

    /// Ends the waits of all threads, now and later.
    final synchronized void endWaits() {
        ending = true;
        if (readable != null) {
            var _ = readable.wakeup();
        }
        if (writable != null) {
            var _ = writable.wakeup();
        }
    }

    /// Closes the socket. A second call does nothing.
    @Override
    public void close() {
        endWaits();
        Closing closing = new Closing();
        synchronized (this) {
            closed = true;           // from here on no selector is made
        }
        if (readable != null) {
            closing.then(readable);
        }
        if (writable != null) {
            closing.then(writable);
        }
        closing.then(channel);    // after the selectors: a registered channel keeps its descriptor
        closing.end();
    }
}
