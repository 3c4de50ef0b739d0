package io.sluice.cli.inspect;

import io.sluice.cli.SpaceOption;
import io.sluice.shm.SpaceRoot;
import io.sluice.shm.error.NoSuchObjectException;
import io.sluice.shm.error.SystemCallException;
import io.sluice.shm.error.UnsafeLocationException;
import io.sluice.shm.object.SpaceWatch;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.SpaceState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Finds the spaces and objects that a command names.
final class Spaces {
    private Spaces() {}

    /// The states of one space, or of all, after temporary spaces without a live process have been removed.
    ///
    /// @param name of the space; null for all
    /// @param detailed whether each slot of the rings is looked at
    /// @return sorted by name
    /// @throws NoSuchObjectException if there is no such space
    static List<SpaceState> read(String name, boolean detailed) {
        SpaceRoot root = SpaceRoot.usual();
        return states(root.spaces(), name, detailed ? root::details : root::state);
    }

    /// Another look in the same command; it removes nothing.
    ///
    /// @param name of the space; null for all
    /// @return sorted by name
    /// @throws NoSuchObjectException if there is no such space
    static List<SpaceState> readAgain(String name) {
        SpaceRoot root = SpaceRoot.usual();
        return states(root.names(), name, root::state);
    }

    /// One of many looks in the same command; it removes nothing.
    ///
    /// @param watch of the command
    /// @param name of the space; null for all
    /// @return sorted by name
    /// @throws NoSuchObjectException if there is no such space
    static List<SpaceState> watch(SpaceWatch watch, String name) {
        SpaceRoot root = SpaceRoot.usual();
        List<SpaceState> spaces = states(root.names(), name, each -> watch.look(root.path(), each));
        watch.endRound();
        return spaces;
    }

    private static List<SpaceState> states(List<String> names, String name, Function<String, SpaceState> look) {
        if (name != null) {
            if (!names.contains(name)) {
                throw NoSuchObjectException.of(name);
            }
            return List.of(look.apply(name));
        }
        List<SpaceState> spaces = new ArrayList<>();
        for (String each : names) {
            try {
                spaces.add(look.apply(each));
            } catch (NoSuchObjectException goneMeanwhile) {
                // The last process of a space may have removed it meanwhile.
            } catch (UnsafeLocationException | SystemCallException refused) {
                System.err.println("sluice: " + refused.getMessage());     // the others are shown
            }
        }
        return spaces;
    }

    /// The state of one object; no other one is opened.
    ///
    /// @param space its name
    /// @param object its name
    /// @return the space and the object
    /// @throws NoSuchObjectException if there is no such space or object, with the reason if it is unreadable
    static Found find(SpaceOption space, String object) {
        SpaceState state = SpaceRoot.usual().details(space.existing(), object);
        for (ObjectState each : state.objects()) {
            if (each.info().name().equals(object)) {
                return new Found(state, each);
            }
        }
        String why = state.info().unreadable().get(object);
        if (why != null) {
            throw new NoSuchObjectException("'%s' in space '%s' is unreadable: %s".formatted(
                    object, space.name(), why));
        }
        throw NoSuchObjectException.of(space.name(), object);
    }

    /// An object in its space.
    record Found(SpaceState space, ObjectState object) {}
}
