package io.sluice.shm.object;

import io.sluice.core.owner.Closing;
import java.util.ArrayList;
import java.util.List;

/// The shared objects whose handles are in a message. The sender keeps them open until the receiver has opened them: a
/// handle travels as names, which are invalid once the last process has left a temporary object.
///
/// ```java
/// byte[] bytes = kept.collect(() -> encode(task));     // here each handle of the task adds its object
/// send(bytes);
/// awaitReceiver();
/// kept.close();
/// ```
///
/// - **Threads:** any.
/// - **Lifetime:** from [#collect] to [#close()]. Until then the object stays open when this process closes its last
///   handle, and what the process holds in the object is given back only at [#close()].
public final class KeptObjects implements AutoCloseable {
    /*
     * Java serialization writes a handle, perhaps from deep inside an object of user code, and every handle then asks
     * for the reference of its object. So the collector is bound to the encoding thread, instead of being passed
     * through every method that may write.
     */
    private static final ScopedValue<KeptObjects> COLLECTOR = ScopedValue.newInstance();

    private final List<SharedObject> objects = new ArrayList<>(0);      // guarded by this
    private final List<Runnable> steps = new ArrayList<>(0);            // guarded by this
    private boolean closed;                                             // guarded by this

    /// Keeps nothing yet.
    public KeptObjects() {}

    /// Encodes a message, and keeps the objects of all handles that this thread writes meanwhile.
    ///
    /// @param encoding writes the message
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

    /// Encodes a message.
    ///
    /// @param <T> type of its result
    @FunctionalInterface
    public interface Encoding<T> {
        /// Encodes it.
        ///
        /// @return the result of [#collect]
        T encode();
    }

    /// Keeps an object for the message that this thread encodes; does nothing outside [#collect].
    static void add(SharedObject object) {
        if (COLLECTOR.isBound()) {
            COLLECTOR.get().keep(object);
        }
    }

    /// Registers a step to run once the message that this thread encodes was received, or is known to be lost; does
    /// nothing outside [#collect].
    ///
    /// @param step runs while the objects are still kept
    public static void whenReceived(Runnable step) {
        if (COLLECTOR.isBound()) {
            COLLECTOR.get().keep(step);
        }
    }

    /// Whether this thread encodes a message whose sender will learn whether it was received.
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
    /// @return whether there is nothing to keep and no step to run
    public synchronized boolean isEmpty() {
        return objects.isEmpty() && steps.isEmpty();
    }

    /// Releases the objects. A second call does nothing.
    ///
    /// @throws io.sluice.core.error.SluiceException if this call was the last use of an object, and leaving it failed
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
