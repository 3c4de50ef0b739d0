package io.sluice.shm.object;

import io.sluice.core.owner.Closing;
import java.util.ArrayList;
import java.util.List;

/// The shared objects whose handles are in a message, kept open by the sender until the receiver has opened them
/// itself. A handle travels as names, which lead nowhere once the last process has left a temporary object.
///
/// ```java
/// byte[] bytes = kept.collect(() -> encode(task));     // here each handle of the task adds its object
/// send(bytes);
/// awaitReceiver();
/// kept.close();
/// ```
///
/// - **Threads:** any.
/// - **Lifetime:** from [#collect] to [#close()]. Meanwhile a close of the last handle of this process leaves the
///   object open, and what the process holds in it is given back when this is closed.
public final class KeptObjects implements AutoCloseable {
    /*
     * A handle is written by Java serialization, perhaps from deep inside an object of the user's, and every handle
     * asks for the reference of its object then. So the collector is bound to the thread while it encodes, instead of
     * being handed down through everything that may write.
     */
    private static final ScopedValue<KeptObjects> COLLECTOR = ScopedValue.newInstance();

    private final List<SharedObject> objects = new ArrayList<>(0);      // guarded by this
    private final List<Runnable> steps = new ArrayList<>(0);            // guarded by this
    private boolean closed;                                             // guarded by this

    /// Keeps nothing yet.
    public KeptObjects() {}

    /// Encodes something, and keeps the objects of all handles that are written meanwhile by this thread.
    ///
    /// @param encoding what writes them
    /// @param <T> type of its result
    /// @return its result
    /// @throws RuntimeException what the encoding throws; then nothing is kept
    public <T> T collect(Encoding<T> encoding) {
        boolean encoded = false;
        try {
            T result = ScopedValue.where(COLLECTOR, this).call(encoding::encode);
            encoded = true;
            return result;
        } finally {
            if (!encoded) {
                close();
            }
        }
    }

    /// What encodes a message.
    ///
    /// @param <T> type of its result
    @FunctionalInterface
    public interface Encoding<T> {
        /// Encodes it.
        ///
        /// @return whatever the caller needs
        T encode();
    }

    /// Keeps an object for the message that this thread encodes, if it does.
    static void add(SharedObject object) {
        if (COLLECTOR.isBound()) {
            COLLECTOR.get().keep(object);
        }
    }

    /// Does something when the message that this thread encodes, if it does, has been received, or never will be.
    ///
    /// @param step what to do, while the objects are still kept
    public static void whenReceived(Runnable step) {
        if (COLLECTOR.isBound()) {
            COLLECTOR.get().keep(step);
        }
    }

    /// Whether this thread encodes a message of which it will be known that it was received, or never will be.
    ///
    /// @return true inside [#collect]
    public static boolean isCollecting() {
        return COLLECTOR.isBound();
    }

    private void keep(Runnable step) {
        synchronized (this) {
            if (!closed) {
                steps.add(step);
                return;
            }
        }
        step.run();
    }

    private synchronized void keep(SharedObject object) {
        if (!closed && object.space().keep(object)) {
            boolean kept = false;
            try {
                kept = objects.add(object);
            } finally {
                if (!kept) {
                    object.space().letGo(object);
                }
            }
        }
    }

    /// Whether no handle was written.
    ///
    /// @return whether there is nothing to keep, and nothing to do at the end
    public synchronized boolean isEmpty() {
        return objects.isEmpty() && steps.isEmpty();
    }

    /// Keeps the objects no longer. A second call does nothing.
    ///
    /// @throws io.sluice.core.error.SluiceException if an object was left by this, and could not be left in order
    @Override
    public void close() {
        List<SharedObject> left;
        List<Runnable> last;
        synchronized (this) {
            closed = true;
            left = List.copyOf(objects);
            objects.clear();
            last = List.copyOf(steps);
            steps.clear();
        }
        Closing closing = new Closing();
        last.forEach(step -> closing.then(step::run));
        for (SharedObject object : left) {
            closing.then(() -> object.space().letGo(object));
        }
        closing.end();
    }
}
