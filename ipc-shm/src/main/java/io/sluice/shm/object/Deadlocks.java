package io.sluice.shm.object;

import io.sluice.shm.space.ObjectState;
import io.sluice.shm.space.ObjectState.Hold;
import io.sluice.shm.space.ObjectState.Wait;
import io.sluice.shm.space.SpaceInfo;
import io.sluice.shm.space.SpaceState;
import java.util.ArrayList;
import java.util.List;

/// Finds threads, in one process or several, that wait for each other.
public final class Deadlocks {
    /*
     * A wait W of a thread leads to a wait V if the thread of V holds what W waits for. A deadlock is a cycle of waits.
     * Threads are told apart by process and id, over all spaces: a process has a slot in each space, and a thread may
     * hold a lock here and wait for one there.
     *
     * Some layouts name the process and not the thread: the readers of a read-write lock, the holders and the waiters
     * of permits. A link over such a name is possible, not certain: the thread that holds may be another one than the
     * thread that waits. A cycle with a possible link is reported as a possible deadlock. An object stands in a cycle
     * once: two processes that hold permits of one semaphore and wait for more of it wait for any other holder.
     *
     * The words were read one after the other. A cycle that lasts is the same in the next look; a cycle of waits that
     * have ended meanwhile is not. So the command looks twice, and what is in both looks counts.
     */
    private final List<Link> links = new ArrayList<>();
    private final List<Cycle> cycles = new ArrayList<>();

    private Deadlocks() {}

    /// A thread of a process.
    ///
    /// @param process id, or another key if the process is not known any more
    /// @param pid its process id; 0 if it is not known
    /// @param thread id in it; 0 if the object does not tell
    public record Party(String process, long pid, long thread) {
        /// Whether two names may be of one thread.
        private boolean mayBe(Party other) {
            return process.equals(other.process) && (thread == other.thread || thread == 0 || other.thread == 0);
        }

        /// Whether two names are certainly of one thread.
        private boolean is(Party other) {
            return process.equals(other.process) && thread != 0 && thread == other.thread;
        }

        /// The name of the thread, for people.
        ///
        /// @return such as `pid 4711 thread 33`
        public String words() {
            return (pid == 0 ? process : "pid " + pid) + (thread == 0 ? "" : " thread " + thread);
        }
    }

    /// A wait, and what holds up its end.
    ///
    /// @param object where
    /// @param what it waits for
    /// @param waiter which thread
    /// @param holders which threads hold it
    public record Link(String object, String what, Party waiter, List<Party> holders) {}

    /// Waits that lead to each other.
    ///
    /// @param links each leads to the next one, the last to the first
    /// @param certain whether every thread is known
    public record Cycle(List<Link> links, boolean certain) {
        /// The cycle in one line.
        ///
        /// @return who waits for whom
        public String words() {
            StringBuilder text = new StringBuilder(certain ? "deadlock: " : "possible deadlock: ");
            for (int i = 0; i < links.size(); i++) {
                Link link = links.get(i);
                text.append(i == 0 ? "" : "; ").append(link.waiter().words()).append(" waits for ").append(link.what())
                        .append(" of ").append(link.object()).append(", held by ")
                        .append(links.get((i + 1) % links.size()).waiter().words());
            }
            return text.toString();
        }
    }

    /// Finds the cycles.
    ///
    /// @param spaces all that a process may wait in
    /// @return each once
    public static List<Cycle> find(List<SpaceState> spaces) {
        Deadlocks search = new Deadlocks();
        spaces.forEach(search::collect);
        for (int first = 0; first < search.links.size(); first++) {
            search.walk(new ArrayList<>(List.of(first)));
        }
        return search.cycles;
    }

    /// The cycles that are in both of two looks.
    ///
    /// @param before those of the first look
    /// @param after those of the second look
    /// @return those of the second look that were in the first one
    public static List<Cycle> lasting(List<Cycle> before, List<Cycle> after) {
        List<String> known = new ArrayList<>();
        before.forEach(cycle -> known.add(cycle.words()));
        List<Cycle> lasting = new ArrayList<>();
        for (Cycle cycle : after) {
            if (known.contains(cycle.words())) {
                lasting.add(cycle);
            }
        }
        return lasting;
    }

    /// The thread of a hold or a wait.
    ///
    /// @param space where
    /// @param slot of its process there
    /// @param thread its id; 0 if the object does not tell
    /// @return the thread
    public static Party party(SpaceState space, int slot, long thread) {
        SpaceInfo.Owner owner = space.owner(slot);
        return owner == null ? new Party(space.info().name() + " slot " + slot, 0, thread)
                : new Party(owner.pid() + "@" + owner.started().toEpochMilli() / 1000, owner.pid(), thread);
    }

    /// The deadlock that a wait would be a part of, though it does not show: it is over, or has just begun. Only a
    /// certain one counts.
    ///
    /// @param space with all that the cycle may lead through
    /// @param object name of the object
    /// @param wait in it
    /// @return null if there is none
    public static Cycle closedBy(SpaceState space, String object, Wait wait) {
        Deadlocks search = new Deadlocks();
        for (ObjectState each : space.objects()) {
            if (each.info().name().equals(object)) {
                search.add(space, each, wait);
            }
        }
        if (search.links.isEmpty()) {
            return null;
        }
        search.collect(space);
        search.walk(new ArrayList<>(List.of(0)));         // every cycle that it finds contains the first link
        for (Cycle cycle : search.cycles) {
            if (cycle.certain()) {
                return cycle;
            }
        }
        return null;
    }

    private void collect(SpaceState space) {
        for (ObjectState object : space.objects()) {
            for (Wait wait : object.waits()) {
                add(space, object, wait);
            }
        }
    }

    private void add(SpaceState space, ObjectState object, Wait wait) {
        List<Party> holders = new ArrayList<>();
        for (Hold hold : object.holds()) {
            if (blocks(hold.what(), wait.what())) {
                holders.add(party(space, hold.owner(), hold.thread()));
            }
        }
        if (wait.owner() != 0 && !holders.isEmpty()) {
            links.add(new Link(space.info().name() + "/" + object.info().name(), wait.what(),
                    party(space, wait.owner(), wait.thread()), holders));
        }
    }

    /// Whether a hold makes a wait last.
    private static boolean blocks(String held, String wanted) {
        return switch (wanted) {
            case "lock", "permits" -> held.equals(wanted);
            case "read lock" -> held.equals("write lock");
            case "write lock" -> held.equals("write lock") || held.equals("read lock");
            default -> false;
        };
    }

    /// @param path indices of links, each of which leads to the next one
    private void walk(List<Integer> path) {
        int first = path.getFirst();
        for (int next = first; next < links.size(); next++) {      // a cycle is found from its first link alone
            if (!leads(links.get(path.getLast()), links.get(next), false)) {
                continue;
            }
            if (next == first) {
                List<Link> cycle = path.stream().map(links::get).toList();
                if (path.size() > 1 || isCertain(cycle)) {
                    cycles.add(new Cycle(cycle, isCertain(cycle)));
                }
            } else if (!meets(path, links.get(next))) {
                path.add(next);
                walk(path);
                path.removeLast();
            }
        }
    }

    private static boolean leads(Link from, Link to, boolean certainly) {
        for (Party holder : from.holders()) {
            if (certainly ? holder.is(to.waiter()) : holder.mayBe(to.waiter())) {
                return true;
            }
        }
        return false;
    }

    private boolean meets(List<Integer> path, Link next) {
        for (int link : path) {
            if (links.get(link).object().equals(next.object())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCertain(List<Link> path) {
        for (int i = 0; i < path.size(); i++) {
            if (!leads(path.get(i), path.get((i + 1) % path.size()), true)) {
                return false;
            }
        }
        return true;
    }
}
