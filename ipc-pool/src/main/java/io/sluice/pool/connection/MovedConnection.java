package io.sluice.pool.connection;

import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.core.park.Waiter;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.SharedPipe;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A connection whose messages go through a pipe in shared memory. Its socket stays open and silent: its end makes this
/// side look at once whether the other process has died, which a waiter in the pipe would see within a slice of its
/// sleep.
///
/// @param <E> type of the objects
final class MovedConnection<E> implements Connection<E> {
    private final String title;
    private final SharedObject object;
    private final SharedPipe<E> pipe;
    private final Connection<E> end;
    private final SocketStream stream;
    private final FrameWriter writer;
    private final Runnable whenClosed;
    private final AtomicBoolean closed = new AtomicBoolean();
    /// Why it was closed, for later calls.
    private volatile String why = "this side was closed";

    MovedConnection(String title, SharedObject object, SharedPipe<E> pipe, Connection<E> end, SocketStream stream,
            FrameWriter writer, Runnable whenClosed) {
        this.title = title;
        this.object = object;
        this.pipe = pipe;
        this.end = end;
        this.stream = stream;
        this.writer = writer;
        this.whenClosed = whenClosed;
    }

    /// Watches the socket from here on.
    MovedConnection<E> watched() {
        var _ = Thread.ofVirtual().name("sluice-lifeline").inheritInheritableThreadLocals(false).start(this::watch);
        return this;
    }

    private void watch() {
        ByteBuffer bytes = ByteBuffer.allocate(1);
        try {
            int count = stream.read(bytes);
            while (count == 0) {
                var _ = stream.awaitReadable(Waiter.FOREVER);
                count = stream.read(bytes);
            }
            if (count > 0) {
                close("the other side has sent bytes through the socket, while the messages go through shared memory");
                return;
            }
        } catch (ClosedChannelException | InterruptedException closedHere) {
            return;
        } catch (IOException reset) {
            // The end too.
        }
        try {
            object.liveness().sweep();
        } catch (RuntimeException | Error ofTheObject) {
            // The next wait in the pipe gets it.
        }
    }

    @Override
    public void send(E value) throws IOException, InterruptedException {
        checkOpen();
        end.send(value);
    }

    @Override
    public void sendBytes(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        checkOpen();
        end.sendBytes(bytes, offset, length);
    }

    @Override
    public E receive() throws IOException, InterruptedException {
        checkOpen();
        try {
            return end.receive();
        } catch (ProtocolException e) {
            throw closedBy(e);
        }
    }

    @Override
    public byte[] receiveBytes() throws IOException, InterruptedException {
        checkOpen();
        try {
            return end.receiveBytes();
        } catch (ProtocolException e) {
            throw closedBy(e);
        }
    }

    @Override
    public int receiveInto(ByteBuffer target) throws IOException, InterruptedException {
        checkOpen();
        try {
            return end.receiveInto(target);
        } catch (ProtocolException e) {
            throw closedBy(e);
        }
    }

    private ProtocolException closedBy(ProtocolException broken) {
        close("the other side broke the protocol");
        return (ProtocolException) new ProtocolException(broken.getMessage() + "; the connection was closed")
                .initCause(broken);
    }

    @Override
    public boolean poll(long timeout, TimeUnit unit) throws InterruptedException {
        checkOpen();
        return end.poll(timeout, unit);
    }

    @Override
    public ReadableByteChannel readable() {
        checkOpen();
        return Connection.super.readable();
    }

    @Override
    public WritableByteChannel writable() {
        checkOpen();
        return Connection.super.writable();
    }

    @Override
    public int maxMessageBytes() {
        return end.maxMessageBytes();
    }

    @Override
    public Transport transport() {
        return end.transport();
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new ClosedException("%s: %s".formatted(this, why));
        }
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        close("this side was closed");
    }

    private void close(String reason) {
        synchronized (closed) {
            if (closed.get()) {
                return;
            }
            why = reason;
            closed.set(true);
        }
        new Closing().then(end).then(pipe).then(this::closeSocket).then(whenClosed::run).end();
    }

    /// After the greeting, which the listener may be about to write: the client's connect waits for it.
    private void closeSocket() {
        writer.lock();
        try {
            stream.close();
        } finally {
            writer.unlock();
        }
    }

    /// The address of the listener, for display.
    @Override
    public String toString() {
        return "connection '%s'".formatted(title);
    }
}
