package io.sluice.pool.connection;

import io.sluice.core.buffer.ExpandableMemoryBuffer;
import io.sluice.core.codec.Codec;
import io.sluice.core.codec.CodecException;
import io.sluice.core.owner.Closing;
import io.sluice.pool.log.Log;
import io.sluice.shm.SharedSpace;
import io.sluice.shm.linux.FileCalls;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.linux.RandomId;
import io.sluice.shm.linux.ThisProcess;
import io.sluice.shm.object.KeptObjects;
import io.sluice.shm.object.Kind;
import io.sluice.shm.object.ObjectReference;
import io.sluice.shm.object.SharedObject;
import io.sluice.shm.pipe.Connection;
import io.sluice.shm.pipe.PipeOptions;
import io.sluice.shm.pipe.SharedPipe;
import io.sluice.shm.space.SpaceOptions;
import java.io.Closeable;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// The way of one connection from its socket to shared memory, on one side: a pipe of the listener, in a temporary
/// space of its process. Whatever is in the way, the connection stays on the socket.
///
/// - **Threads:** one.
/// - **Trust:** the other side has the key. It names a pipe, and nothing is created for that; a directory that is not
///   private to this user is refused.
final class Passage<E> implements Closeable {
    private static final int NONCE_BYTES = 16;
    /// 64 KiB for each direction, as a pipe of Linux has.
    private static final PipeOptions PIPE = PipeOptions.defaults().withCapacity(1024);
    private static final int MOST_PROCESSES = 1023;

    private final String title;
    private final Codec<E> codec;
    private final ConnectionOptions options;
    private byte[] nonce;
    private SharedObject object;
    private SharedPipe<E> pipe;
    private Connection<E> end;

    /// @param title of the connection in messages
    Passage(String title, Codec<E> codec, ConnectionOptions options) {
        this.title = title;
        this.codec = codec;
        this.options = options;
    }

    /// The space of the connections of this process.
    private static String space() {
        return "connections-" + ThisProcess.pid() + "-" + Here.RANDOM;
    }

    /// Made when the first connection moves.
    private static final class References {
        static final Codec<ObjectReference> CODEC = Codec.ofRecord(ObjectReference.class);
    }

    private static final class Here {
        /// A process of another container may have the same id.
        static final String RANDOM = RandomId.next().toString().substring(0, 8);
        /// The same in all containers of a host, until it boots.
        static final String HOST = host();

        private static String host() {
            String boot = Linux.bootId();
            return boot.isEmpty() ? null : boot + " " + FileCalls.user();
        }
    }

    /// This host and user, for the other side; null if this side does not move.
    String host() {
        return options.sharedMemory() && options.maxFrameBytes() >= NONCE_BYTES ? Here.HOST : null;
    }

    /// Makes a pipe, and takes its first end.
    ///
    /// @param theirHost what [#host()] says at the other side
    /// @return where it is, for [#enter] at the other side; null if the connection stays on the socket
    byte[] open(String theirHost) {
        if (!theirHost.equals(host())) {
            return null;
        }
        try (KeptObjects kept = new KeptObjects()) {         // until it is attached here too
            ObjectReference where = make(kept);
            attach(where, true);
            nonce = new byte[NONCE_BYTES];
            new SecureRandom().nextBytes(nonce);
            ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer();
            int length = References.CODEC.encode(where, buffer, 0);
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + length);
            buffer.getBytes(0, all, NONCE_BYTES, length);
            return all;
        } catch (RuntimeException | Error refused) {
            stay(refused);
            return null;
        }
    }

    private ObjectReference make(KeptObjects kept) {
        SpaceOptions temporary = SpaceOptions.defaults().withMaxProcesses(MOST_PROCESSES).withTemporary(true);
        try (SharedSpace space = SharedSpace.open(space(), temporary);
                SharedPipe<E> made = space.pipe(RandomId.next().toString(), codec, PIPE)) {
            return kept.collect(made::reference);
        }
    }

    /// Takes the second end, and sends the nonce through the pipe.
    ///
    /// @param offer what [#open] has returned at the other side
    /// @return false if the connection stays on the socket
    boolean enter(byte[] offer) throws InterruptedException {
        try {
            if (offer.length < NONCE_BYTES) {
                throw new CodecException("expected a nonce and a reference, found %,d bytes".formatted(offer.length));
            }
            ExpandableMemoryBuffer buffer = new ExpandableMemoryBuffer();
            int length = offer.length - NONCE_BYTES;
            buffer.putBytes(0, offer, NONCE_BYTES, length);
            ObjectReference where = References.CODEC.decode(buffer, 0, length);
            if (!where.isOf(Kind.PIPE, codec.identity())) {
                throw new CodecException("expected a pipe of '%s', found %s".formatted(codec.identity(), where));
            }
            attach(where, false);
            end.sendBytes(offer, 0, NONCE_BYTES);
            return true;
        } catch (IOException | RuntimeException | Error refused) {
            stay(refused);
            return false;
        }
    }

    /// Opens the pipe, and takes an end. What it opens closes the space too.
    private void attach(ObjectReference where, boolean first) {
        pipe = where.attach().handle(opening -> {
            object = opening.object();
            return new SharedPipe<>(opening, codec, title, options.maxFrameBytes());
        });
        end = first ? pipe.first() : pipe.second();
    }

    private void stay(Throwable why) {
        try {
            close();
        } catch (RuntimeException | Error leftInDisorder) {
            why.addSuppressed(leftInDisorder);
        }
        Log.detail(title + ": stays on its socket", why);
    }

    /// Whether the other side has sent the nonce through the pipe.
    boolean isPassed() throws IOException, InterruptedException {
        return end.poll(0, TimeUnit.NANOSECONDS) && MessageDigest.isEqual(end.receiveBytes(), nonce);
    }

    /// The connection, as both sides have agreed.
    ///
    /// @param address of the listener
    /// @param whenClosed runs when the connection is closed here
    Connection<E> connection(Address address, SocketStream stream, Handshake handshake, Runnable whenClosed) {
        return end == null
                ? new SocketConnection<>(address, codec, options, stream, handshake, whenClosed)
                : new MovedConnection<>(title, object, pipe, end, stream, handshake.writer(), whenClosed).watched();
    }

    /// Leaves the pipe. A second call does nothing.
    @Override
    public void close() {
        Connection<E> left = end;
        end = null;
        Closing closing = new Closing();
        if (left != null) {
            closing.then(left);
        }
        if (pipe != null) {
            closing.then(pipe);
        }
        closing.end();
    }
}
