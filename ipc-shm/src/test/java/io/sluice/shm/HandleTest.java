package io.sluice.shm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// What the tests of handles share: a sandbox and a space in it, threads of this process, and another process, which
/// serves all tests and leaves the space after each.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class HandleTest {
    private static Peer common;

    /// Files and parties of the test.
    protected final Sandbox sandbox = new Sandbox();
    /// Root of its spaces, for jobs.
    protected final String root = sandbox.root();
    /// The space of the test's own thread.
    protected SharedSpace space;
    private boolean peerUsed;

    /// The kind of the other party.
    public enum Other {
        /// A platform thread of this process.
        THREAD,
        /// A virtual thread of this process.
        VIRTUAL_THREAD,
        /// A thread of another process.
        PROCESS
    }

    @BeforeEach
    final void open() {
        space = sandbox.open();
    }

    @AfterEach
    final void removeEverything() {
        try {
            if (peerUsed) {
                peer().leave();
            }
        } finally {
            sandbox.close();
        }
    }

    /// The other process.
    ///
    /// @return the party; not to be killed
    protected final Peer peer() {
        peerUsed = true;
        synchronized (HandleTest.class) {
            if (common == null || !common.isAlive()) {
                common = Peer.fresh();
            }
            return common;
        }
    }

    /// Platform threads.
    ///
    /// @return a new party
    protected final Threads threads() {
        return sandbox.with(Threads.platform());
    }

    /// The other end of a kind.
    ///
    /// @param other which
    /// @return the party
    protected final Party party(Other other) {
        return switch (other) {
            case THREAD -> threads();
            case VIRTUAL_THREAD -> sandbox.with(Threads.virtual());
            case PROCESS -> peer();
        };
    }

    /// Sends a handle through a stream.
    ///
    /// @param handle to be sent
    /// @return what arrives
    /// @param <T> its type
    @SuppressWarnings("unchecked")   // what was written
    protected static <T> T travelled(T handle) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(handle);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                return (T) in.readObject();
            }
        } catch (IOException | ClassNotFoundException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
