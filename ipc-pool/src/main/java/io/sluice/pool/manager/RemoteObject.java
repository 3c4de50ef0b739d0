package io.sluice.pool.manager;

import io.sluice.shm.object.Elsewhere;
import io.sluice.shm.object.KeptObjects;
import java.io.InvalidObjectException;
import java.io.Serial;
import java.io.Serializable;

/// An object in the shared memory of another host, which a handle of this process calls by the manager of that host.
///
/// - **Threads:** any.
final class RemoteObject implements Elsewhere {
    private final Session session;
    private final Directory.Kind kind;
    private final String name;
    private final int argument;
    private final Remote remote;

    RemoteObject(Session session, Directory.Kind kind, String name, int argument, Remote remote) {
        this.session = session;
        this.kind = kind;
        this.name = name;
        this.argument = argument;
        this.remote = remote;
    }

    /// The calling thread, as the server knows it among the threads of this client.
    static long me() {
        return Thread.currentThread().threadId();
    }

    /// The object's methods; each call is a call of the server.
    <S extends HandleService> S as(Class<S> type) {
        return remote.as(type);
    }

    /// The number that the object was made with: parties, capacity, permits.
    int argument() {
        return argument;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isLinked() {
        return as(HandleService.class).isLinked();
    }

    @Override
    public boolean unlink() {
        return as(HandleService.class).unlink();
    }

    @Override
    public void close() {
        try {
            as(HandleService.class).close();
        } catch (ManagerEndedException ended) {
            // The server has closed all that this process had.
        }
    }

    /// What travels of a handle: its receiver opens one of its own, since what a handle takes belongs to its process.
    /// That makes no object: after a removal the receiver gets an error, and not another object of the same name.
    private record Form(Remote directory, Directory.Kind kind, String name, int argument) implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private Object readResolve() throws InvalidObjectException {
            if (directory.link() instanceof Session session) {
                return Handles.open(session, session.sharesMemory(session.options()), kind, name, argument, false);
            }
            throw new InvalidObjectException(("%s '%s' is an object of %s, whose own server cannot have its"
                    + " handle; send the name instead").formatted(kind, name, directory.link().name()));
        }
    }

    @Override
    public Object travelling() {
        if (!KeptObjects.isCollecting()) {
            throw new UnsupportedOperationException(("%s '%s' is on the host of %s: expected its handle in a task of"
                    + " JavaProcess or of a pool, found it in another message; send the name, and let the receiver ask"
                    + " its manager for it").formatted(kind, name, session.name()));
        }
        return new Form(session.root(), kind, name, argument);
    }

    /// Where it is, for display.
    @Override
    public String toString() {
        return "on the host of " + session.name();
    }
}
