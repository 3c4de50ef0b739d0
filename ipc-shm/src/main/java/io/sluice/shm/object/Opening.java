package io.sluice.shm.object;

import io.sluice.core.idle.WaitStrategy;
import io.sluice.core.memory.MemoryFault;
import io.sluice.core.owner.Closing;
import java.util.Collection;
import java.util.function.Function;

/// What a handle is made of: an object that is open in this process, and how the waits of this one handle spin.
///
/// @param object mapped here; closed as often as it was opened
/// @param waiting the handle's own choice, which travels with it
/// @param ofSpace whether the space was opened for this handle alone, and is closed with it
public record Opening(SharedObject object, WaitStrategy waiting, boolean ofSpace) implements AutoCloseable {
    /// An object of a space that others close.
    ///
    /// @param object mapped here
    /// @param waiting the handle's own choice
    public Opening(SharedObject object, WaitStrategy waiting) {
        this(object, waiting, false);
    }

    /// Makes the handle that will close the object; if that fails, the object is closed now.
    ///
    /// @param opener makes it of this opening
    /// @param <H> type of the handle
    /// @return the handle
    /// @throws RuntimeException what the opener throws
    public <H> H handle(Function<? super Opening, ? extends H> opener) {
        return handle(opener, null);
    }

    /// Makes the handle, as [#handle(Function)], and adds it to those that its maker closes.
    ///
    /// @param opener makes it of this opening
    /// @param handles receives it; null for none
    /// @param <H> type of the handle
    /// @return the handle
    /// @throws RuntimeException what the opener throws, or the addition
    public <H> H handle(Function<? super Opening, ? extends H> opener, Collection<? super H> handles) {
        try {
            H handle = opener.apply(this);
            if (handles != null) {
                handles.add(handle);
            }
            return handle;
        } catch (RuntimeException | Error refused) {
            try {
                close();
            } catch (RuntimeException | Error also) {
                refused.addSuppressed(also);
            }
            throw MemoryFault.named(refused);
        }
    }

    /// Opens the object once more, as [SharedObject#openAgain].
    ///
    /// @return as this one; its object is closed once more
    public Opening again() {
        return new Opening(object.openAgain(), waiting);
    }

    /// Closes the object once, and the space if it was opened for this handle. For the handle, which calls it once.
    ///
    /// @throws io.sluice.core.error.SluiceException if leaving the object or the space failed
    @Override
    public void close() {
        Closing closing = new Closing().then(object);
        if (ofSpace) {
            closing.then(object.space());
        }
        closing.end();
    }

    /// The object by its names, with the choice of the handle, to be sent to another process.
    ///
    /// @return the reference
    public ObjectReference reference() {
        return object.reference(waiting);
    }
}
