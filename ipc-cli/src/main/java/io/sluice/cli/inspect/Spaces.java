package io.sluice.cli.inspect;

import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.SpaceState;
import java.util.ArrayList;
import java.util.List;

/// Finds the spaces and objects that a command names.
final class Spaces {
    private Spaces() {}

    /// The states of one space, or of all.
    ///
    /// @param name of the space; null for all
    /// @param detailed whether each slot of the rings is looked at
    /// @return sorted by name
    /// @throws NoSuchObjectException if there is no such space
    static List<SpaceState> read(String name, boolean detailed) {
        SpaceRoot root = SpaceRoot.usual();
        List<String> names = root.spaces();     // first: it removes temporary spaces that are left over
        if (name != null) {
            if (!names.contains(name)) {
                throw noSpace(name);
            }
            return List.of(detailed ? root.details(name) : root.state(name));
        }
        List<SpaceState> spaces = new ArrayList<>();
        for (String each : names) {
            try {
                spaces.add(detailed ? root.details(each) : root.state(each));
            } catch (NoSuchObjectException goneMeanwhile) {
                // The last process of a space may have removed it meanwhile.
            } catch (UnsafeLocationException | SystemCallException refused) {
                System.err.println("sluice: " + refused.getMessage());     // the others are shown
            }
        }
        return spaces;
    }

    /// The state of one object.
    ///
    /// @param space its name
    /// @param object its name
    /// @return the space and the object
    /// @throws NoSuchObjectException if there is no such space or object, with the reason if it is unreadable
    static Found find(String space, String object) {
        SpaceState state = read(space, true).getFirst();
        for (ObjectState each : state.objects()) {
            if (each.info().name().equals(object)) {
                return new Found(state, each);
            }
        }
        String why = state.info().unreadable().get(object);
        if (why != null) {
            throw new NoSuchObjectException("'%s' in space '%s' is unreadable: %s".formatted(object, space, why));
        }
        throw new NoSuchObjectException("space '%s' has no object '%s'; 'sluice ls %s' lists its objects"
                .formatted(space, object, space));
    }

    /// An object in its space.
    record Found(SpaceState space, ObjectState object) {}

    static NoSuchObjectException noSpace(String name) {
        return new NoSuchObjectException("no space '%s'; 'sluice ls' lists all spaces".formatted(name));
    }
}
