package io.sluice.shm.pipe;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.RingConsumer;
import io.sluice.core.ring.RingProducer;
import io.sluice.core.ring.RoleHeldException;
import io.sluice.shm.body.PipeBody;
import io.sluice.shm.linux.ThisProcess;
import io.sluice.shm.object.NamedHandle;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedObject;
import java.io.Serial;
import java.io.Serializable;

/// A connection with two ends, [#first()] and [#second()], each for one process at a time.
///
/// A duplex pipe carries messages both ways; in a simplex one the first end sends and the second receives. While a live
/// process has an end, no other can take it; an end that was closed, or whose process died, can be taken again.
///
/// - **Threads:** any.
/// - **Lifetime:** [#close()] closes the ends that were taken through this handle; the name stays until
///   [#unlink()].
///
/// A handle is `Serializable`: it carries names, and opens the pipe again where it is read. An end is `Serializable`
/// too, and then belongs to the receiver. Give a child its end rather than the pipe: if the child dies first, the other
/// side of a sent end sees the end of the stream, but waits on if the child was to take the end by itself.
///
/// @param <E> type of the objects that [Connection#send] and [Connection#receive] carry
@SuppressWarnings("exports")     // what names unexported types is hidden, and for SharedSpace
public final class SharedPipe<E> implements NamedHandle, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Opening opening;
    private final transient SharedObject object;
    private final transient Codec<E> codec;
    private final transient String title;
    private final transient int maxMessageBytes;
    private final transient Ring forward;
    private final transient Ring backward;
    private transient boolean closed;

    private record Reference(ObjectReference object, Codec<?> codec) implements Serializable {
        @Serial
        private Object readResolve() {
            return object.attach().handle(opening -> new SharedPipe<>(opening, codec));
        }
    }

    /// Opens a handle; for `SharedSpace`, which finds the object.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param codec of the objects
    /// @hidden
    public SharedPipe(Opening opening, Codec<E> codec) {
        this(opening, codec, opening.object().name(), ExpandableMemoryBuffer.MAX_CAPACITY);
    }

    /// Opens a handle with a limit, for connections of `io.sluice.pool`.
    ///
    /// @param opening the mapped object, which the handle closes
    /// @param codec of the objects
    /// @param title of the pipe in messages
    /// @param maxMessageBytes the longest message that its ends send, and receive: for a longer one a receive throws
    ///     `ProtocolException` before memory is allocated
    /// @hidden
    public SharedPipe(Opening opening, Codec<E> codec, String title, int maxMessageBytes) {
        this.title = title;
        this.maxMessageBytes = maxMessageBytes;
        this.opening = opening;
        this.object = opening.object();
        this.codec = codec;
        PipeBody body = (PipeBody) object.body();
        this.forward = ring(0, body.secondRing());
        this.backward = body.duplex() ? ring(body.secondRing(), body.secondRing()) : null;
    }

    private Ring ring(long offset, long size) {
        return new Ring(object.name(), object.address() + offset, size, object.parking(), object.liveness());
    }

    /// The name of the pipe in its space.
    ///
    /// @return the name
    @Override
    public String name() {
        return object.name();
    }

    /// Whether messages go both ways.
    ///
    /// @return false if the first end only sends and the second only receives
    public boolean isDuplex() {
        return backward != null;
    }

    /// Takes the first end.
    ///
    /// @return the end, to be closed by the caller
    /// @throws RoleHeldException if a live process has it
    public Connection<E> first() {
        return take(true, Ring.NO_RESERVATION, Ring.NO_RESERVATION, false);
    }

    /// Takes the second end.
    ///
    /// @return the end, to be closed by the caller
    /// @throws RoleHeldException if a live process has it
    public Connection<E> second() {
        return take(false, Ring.NO_RESERVATION, Ring.NO_RESERVATION, false);
    }

    /// The end that was sent with this handle; it closes the handle.
    Connection<E> arrived(boolean first, int sending, int receiving) {
        return take(first, sending, receiving, true);
    }

    private synchronized Connection<E> take(boolean first, int sending, int receiving, boolean alone) {
        checkOpen();
        Ring out = out(first);
        Ring in = out(!first);
        RingProducer producer = null;
        RingConsumer consumer = null;
        try {
            producer = out == null ? null : out.producer(opening.waiting(), sending);
            consumer = in == null ? null : in.consumer(opening.waiting(), receiving);
            return new PipeEnd<>(this, first,
                    producer == null ? null : new Sender<>(end(out), producer),
                    consumer == null ? null : new Receiver<>(end(in), consumer), alone);
        } catch (Throwable failure) {
            try (RingConsumer _ = consumer; RingProducer _ = producer) {     // leaves the roles, whatever failed
                if (failure instanceof RoleHeldException held) {
                    throw taken(first, held);
                }
                throw failure;
            }
        }
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw new ClosedException("pipe '%s': this handle was closed".formatted(name()));
        }
    }

    /// The ring into which an end sends, or null.
    private Ring out(boolean first) {
        return first ? forward : backward;
    }

    private RoleHeldException taken(boolean first, RoleHeldException held) {
        String end = first ? "first" : "second";
        String other = first ? "second" : "first";
        long pid = object.processId(held.owner());
        String holder = "process %d%s".formatted(pid, pid == ThisProcess.pid() ? " (this one)" : "");
        return new RoleHeldException((held.isReserved()
                ? "pipe '%s': %s has sent the %s end to another process, which has not taken it yet; take the %s end"
                : "pipe '%s': %s has the %s end; close it there, or take the %s end").formatted(
                name(), holder, end, other), held.owner(), held.isReserved());
    }

    String title() {
        return title;
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    Codec<E> codec() {
        return codec;
    }

    /// Withdraws the reservation of an end that no process has taken; the other side then sees the end of the stream.
    Runnable withdrawal(boolean first, int sending, int receiving) {
        Ring out = out(first);
        Ring in = out(!first);
        return () -> {
            if (out != null && !object.isClosed()) {
                out.withdraw(sending, Ring.NO_RESERVATION);
            }
            if (in != null && !object.isClosed()) {
                in.withdraw(Ring.NO_RESERVATION, receiving);
            }
        };
    }

    private Direction<E> end(Ring ring) {
        return new Direction<>(object, title, codec, ring, ring == forward ? 0 : PipeBody.SECOND_RING_POSITION,
                maxMessageBytes);
    }

    @Override
    public boolean isLinked() {
        checkOpen();
        return object.isStillNamed();
    }

    @Override
    public boolean unlink() {
        checkOpen();
        return object.unlink();
    }

    @Override
    public synchronized boolean isClosed() {
        return closed;
    }

    /// Closes the ends that were taken through this handle; the other side sees the end of the stream. A second call
    /// does nothing.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Closing closing = new Closing().then(forward::close);
            if (backward != null) {
                closing.then(backward::close);
            }
            closing.then(opening).end();
        }
    }

    /// Name and kind, for display.
    @Override
    public synchronized String toString() {
        return "SharedPipe[%s, %s, %s%s]".formatted(
                name(), isDuplex() ? "duplex" : "simplex", codec.identity(), closed ? ", closed" : "");
    }

    @Override
    public ObjectReference reference() {
        return opening.reference();
    }

    @Serial
    private Object writeReplace() {
        return new Reference(reference(), codec);
    }
}
