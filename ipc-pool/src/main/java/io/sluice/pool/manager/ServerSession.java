package io.sluice.pool.manager;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.pipe.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One client process, from its greeting to the end of its lifeline: the objects that it has proxies of, its
/// connections, and its calls that can be interrupted.
///
/// - **Threads:** any; one for each connection, and that of the lifeline.
final class ServerSession implements References {
    private final Server server;
    private final Connection<byte[]> lifeline;
    private final Map<Long, Share> shares = new ConcurrentHashMap<>();
    private final Map<Long, Running> running = new ConcurrentHashMap<>();
    /// Calls that were cancelled before they arrived: they come by another connection.
    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
    private final Set<Connection<byte[]>> connections = ConcurrentHashMap.newKeySet();
    private final Guest guest;
    private volatile boolean ended;

    /// An object, and how often it was sent to this client.
    private record Share(Exported object, long sent) {}

    /// The thread of a call, as long as an interrupt is meant for the call.
    private static final class Running {
        private Thread thread = Thread.currentThread();

        synchronized void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        synchronized void end() {
            thread = null;
            Thread.interrupted();
        }
    }

    ServerSession(Server server, Connection<byte[]> lifeline) {
        this.server = server;
        this.lifeline = lifeline;
        this.guest = new Guest(server);
        shares.put(Directory.ID, new Share(server.directory(), 1));
    }

    /// Does what the client has told.
    ///
    /// @param note null for bytes that are none
    void note(Note note) throws IOException {
        switch (note == null ? 0 : note.kind()) {
            case Note.RELEASE -> release(note.first(), note.second());
            case Note.CANCEL -> cancel(note.first());
            case Note.FORGET -> cancelled.remove(note.first());
            default -> throw new IOException(server.name() + ": expected a note of a client, found other bytes");
        }
    }

    private void release(long id, long received) {
        if (id != Directory.ID) {
            var _ = shares.computeIfPresent(id, (_, share) ->
                    share.sent <= received ? null : new Share(share.object, share.sent - received));
        }
    }

    private void cancel(long number) {
        cancelled.add(number);
        Running call = running.get(number);
        if (call != null && cancelled.remove(number)) {
            call.interrupt();
        }
    }

    /// Answers calls until the connection ends.
    void serve(Connection<byte[]> connection) throws IOException, InterruptedException {
        connections.add(connection);
        try {
            while (!ended) {
                byte[] call = connection.receiveBytes();
                CrashPoint.MANAGER_CALL_RECEIVED.reached();
                byte[] answer = ScopedValue.where(CURRENT, this).call(() -> answer(call));
                Thread.interrupted();                // of user code
                CrashPoint.MANAGER_CALL_DONE.reached();
                send(connection, answer);
                CrashPoint.MANAGER_ANSWER_SENT.reached();
            }
        } finally {
            connections.remove(connection);
        }
    }

    private void send(Connection<byte[]> connection, byte[] answer) throws IOException, InterruptedException {
        try {
            connection.sendBytes(answer);
        } catch (ClosedException e) {
            throw e;
        } catch (IllegalArgumentException tooLong) {
            connection.sendBytes(server.wire().thrown(tooLong, where()));
        }
    }

    private byte[] answer(byte[] call) {
        try {
            return server.wire().returned(invoke(call));
        } catch (Throwable failure) {        // of user code, too: the caller gets it
            return server.wire().thrown(failure, where());
        }
    }

    private String where() {
        return "%s (process %s)".formatted(server.name(), ProcessHandle.current().pid());
    }

    private Object invoke(byte[] call) throws Throwable {
        if (call.length < Wire.CALL_HEADER_BYTES) {
            throw new IllegalArgumentException("%s: expected a call of at least %d bytes, found %d".formatted(
                    server.name(), Wire.CALL_HEADER_BYTES, call.length));
        }
        ByteBuffer in = ByteBuffer.wrap(call).order(ByteOrder.nativeOrder());
        long number = in.getLong();
        long id = in.getLong();
        long method = in.getLong();
        Share share = shares.get(id);
        if (share == null) {
            throw new NoSuchObjectException("%s: this client has no proxy of object %d".formatted(server.name(), id));
        }
        int parameters = share.object.contract().method(method).getParameterCount();
        Object[] arguments = server.wire().arguments(call, parameters);
        if (number == 0) {
            return Server.invoke(share.object, method, arguments);
        }
        Running thisCall = new Running();
        running.put(number, thisCall);
        try {
            if (cancelled.remove(number) || ended) {
                thisCall.interrupt();
            }
            return Server.invoke(share.object, method, arguments);
        } finally {
            running.remove(number);
            thisCall.end();
        }
    }

    @Override
    public void written(Exported object) {
        if (object.id() != Directory.ID && !ended) {
            shares.merge(object.id(), new Share(object, 1),
                    (share, one) -> new Share(share.object, share.sent + one.sent));
        }
    }

    @Override
    public Remote read(RemoteForm form) {
        return form.server().equals(server.id()) ? server.object(form.object()) : null;
    }

    /// What this client has in shared memory from another host.
    Guest guest() {
        return guest;
    }

    /// Drops the client: what it refers to and holds, and its calls that wait.
    ///
    /// @param died whether it has not left in order
    void end(boolean died) {
        ended = true;
        Closing closing = new Closing().then(lifeline);
        connections.forEach(closing::then);
        running.values().forEach(call -> closing.then(call::interrupt));
        closing.then(() -> guest.end(died)).then(shares::clear).end();
    }
}
