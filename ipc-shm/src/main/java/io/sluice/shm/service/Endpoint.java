package io.sluice.shm.service;

import io.sluice.core.buffer.MemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.core.owner.Reachability;
import io.sluice.core.ring.Ring;
import io.sluice.core.ring.ShutdownException;
import io.sluice.core.sync.CallCells;
import io.sluice.shm.body.ServiceBody;
import io.sluice.shm.element.Scratch;
import io.sluice.shm.element.Scratches;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.Opening;
import io.sluice.shm.object.SharedObject;
import java.util.function.BooleanSupplier;

/// A service as one handle sees it: what its clients and its servers have in common.
final class Endpoint {
    /// Bit of a request's type: the request stands in a file. The number of its cell is above it.
    static final int LARGE = Kind.REQUEST_IN_FILE;
    static final int CELL_SHIFT = 1;

    final Opening opening;
    final SharedObject object;
    final ServiceBody body;
    final Ring ring;
    final CallCells cells;
    final Scratches scratches = new Scratches();
    /// Whether no call can get an answer through this handle any more.
    final BooleanSupplier isOver;
    private volatile boolean closed;

    Endpoint(Opening opening) {
        this.opening = opening;
        this.object = opening.object();
        this.body = (ServiceBody) object.body();
        this.ring = new Ring(
                object.name(), object.address(), body.ringBytes(), object.parking(), object.liveness());
        this.cells = new CallCells(object.name(), object.address() + body.cells(), body.capacity(), body.answerBytes(),
                object.parking(), object.liveness(), opening.waiting());
        this.isOver = new BooleanSupplier() {            // no lambda: it would be one on the start path
            @Override
            public boolean getAsBoolean() {
                return isClosed() || ring.isShutdown();
            }
        };
    }

    String name() {
        return object.name();
    }

    boolean isClosed() {
        return closed || object.isClosed();
    }

    void checkOpen() {
        if (isClosed()) {
            throw new ClosedException("service '%s': this handle was closed".formatted(name()));
        }
        Reachability.upToHere(this);
    }

    ShutdownException shutDown() {
        return new ShutdownException("service '%s' was shut down; no call is answered any more".formatted(name()));
    }

    /// Encodes into the scratch. @return the length
    <T> int encode(Codec<T> codec, T value, Scratch scratch) {
        int length = codec.encode(value, scratch.bytes, 0);
        if (length < 0 || length > scratch.bytes.capacity()) {
            throw new CodecException("service '%s': the codec says that it has written %,d bytes into a buffer of %,d"
                    .formatted(name(), length, scratch.bytes.capacity()));
        }
        return length;
    }

    /// Decodes what stands in shared memory.
    <T> T decode(Codec<T> codec, Scratch scratch, long address, int length) {
        scratch.window.wrap(address, length);
        return decode(codec, scratch.window, length);
    }

    /// Decodes what stands in a file.
    <T> T decodeLarge(Codec<T> codec, Scratch scratch, long position, int length) {
        object.sides().read(position, length, scratch.bytes);
        MemoryBuffer window = new MemoryBuffer();
        window.wrap(scratch.bytes, 0, length);   // keeps the memory as long as the codec keeps the window
        return decode(codec, window, length);
    }

    private <T> T decode(Codec<T> codec, MemoryBuffer window, int length) {
        T value = codec.decode(window, 0, length);
        if (value == null) {
            throw new CodecException("service '%s': the codec decoded null".formatted(name()));
        }
        return value;
    }

    void removeSide(long position) {
        try {
            object.sides().remove(position);
        } catch (RuntimeException | VirtualMachineError leftToTheCleaner) {
            // When this process leaves the object, it removes the files that nothing refers to.
        }
    }

    /// Ends this handle. A second call does nothing.
    synchronized void close() {
        if (!closed) {
            closed = true;
            new Closing().then(cells::wakeAllClients).then(ring::close).then(opening).end();
        }
    }
}
