package io.sluice.pool.connection;

import io.sluice.core.crash.CrashPoint;
import io.sluice.core.error.MismatchException;
import io.sluice.core.park.Waiter;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.function.Supplier;

/// Makes sure that both sides have the key, and then that both have the same codec.
///
/// - **Threads:** one.
final class Handshake {
    /*
     *   listener -> client    magic (8) | nonce L (32)
     *   client -> listener    magic (8) | nonce C (32) | HMAC-SHA-256(key, "client"   | magic | L | C) (32)
     *   listener -> client    verdict (1)              | HMAC-SHA-256(key, "listener" | magic | L | C) (32)
     *   client -> listener    its host and user, unless it stays on the socket
     *   client -> listener    greeting: the identity of its codec
     *
     *   listener -> client    where its pipe is, and a nonce, if the host and the user are its own
     *   client -> listener    that it is in the pipe, through which it has sent the nonce; or that it stays
     *
     *   listener -> client    greeting, or a refusal with its reason
     *
     * Each MAC covers the nonces of both sides, so a recorded one fits no other handshake. It names the side that
     * makes it, so one that is sent back to its maker does not fit either. The client proves first: a listener gives
     * no MAC to a peer without the key. Before its proof, a peer can make this side read 72 bytes of fixed length.
     *
     * The magic has the version of the protocol and the byte order of the host, in which codecs write.
     *
     * Not covered: what follows is neither encrypted nor authenticated here. A machine in the middle can pass the
     * handshake on and then change the bytes; over networks that are not trusted, TLS prevents that.
     */
    static final int MAGIC_BYTES = 8;
    static final int NONCE_BYTES = 32;
    static final int MAC_BYTES = 32;
    static final byte ADMITTED = 1;
    static final byte DENIED = 0;

    /// The longest identity of a codec.
    private static final int GREETING_BYTES = 1 << 20;
    private static final int SHOWN_CHARACTERS = 300;
    private static final byte[] CLIENT = "sluice: proof of a client\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LISTENER = "sluice: proof of a listener\n".getBytes(StandardCharsets.US_ASCII);
    /// Initialised when first needed: a process that neither listens nor connects does not need a source.
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final SocketStream stream;
    private final AuthKey key;
    private final long deadline;
    private final Passage<?> passage;
    // Made after the proof: a peer without the key costs no buffers.
    private FrameReader reader;
    private FrameWriter writer;

    /// @param name of the side that does it, for messages
    /// @param deadline when it must be done
    /// @param passage to shared memory
    Handshake(String name, SocketStream stream, AuthKey key, long deadline, Passage<?> passage) {
        this.name = name;
        this.stream = stream;
        this.key = key;
        this.deadline = deadline;
        this.passage = passage;
    }

    private void beginMessages() {
        reader = new FrameReader(stream, GREETING_BYTES);
        writer = new FrameWriter(stream);
    }

    FrameReader reader() {
        return reader;
    }

    FrameWriter writer() {
        return writer;
    }

    static byte[] magic() {
        byte order = (byte) (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 'l' : 'B');
        return new byte[] {'S', 'L', 'U', 'I', 'C', 'E', 2, order};
    }

    static byte[] proofOfClient(AuthKey key, byte[] listenerNonce, byte[] clientNonce) {
        return key.mac(CLIENT, magic(), listenerNonce, clientNonce);
    }

    static byte[] proofOfListener(AuthKey key, byte[] listenerNonce, byte[] clientNonce) {
        return key.mac(LISTENER, magic(), listenerNonce, clientNonce);
    }

    /// The side of the listener.
    ///
    /// @param identity of its codec
    /// @param admission called once the client has proved its key: makes the connection, or says why not
    /// @throws AuthenticationException if the client has another key
    /// @throws MismatchException if it has another codec
    /// @throws IOException if it does not speak the protocol, is too slow, ended, or was refused
    void listen(String identity, Supplier<String> admission) throws IOException, InterruptedException {
        byte[] mine = nonce();
        write(magic(), mine);
        checkMagic(read(MAGIC_BYTES));
        byte[] theirs = read(NONCE_BYTES);
        if (!MessageDigest.isEqual(read(MAC_BYTES), proofOfClient(key, mine, theirs))) {
            write(new byte[] {DENIED}, new byte[MAC_BYTES]);
            throw new AuthenticationException(
                    name + ": expected a client with this listener's key, found one with another key");
        }
        write(new byte[] {ADMITTED}, proofOfListener(key, mine, theirs));
        beginMessages();
        byte kind = read();
        String host = "";
        if (kind == Frame.HOST) {
            host = text();
            kind = read();
        }
        String theirIdentity = text(kind, Frame.GREETING);
        if (!theirIdentity.equals(identity)) {
            writeText(Frame.GREETING, identity);     // so that the client can tell its user
            checkIdentity(identity, theirIdentity);
        }
        move(host);
        // The connection may be in use before the greeting is written; what is sent through it then waits here. So a
        // client whose connect has returned stands in the queue of accept() before one that connects later.
        writer.lock();
        try {
            String refusal = admission.get();
            if (refusal != null) {
                writeText(Frame.REFUSAL, refusal);
                throw new ConnectException(name + ": refused a client: " + refusal);
            }
            writeText(Frame.GREETING, identity);
        } finally {
            writer.unlock();
        }
    }

    private void move(String host) throws IOException, InterruptedException {
        byte[] where = passage.open(host);
        if (where == null) {
            return;
        }
        CrashPoint.CONNECTION_PIPE_MADE.reached();
        write(Frame.MOVE, where);
        CrashPoint.CONNECTION_MOVE_OFFERED.reached();
        byte answer = read();
        reader.drop();
        if (answer == Frame.STAYS) {
            passage.close();
        } else if (answer != Frame.MOVED || !passage.isPassed()) {
            throw new ProtocolException(name + ": expected a client that has come to shared memory, or stays on the"
                    + " socket, found one that does neither");
        }
        CrashPoint.CONNECTION_MOVE_AGREED.reached();
    }

    /// The side of the client.
    ///
    /// @param identity of its codec
    /// @throws AuthenticationException if the listener has another key
    /// @throws MismatchException if it has another codec
    /// @throws IOException if it does not speak the protocol, is too slow, ended, or refused
    void connect(String identity) throws IOException, InterruptedException {
        checkMagic(read(MAGIC_BYTES));
        byte[] theirs = read(NONCE_BYTES);
        byte[] mine = nonce();
        write(magic(), mine, proofOfClient(key, theirs, mine));
        byte verdict = read(1)[0];
        byte[] proof = read(MAC_BYTES);
        if (verdict != ADMITTED) {
            throw new AuthenticationException(
                    name + ": the listener refused this client, which has another key; use the key of the listener");
        }
        if (!MessageDigest.isEqual(proof, proofOfListener(key, theirs, mine))) {
            throw new AuthenticationException(
                    name + ": expected a listener with this client's key, found one without it; check the address");
        }
        beginMessages();
        String host = passage.host();
        if (host != null) {
            writeText(Frame.HOST, host);
        }
        writeText(Frame.GREETING, identity);
        byte kind = read();
        if (kind == Frame.MOVE) {
            boolean moved = passage.enter(bytes());
            CrashPoint.CONNECTION_PIPE_ENTERED.reached();
            write(moved ? Frame.MOVED : Frame.STAYS, new byte[0]);
            CrashPoint.CONNECTION_MOVE_ANSWERED.reached();
            kind = read();
        }
        checkIdentity(identity, text(kind, Frame.GREETING));
        CrashPoint.CONNECTION_MADE.reached();
    }

    private static byte[] nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return nonce;
    }

    private void checkMagic(byte[] found) throws ProtocolException {
        byte[] expected = magic();
        if (MessageDigest.isEqual(found, expected)) {
            return;
        }
        String text = new String(found, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("SLUICE")) {
            throw new ProtocolException(name + ": expected a peer that speaks the protocol of Sluice, found one that"
                    + " does not; check the address, and that both sides use TLS or neither");
        }
        throw new ProtocolException(
                ("%s: expected protocol version %d and byte order '%c', found version %d and byte order '%c'; use the"
                        + " same release on both sides, on hosts of one byte order").formatted(
                        name, expected[6], (char) expected[7], found[6], text.charAt(7)));
    }

    private void checkIdentity(String expected, String found) {
        if (!found.equals(expected)) {
            throw new MismatchException(
                    "%s: expected the codec '%s', found '%s' at the other side; use the same codec on both sides"
                            .formatted(name, shown(expected), shown(found)));
        }
    }

    /// Text of a peer for a message: not too long, and nothing that a terminal obeys.
    private static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= SHOWN_CHARACTERS ? clean : clean.substring(0, SHOWN_CHARACTERS) + "...";
    }

    private void write(byte[]... parts) throws IOException, InterruptedException {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        try {
            stream.writeFully(all.flip(), deadline);
        } catch (IOException e) {
            throw named(name, e);
        }
    }

    private byte[] read(int length) throws IOException, InterruptedException {
        byte[] bytes = new byte[length];
        try {
            stream.readFully(ByteBuffer.wrap(bytes), deadline);
        } catch (IOException e) {
            throw named(name, e);
        }
        return bytes;
    }

    private void writeText(byte kind, String text) throws IOException, InterruptedException {
        write(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte kind, byte[] bytes) throws IOException, InterruptedException {
        boolean written;
        try {
            written = writer.write(
                    kind, (index, target, count) -> target.put(bytes, index, count), bytes.length, deadline);
        } catch (IOException e) {
            throw named(name, e);
        }
        if (!written) {
            throw late(name, null);
        }
    }

    /// Waits for a message. @return its kind
    private byte read() throws IOException, InterruptedException {
        boolean arrived;
        try {
            arrived = reader.await(deadline);
        } catch (ProtocolException e) {
            throw (ProtocolException) new ProtocolException(name + ": " + e.getMessage()).initCause(e);
        }
        if (!arrived) {
            throw late(name, null);
        }
        if (!reader.hasMessage()) {
            throw ended(name, reader.cause());
        }
        return reader.kind();
    }

    /// The body of the message, which is taken.
    private byte[] bytes() {
        byte[] bytes = new byte[reader.length()];
        reader.body().getBytes(0, bytes);
        reader.drop();
        return bytes;
    }

    private String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /// The text of the message, which is taken.
    ///
    /// @throws ConnectException if it has another kind: then it says why
    private String text(byte found, byte kind) throws ConnectException {
        String text = text();
        if (found != kind) {
            throw new ConnectException(name + ": refused: " + shown(text));
        }
        return text;
    }

    /// What a failure of the socket means here. A reset, or an end in a write, is the end of the other side; what says
    /// more by its class stays.
    ///
    /// @param name of the connection, for messages
    static IOException named(String name, IOException failure) {
        if (failure instanceof SocketTimeoutException) {
            return late(name, failure);
        }
        boolean end = failure instanceof EOFException || failure instanceof SocketException
                || failure.getClass() == IOException.class;
        return end ? ended(name, failure) : failure;
    }

    private static SocketTimeoutException late(String name, Throwable cause) {
        SocketTimeoutException exception = new SocketTimeoutException(name + ": the other side did not prove in time"
                + " that it has the key; raise authenticationTimeout, if it is only slow");
        exception.initCause(cause);
        return exception;
    }

    private static ConnectException ended(String name, Throwable cause) {
        ConnectException exception =
                new ConnectException(name + ": the other side ended the connection before it was made");
        exception.initCause(cause);
        return exception;
    }

    /// A deadline for options.
    static long deadline(ConnectionOptions options) {
        return Waiter.deadline(options.authenticationTimeout().toNanos());
    }
}
