package io.sluice.pool.manager;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.ClosedException;
import io.sluice.core.owner.Closing;
import io.sluice.pool.connection.Address;
import io.sluice.pool.connection.AuthKey;
import io.sluice.pool.connection.Client;
import io.sluice.pool.connection.ConnectionOptions;
import io.sluice.shm.pipe.Connection;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Carries the calls of one process to a server, and says when the server has ended.
///
/// One connection, the lifeline, carries the notes, and its end is the end of the server. Each call has another
/// connection for itself until it is answered, so calls that wait keep no other back, and a call costs no hand-over
/// between threads. Idle ones are kept for later calls.
///
/// - **Threads:** any. Calls of several threads go on side by side, also while some of them wait.
final class Transport implements AutoCloseable {
    private static final int MOST_IDLE = 16;
    private static final int WELCOME_BYTES = 4 * Long.BYTES;
    private static final long END_SECONDS = 5;
    private static final byte[] LAST = {};

    private final Address address;
    private final AuthKey key;
    private final ConnectionOptions options;
    private final Connection<byte[]> lifeline;
    private final UUID server;
    private final byte[] join;
    private final ConcurrentLinkedDeque<Connection<byte[]>> idle = new ConcurrentLinkedDeque<>();
    private final Set<Connection<byte[]>> open = ConcurrentHashMap.newKeySet();
    private final LinkedBlockingQueue<byte[]> notes = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;

    /// Connects.
    ///
    /// @throws IOException see [Client]
    /// @throws InterruptedException if interrupted before or while waiting
    Transport(Address address, AuthKey key, ConnectionOptions options) throws IOException, InterruptedException {
        this.address = address;
        this.key = key;
        this.options = options;
        this.lifeline = Client.connect(address, key, Wire.CODEC, options);
        boolean welcome = false;
        try {
            lifeline.sendBytes(new Note(Note.HELLO, 0, 0).bytes());
            CrashPoint.MANAGER_HELLO_SENT.reached();
            byte[] answer = lifeline.receiveBytes();
            if (answer.length != WELCOME_BYTES) {
                throw new ProtocolException("manager '%s': expected a welcome of %d bytes, found %d".formatted(
                        address, WELCOME_BYTES, answer.length));
            }
            ByteBuffer in = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
            this.server = new UUID(in.getLong(), in.getLong());
            this.join = new Note(Note.JOIN, in.getLong(), in.getLong()).bytes();
            welcome = true;
        } finally {
            if (!welcome) {
                lifeline.close();
            }
        }
        start("sluice-manager-notes", this::sendNotes);
    }

    /// Starts a thread, which finds classes as its starter does.
    static void start(String name, Runnable work) {
        Thread thread = Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(work);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
    }

    UUID server() {
        return server;
    }

    /// Sends a call and waits for its outcome. An interrupt does not end the wait; it is restored at the end.
    ///
    /// @param call its bytes
    /// @param onInterrupt runs once if the thread is interrupted while it waits: asks the server to end the call; null
    ///     if the call cannot be ended
    /// @return the bytes of the outcome
    /// @throws InterruptedException if interrupted before the call was sent, and `onInterrupt` is not null
    /// @throws EOFException if the server has ended
    /// @throws IOException if this call did not come through for another reason
    byte[] call(byte[] call, Runnable onInterrupt) throws IOException, InterruptedException {
        boolean interrupted = onInterrupt == null && Thread.interrupted();
        try {
            Connection<byte[]> connection = null;
            while (connection == null) {
                try {
                    connection = send(call);
                } catch (InterruptedException | ClosedByInterruptException e) {
                    // The server has no whole message, and so does nothing.
                    Thread.interrupted();
                    if (onInterrupt != null) {
                        throw (InterruptedException) new InterruptedException(
                                "manager '%s': interrupted before the call".formatted(address)).initCause(e);
                    }
                    interrupted = true;
                }
            }
            return receive(connection, onInterrupt);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private byte[] receive(Connection<byte[]> connection, Runnable onInterrupt) throws IOException {
        boolean interrupted = false;
        boolean answered = false;
        try {
            while (true) {
                try {
                    byte[] answer = connection.receiveBytes();
                    CrashPoint.MANAGER_ANSWER_RECEIVED.reached();
                    answered = true;
                    return answer;
                } catch (InterruptedException e) {
                    if (onInterrupt != null && !interrupted) {
                        onInterrupt.run();
                    }
                    interrupted = true;
                } catch (ClosedException e) {
                    throw asEnd(e);
                } catch (IOException e) {
                    throw endOr(e);
                }
            }
        } finally {
            giveBack(connection, answered);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Sends on an idle connection, or on a new one.
    private Connection<byte[]> send(byte[] call) throws IOException, InterruptedException {
        Connection<byte[]> kept = idle.pollFirst();
        Connection<byte[]> connection;
        try {
            connection = kept != null ? kept : connect();
        } catch (ClosedByInterruptException | EOFException e) {
            throw e;
        } catch (IOException e) {
            throw endOr(e);
        }
        boolean sent = false;
        try {
            connection.sendBytes(call);
            sent = true;
            CrashPoint.MANAGER_CALL_SENT.reached();
            return connection;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (ClosedException e) {
            throw asEnd(e);
        } catch (IOException e) {
            throw endOr(e);
        } finally {
            if (!sent) {
                giveBack(connection, false);
            }
        }
    }

    private Connection<byte[]> connect() throws IOException, InterruptedException {
        Connection<byte[]> connection = Client.connect(address, key, Wire.CODEC, options);
        open.add(connection);
        boolean joined = false;
        try {
            if (closed) {
                throw asEnd(null);
            }
            connection.sendBytes(join);
            joined = true;
            return connection;
        } finally {
            if (!joined) {
                giveBack(connection, false);
            }
        }
    }

    private void giveBack(Connection<byte[]> connection, boolean usable) {
        if (usable && !closed && idle.size() < MOST_IDLE) {
            idle.addFirst(connection);
            if (!closed) {
                return;
            }
        }
        open.remove(connection);
        connection.close();
    }

    /// A failure of one connection: that of the server, if the lifeline ends too. A server that lives closes the
    /// connection of one call if its message is too long for it, or if it has no memory for it.
    private IOException endOr(IOException failure) {
        boolean interrupted = Thread.interrupted();
        boolean over = false;
        try {
            over = ended.await(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (over) {
            return asEnd(failure);
        }
        return !(failure instanceof EOFException) ? failure : new IOException(("the server of manager '%s' has closed"
                + " the connection of this call, and lives; its log says why, such as a message beyond the"
                + " maxFrameBytes of its options").formatted(address), failure);
    }

    private EOFException asEnd(Throwable cause) {
        EOFException end = new EOFException("manager '%s': the connection has ended".formatted(address));
        end.initCause(cause);
        return end;
    }

    /// Sends a note, without an answer. Notes keep their order. Does not wait.
    void tell(byte[] note) {
        if (!closed) {
            notes.add(note);
        }
    }

    /// In a thread that is never interrupted: an interrupt within a message would end the connection.
    private void sendNotes() {
        try {
            for (byte[] note = notes.take(); note.length > 0; note = notes.take()) {
                lifeline.sendBytes(note);
            }
        } catch (IOException | InterruptedException | ClosedException gone) {
            // The reader of the lifeline says so.
        }
    }

    /// Waits until the server has ended, or this side was closed.
    ///
    /// @return why; null for a close of this side
    IOException awaitEnd() {
        IOException why = null;
        boolean over = false;
        while (!over) {
            try {
                var _ = lifeline.receiveBytes();     // a server sends nothing after the welcome
            } catch (InterruptedException ignored) {
                // This thread belongs to the session.
            } catch (IOException e) {
                why = e;
                over = true;
            } catch (IllegalStateException closedHereOrNoServer) {
                over = true;
            }
        }
        ended.countDown();
        return why;
    }

    /// Ends all calls.
    @Override
    public void close() {
        closed = true;
        notes.add(LAST);
        Closing closing = new Closing().then(lifeline).then(ended::countDown);
        open.forEach(closing::then);
        closing.end();
    }
}
