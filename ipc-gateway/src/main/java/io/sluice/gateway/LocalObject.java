package io.sluice.gateway;

import io.sluice.core.owner.Closing;
import io.sluice.core.ring.Ring;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.body.PipeBody;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.object.Space;
import io.sluice.shm.space.SpaceOptions;
import org.agrona.CloseHelper;

/// The local object that a gateway drains or fills: as rings of bytes, whatever its codec.
final class LocalObject implements AutoCloseable {
    private final Space space;
    private final SharedObject object;
    private final Form form;

    private LocalObject(Space space, SharedObject object, Form form) {
        this.space = space;
        this.object = object;
        this.form = form;
    }

    /// Opens an object that is there.
    ///
    /// @param spaceName name of its space
    /// @param name of the object
    /// @throws GatewayException if a gateway does not carry its kind
    /// @throws NoSuchObjectException if it, or the space, is not there
    static LocalObject open(String spaceName, String name) {
        Kind kind = SpaceRoot.usual().info(spaceName).objects().stream()
                .filter(found -> found.name().equals(name))
                .map(found -> Kind.valueOf(found.kind().name()))
                .findFirst()
                .orElseThrow(() -> new NoSuchObjectException(("no object '%s' in space '%s'; start the program that"
                        + " creates it first, or correct the name: 'sluice ls %s' lists them").formatted(
                        name, spaceName, spaceName)));
        Form form = Form.of(kind, name);
        Space space = Space.open(spaceName, SpaceOptions.defaults());
        try {
            space.sweep();               // a predecessor that was killed
            return new LocalObject(space, space.attach(name, kind), form);
        } catch (RuntimeException | Error refused) {
            CloseHelper.quietClose(space);
            throw refused;
        }
    }

    String name() {
        return object.name();
    }

    SharedObject object() {
        return object;
    }

    Space space() {
        return space;
    }

    Form form() {
        return form;
    }

    /// The ring from which this gateway takes.
    ///
    /// @param secondEnd of a pipe: whether the gateway has that end
    LocalRing outgoing(boolean secondEnd) {
        return ring(secondEnd);
    }

    /// The ring into which this gateway puts.
    ///
    /// @param secondEnd of a pipe: whether the gateway has that end
    LocalRing incoming(boolean secondEnd) {
        return ring(!secondEnd);
    }

    /// Whether there is a ring from which the gateway takes: the second end of a simplex pipe sends nothing.
    boolean hasOutgoing(boolean secondEnd) {
        return secondEnd || ((PipeBody) object.body()).duplex();
    }

    private LocalRing ring(boolean first) {
        if (form != Form.PIPE) {
            return new LocalRing(this, ring(0, object.size()), 0);
        }
        PipeBody body = (PipeBody) object.body();
        return first ? new LocalRing(this, ring(0, body.secondRing()), 0)
                : new LocalRing(this, ring(body.secondRing(), body.secondRing()), PipeBody.SECOND_RING_POSITION);
    }

    private Ring ring(long offset, long size) {
        return new Ring(name(), object.address() + offset, size, object.parking(), object.liveness());
    }

    @Override
    public void close() {
        new Closing().then(object).then(space).end();
    }

    /// One ring of the object.
    ///
    /// @param of the object
    /// @param ring its messages
    /// @param sideBit what is added to a position to name the file of a large message
    record LocalRing(LocalObject of, Ring ring, long sideBit) {}
}
