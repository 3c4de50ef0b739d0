package io.sluice.cli.inspect;

import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Hold;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceState;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with processes and objects, for other commands than those that list them.
public final class Health {
    private Health() {}

    /// The command that mends an object.
    ///
    /// @param space its space
    /// @param object with its condition
    /// @return a command line; empty if no command does
    public static String remedy(String space, ObjectState object) {
        return Words.remedy(space, object);
    }

    /// The command that removes a file of a space.
    ///
    /// @param space its space
    /// @param file its name
    /// @return a command line
    public static String unlink(String space, String file) {
        return "sluice unlink " + file + (space.equals(Words.USUAL_SPACE) ? "" : " --space " + space);
    }

    /// A live process that is stopped.
    ///
    /// @param pid its process id
    /// @param holds what it holds, in words
    public record Stopped(long pid, List<String> holds) {}

    /// The stopped processes of a space.
    ///
    /// @param space with details
    /// @return by slot
    public static List<Stopped> stopped(SpaceState space) {
        List<Stopped> stopped = new ArrayList<>();
        for (SpaceInfo.Owner owner : space.info().owners()) {
            if (ProcessFacts.of(owner).stopped()) {
                List<String> holds = new ArrayList<>();
                for (ObjectState object : space.objects()) {
                    for (Hold hold : object.holds()) {
                        if (hold.owner() == owner.slot()) {
                            holds.add(ProcessCommand.words(object, hold));
                        }
                    }
                }
                stopped.add(new Stopped(owner.pid(), holds));
            }
        }
        return stopped;
    }

    /// How many dead processes were not cleaned up after.
    ///
    /// @param space with its processes
    /// @return the number
    public static int dead(SpaceState space) {
        int dead = 0;
        for (SpaceInfo.Owner owner : space.info().owners()) {
            dead += owner.alive() ? 0 : 1;
        }
        return dead;
    }
}
