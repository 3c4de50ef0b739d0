package io.sluice.shm.object;

import io.sluice.core.error.CorruptObjectException;
import io.sluice.core.owner.WaitCounters;
import io.sluice.shm.body.Look;
import io.sluice.shm.linux.Linux;
import io.sluice.shm.linux.MappingWindow;
import io.sluice.shm.linux.ObserverMappings;
import io.sluice.shm.owner.Participants;
import io.sluice.shm.region.ObserverScratch;
import io.sluice.shm.region.RegionFile;
import io.sluice.shm.region.RegionLayout;
import io.sluice.shm.space.ObjectInfo;
import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Reads what objects are doing: each file is mapped read-only for the moment of the look. Nothing is locked, joined or
/// changed.
///
/// - **Threads:** any.
public final class StateView {
    /*
     * An observer holds nothing that others wait for: no place in a file, no slot of the registry, no lock. Its mappings
     * keep the memory of unlinked files until they are given back, see MappingWindow. What it reads may be spoiled,
     * so damage is a finding about one object and ends no listing.
     */
    private StateView() {}

    /// Looks at a space and at all of its objects.
    ///
    /// @param root directory of spaces, or null for the default one; see [Space#open]
    /// @param name of the space
    /// @param only the one object that is looked at; null for all
    /// @param detailed whether each slot of a ring is looked at, for what processes hold there
    /// @return their states
    /// @throws io.sluice.shm.error.NoSuchObjectException if there is no such space
    /// @throws io.sluice.shm.error.UnsafeLocationException if a directory is not private to this user
    /// @throws io.sluice.shm.error.SystemCallException if Linux refuses, as when this process has no mappings left
    public static SpaceState of(Path root, String name, String only, boolean detailed) {
        try (MappingWindow window = new MappingWindow()) {
            return of(root, name, only, detailed, window, new ObserverScratch());
        }
    }

    static SpaceState of(Path root, String name, String only, boolean detailed, ObserverMappings mappings,
            ObserverScratch scratch) {
        Linux.require();
        Names.check("space", name);
        Path path = SpaceLocation.root(root).resolve(name);
        List<ObjectState> states = new ArrayList<>();
        SpaceInfo info = SpaceView.of(name, path, only, scratch, (file, object, table, owners) -> {
            Look look = new Look(object.name(), object.owners().stream().mapToInt(Integer::intValue).toArray(),
                    detailed, slot -> process(owners, slot));
            if (Participants.isSetAside(table)) {
                look.finds(Condition.DAMAGED, "it was set aside: its contents are damaged");
            }
            states.add(look(file, mappings, owners, object, look));
        });
        states.sort(Comparator.comparing(state -> state.info().name()));
        return new SpaceState(info, List.copyOf(states));
    }

    private static ObjectState look(RegionFile file, ObserverMappings mappings, List<SpaceInfo.Owner> processes,
            ObjectInfo object, Look look) {
        try {
            var body = Kind.of(file.header().kind(), object.name())
                    .body(object.name(), file.header().parameters(), file.header().bodyBytes());
            file.look(mappings, at -> {
                body.look(at + RegionLayout.BODY, look);
                look.slowPaths(at + RegionLayout.COUNTERS, reasons(object.kind()));
            });
        } catch (CorruptObjectException refused) {
            look.finds(Condition.DAMAGED, refused.getMessage());
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException spoiled) {
            look.finds(Condition.DAMAGED, "it holds what no participant can have written: " + spoiled.getMessage());
        }
        if (object.live() == 0) {
            look.finds(Condition.ORPHANED, object.dead() == 0 ? "no process has it open"
                    : "no live process has it open; dead ones that are not cleaned up after: " + object.dead());
        }
        return new ObjectState(object, look.condition(), look.finding(), look.flows(), look.holds(), look.waits(),
                look.counters(), beingCleaned(file, processes, object), System.nanoTime());
    }

    /// Why threads wait in an object.
    private static int[] reasons(ObjectInfo.Kind kind) {
        return switch (kind) {
            case RING, QUEUE, TASK_QUEUE, PIPE -> new int[] {WaitCounters.ROOM, WaitCounters.MESSAGE};
            case SERVICE -> new int[] {WaitCounters.ROOM, WaitCounters.MESSAGE, WaitCounters.OTHER};
            case LOCK, NUMBER, ARRAY -> new int[] {WaitCounters.LOCK, WaitCounters.CONDITION};
            case READ_WRITE_LOCK -> new int[] {WaitCounters.LOCK, WaitCounters.READERS};
            case SEMAPHORE, EVENT, LATCH, BARRIER -> new int[] {WaitCounters.OTHER};
            case VALUE, VALUE_ARRAY ->
                    new int[] {WaitCounters.LOCK, WaitCounters.CONDITION, WaitCounters.OTHER};
        };
    }

    private static String process(List<SpaceInfo.Owner> processes, int slot) {
        for (SpaceInfo.Owner owner : processes) {
            if (owner.slot() == slot) {
                return "pid " + owner.pid();
            }
        }
        return "owner " + slot;
    }

    /// A dead process whose place is taken: by its cleaner.
    private static List<Integer> beingCleaned(
            RegionFile file, List<SpaceInfo.Owner> processes, ObjectInfo object) {
        List<Integer> cleaned = new ArrayList<>();
        for (SpaceInfo.Owner owner : processes) {
            if (!owner.alive() && object.owners().contains(owner.slot()) && file.isPlaceTaken(owner.slot())) {
                cleaned.add(owner.slot());
            }
        }
        return List.copyOf(cleaned);
    }
}
