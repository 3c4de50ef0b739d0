package io.sluice.shm;

import io.sluice.shm.object.PoisonedLock;
import io.sluice.shm.object.RingView;
import io.sluice.shm.object.Space;
import io.sluice.shm.object.SpaceLocation;
import io.sluice.shm.object.SpaceView;
import io.sluice.shm.object.StateView;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceMXBean;
import io.sluice.shm.space.SpaceState;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// A directory of spaces, seen from outside: for commands, monitors and cleaning. Nothing here joins a space, but
/// [#recover].
///
/// ```java
/// for (String space : SpaceRoot.usual().spaces()) {
///     System.out.println(SpaceRoot.usual().info(space));
/// }
/// ```
///
/// - **Threads:** any.
/// - **Security:** a directory that is not private to this user is refused, with an
///   [io.sluice.shm.error.UnsafeLocationException].
///
/// @param path absolute path of the directory
public record SpaceRoot(Path path) {
    /// Makes the path absolute.
    public SpaceRoot {
        path = SpaceLocation.root(Objects.requireNonNull(path, "path"));
    }

    /// The root of `SharedSpace.open(name)`: the system property `sluice.home`, the environment variable `SLUICE_HOME`,
    /// or `/dev/shm/sluice-<uid>`; the first that is set.
    ///
    /// @return the root
    public static SpaceRoot usual() {
        return new SpaceRoot(SpaceLocation.root(null));
    }

    /// The names of the spaces, after temporary ones without a live owner have been removed.
    ///
    /// @return sorted; empty if there is no such directory
    public List<String> spaces() {
        return SpaceView.spaces(path);
    }

    /// The names of the spaces as they are: none is removed.
    ///
    /// @return sorted; empty if there is no such directory
    public List<String> names() {
        return SpaceView.names(path);
    }

    /// Looks at a space: maps, locks and changes nothing in it.
    ///
    /// @param space its name
    /// @return what is there
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space
    public SpaceInfo info(String space) {
        return SpaceView.of(path, space);
    }

    /// Looks at a space and into its objects, through read-only mappings: joins, locks and changes nothing in it.
    ///
    /// - **Blocking:** some microseconds for each object.
    ///
    /// @param space its name
    /// @return what is there, and what it does
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space
    public SpaceState state(String space) {
        return StateView.of(path, space, null, false);
    }

    /// The same, with the messages that processes have claimed or taken: looks at each slot of each ring.
    ///
    /// @param space its name
    /// @return what is there, what it does, and what processes hold of it
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space
    public SpaceState details(String space) {
        return StateView.of(path, space, null, true);
    }

    /// The same of one object: no other one is opened.
    ///
    /// @param space its name
    /// @param object its name
    /// @return the space with this object alone, or with none if there is no such object
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space
    public SpaceState details(String space, String object) {
        return StateView.of(path, space, Objects.requireNonNull(object, "object"), true);
    }

    /// What went wrong in a space: the shared log of deaths, and of recoveries and cleanups that failed. It keeps up to
    /// 64 distinct texts, and is removed with the space.
    ///
    /// @param space its name
    /// @return the last one first; empty if all went well
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space
    public List<SpaceInfo.LoggedError> errors(String space) {
        return SpaceView.errors(path, space);
    }

    /// A space for JMX. Registering it is up to the caller, so no JMX is loaded without that.
    ///
    /// @param space its name; it need not exist yet
    /// @return what an MBean server takes
    public SpaceMXBean mxBean(String space) {
        return new SpaceBean(this, Objects.requireNonNull(space, "space"));
    }

    /// Opens the messages of a ring, queue, pipe or service for a look that takes none of them.
    ///
    /// @param space its name
    /// @param object its name
    /// @return the messages; to be closed
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space or object
    /// @throws io.sluice.core.error.SluiceException if the object has no messages, or is damaged
    public MessageView messages(String space, String object) {
        return new MessageView(RingView.open(path, space, object));
    }

    /// Frees a poisoned lock, or the poisoned lock before a value or an array, on the caller's word that what it guards
    /// is in order; the holder died and may have left it half changed. Joins the space for the moment.
    ///
    /// @param space its name
    /// @param object its name
    /// @return whether it was poisoned
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space or object
    /// @throws io.sluice.core.error.SluiceException if the object has no lock, or one that its users repair themselves
    public boolean recover(String space, String object) {
        return PoisonedLock.recover(path, space, object);
    }

    /// Removes every space that has no live owner and holds nothing but temporary objects, if any: also those that were
    /// opened for persistent objects and got none. Opening and listing spaces does it too, for the temporary ones.
    ///
    /// @return the names of those that were removed, sorted
    public List<String> clean() {
        return SpaceView.clean(path);
    }

    /// Removes the name of an object without joining its space: also if all slots of the space are taken, or the object
    /// is damaged. A process that has it open goes on; no other will find it.
    ///
    /// @param space name of the space
    /// @param object name of the object
    /// @return whether there was one
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space
    public boolean unlink(String space, String object) {
        return Space.unlink(path, space, object);
    }
}
