package io.sluice.pool.connection;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/// A [SocketStream] that encrypts, by an engine of the JDK.
///
/// - **Threads:** as a stream. A reader may have to answer (a new key), so writing has a monitor of its own.
final class TlsStream extends SocketStream {
    private final SSLEngine engine;
    private final ByteBuffer encryptedIn;    // between two calls ready to be filled
    private final ByteBuffer plainIn;        // between two calls ready to be read
    private final ByteBuffer encryptedOut;   // between two calls ready to be read; guarded by itself
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private TlsStream(SocketChannel channel, SSLEngine engine) throws IOException {
        super(channel);
        this.engine = engine;
        encryptedIn = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        plainIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
        encryptedOut = ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).flip();
    }

    /// The side that connects. It checks that the certificate names the host.
    static TlsStream ofClient(SocketChannel channel, SSLContext context, Address.Tcp address) throws IOException {
        SSLEngine engine = context.createSSLEngine(address.host(), address.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return new TlsStream(channel, engine);
    }

    /// The side that listens.
    static TlsStream ofListener(SocketChannel channel, SSLContext context) throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return new TlsStream(channel, engine);
    }

    /// Makes the session.
    @Override
    void begin(long deadline) throws IOException, InterruptedException {
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> {
                    while (!answer()) {
                        if (!awaitWritable(deadline)) {
                            throw new SocketTimeoutException("timed out in the handshake of TLS");
                        }
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    int count = unwrap();
                    if (count < 0) {
                        throw new EOFException("the other side ended the connection in the handshake of TLS");
                    }
                    if (count == 0 && engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP
                            && !awaitReadable(deadline)) {
                        throw new SocketTimeoutException("timed out in the handshake of TLS");
                    }
                }
                case NEED_TASK -> runTasks();
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @Override
    int read(ByteBuffer target) throws IOException {
        while (!plainIn.hasRemaining()) {
            int count = unwrap();
            if (count <= 0) {
                return count;
            }
        }
        int count = Math.min(plainIn.remaining(), target.remaining());
        target.put(plainIn.slice().limit(count));
        plainIn.position(plainIn.position() + count);
        return count;
    }

    /// Decrypts a record, after reading from the socket if needed. Only called when no plain bytes are left.
    ///
    /// @return 1 after progress, 0 if the socket has nothing now, -1 at the end
    private int unwrap() throws IOException {
        while (true) {
            encryptedIn.flip();
            plainIn.clear();
            SSLEngineResult result;
            try {
                result = engine.unwrap(encryptedIn, plainIn);
            } finally {
                encryptedIn.compact();
                plainIn.flip();
            }
            switch (result.getStatus()) {
                case OK -> {
                    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                        runTasks();
                    }
                    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                        var _ = answer();        // what does not fit goes with the next write
                    }
                    return 1;
                }
                case BUFFER_UNDERFLOW -> {
                    int count = channel().read(encryptedIn);
                    if (count <= 0) {
                        return count;
                    }
                }
                case CLOSED -> {
                    return -1;
                }
                case BUFFER_OVERFLOW -> throw new SSLException("expected a record that fits into a buffer");
            }
        }
    }

    /// Writes what the engine has to say. @return whether it is in the socket
    private boolean answer() throws IOException {
        synchronized (encryptedOut) {
            while (flush()) {
                if (engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
                    return true;
                }
                wrap(EMPTY.duplicate());
            }
            return false;
        }
    }

    @Override
    boolean write(ByteBuffer source) throws IOException {
        synchronized (encryptedOut) {
            while (flush()) {
                if (!source.hasRemaining()) {
                    return true;
                }
                wrap(source);
            }
            return false;
        }
    }

    private void wrap(ByteBuffer source) throws IOException {
        encryptedOut.clear();
        SSLEngineResult result;
        try {
            result = engine.wrap(source, encryptedOut);
        } finally {
            encryptedOut.flip();
        }
        if (result.getStatus() != SSLEngineResult.Status.OK
                && !(result.getStatus() == SSLEngineResult.Status.CLOSED && encryptedOut.hasRemaining())) {
            throw new SSLException("the session of TLS has ended: " + result);
        }
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
    }

    private boolean flush() throws IOException {
        return super.write(encryptedOut);
    }
}
