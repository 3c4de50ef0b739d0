package io.sluice.shm.object;

import io.sluice.core.error.MismatchException;
import io.sluice.core.idle.WaitStrategy;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.UUID;

/// An object by its names: the form in which a handle travels to another process. The space and the object must exist:
/// nothing is created.
///
/// @param root directory of the space's root
/// @param space name of the space
/// @param name of the object
/// @param kind of the object
/// @param elementType of the object; empty if it has no elements
/// @param id of the object, so that a later one of the same name is not mistaken for it
/// @param waiting how waits of the handle spin
public record ObjectReference(
        String root, String space, String name, Kind kind, String elementType, UUID id, WaitStrategy waiting)
        implements Serializable {
    /// Whether the object is of the kind and element type that a handle expects.
    ///
    /// @param expectedKind of the object
    /// @param expectedElements as [ObjectSpec] was given them
    /// @return whether both agree
    public boolean isOf(Kind expectedKind, String expectedElements) {
        return kind == expectedKind && elementType.equals(ObjectSpec.fitting(expectedElements));
    }

    /// Opens the space and the object.
    ///
    /// @return both, for a handle, which closes them
    /// @throws io.sluice.shm.error.NoSuchObjectException if it is not there any more
    /// @throws MismatchException if another object has the name now
    public Opening attach() {
        Space opened = Space.openExisting(Path.of(root), space);
        SharedObject object;
        try {
            object = opened.attach(name, kind);
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
        Opening both = new Opening(object, waiting, true);
        if (!object.objectId().equals(id) || !object.elementType().equals(elementType)) {
            both.close();
            throw new MismatchException(("'%s' in space '%s' is not the object that the handle meant: that one was"
                    + " unlinked, and another one has its name now").formatted(name, space));
        }
        return both;
    }
}
