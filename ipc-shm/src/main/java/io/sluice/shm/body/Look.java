package io.sluice.shm.body;

import io.sluice.core.owner.Liveness;
import io.sluice.core.owner.WaitCounters;
import io.sluice.core.ring.RingLook;
import io.sluice.core.sync.LockLook;
import io.sluice.shm.space.ObjectState.Condition;
import io.sluice.shm.space.ObjectState.Counter;
import io.sluice.shm.space.ObjectState.Flow;
import io.sluice.shm.space.ObjectState.Hold;
import io.sluice.shm.space.ObjectState.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Collects what a body tells to an observer.
///
/// - **Threads:** one.
public final class Look {
    /// Name of the first counter that every object has.
    static final String RECOVERIES = "recoveries";
    /// Name of the lock of a lock, and of the lock before a value.
    static final String LOCK = "lock";
    private static final int LARGE_SAMPLE = 256;
    /// For a look at many objects.
    private static final int SMALL_SAMPLE = 32;
    /// What stands before the name of a count of waits, by reason.
    private static final List<String> REASONS =
            List.of("", "room ", "message ", "lock ", "reader ", "condition ", "");

    private final String name;
    private final int[] owners;
    private final boolean detailed;
    private final IntFunction<String> processName;
    private final List<Flow> flows = new ArrayList<>();
    private final List<Hold> holds = new ArrayList<>();
    private final List<Wait> waits = new ArrayList<>();
    private final List<Counter> counters = new ArrayList<>();
    private Condition condition = Condition.OK;
    private String finding = "";

    /// Begins a look at one object.
    ///
    /// @param name of the object, for messages
    /// @param owners slots of the processes that have it open
    /// @param detailed whether each slot of a ring is looked at, for what processes hold there
    /// @param processName names a process by its slot
    public Look(String name, int[] owners, boolean detailed, IntFunction<String> processName) {
        this.name = name;
        this.owners = owners;
        this.detailed = detailed;
        this.processName = processName;
    }

    String name() {
        return name;
    }

    int[] owners() {
        return owners;
    }

    void holds(String what, int owner, long thread, long count) {
        holds.add(new Hold(what, owner, thread, count));
    }

    void waits(String what, int owner, long thread, long count) {
        waits.add(new Wait(what, owner, thread, count));
    }

    void counts(String what, long value) {
        counters.add(new Counter(what, value, true));
    }

    void shows(String what, long value) {
        counters.add(new Counter(what, value, false));
    }

    /// Notes what is wrong; the most serious finding stays.
    ///
    /// @param found how serious it is
    /// @param text in words
    public void finds(Condition found, String text) {
        if (found.compareTo(condition) > 0) {
            condition = found;
            finding = text;
        }
    }

    /// Looks at a lock, but for its readers.
    ///
    /// @param lock what is seen of it
    /// @param held name of a hold
    void lock(LockLook lock, String held) {
        if (lock.isPoisoned()) {
            long pid = lock.victim();
            finds(Condition.POISONED, (pid == 0 ? "a process" : "pid " + pid) + " died while its thread "
                    + lock.thread() + " held it");
        } else if (lock.isHeld() && !lock.isArriving() && !lock.isPassing()) {
            holds(held, lock.owner(), lock.thread(), 1L + Math.max(0, lock.extraHolds()));
        }
        for (LockLook.Party waiter : lock.waiters()) {
            waits(waiter.reads() ? "read lock" : held, waiter.owner(), waiter.thread(), 1);
        }
        for (LockLook.Party waiter : lock.conditionWaiters()) {
            waits("condition", waiter.owner(), waiter.thread(), 1);
        }
        counts("acquisitions", lock.acquisitions());
        counts("deaths", lock.deaths());
    }

    /// Looks at a ring.
    ///
    /// @param ring what is seen of it
    /// @param flow name of this way of messages
    void ring(RingLook ring, String flow) {
        String prefix = flow.isEmpty() ? "" : flow + " ";
        long in = ring.in();
        long depth = ring.depth();
        RingLook.Average message = ring.average(detailed ? LARGE_SAMPLE : SMALL_SAMPLE);
        flows.add(new Flow(flow, ring.capacity(), depth, in, message.slots(), message.bytes(), ring.producers(),
                ring.consumers()));
        holdsRole(prefix + "producer", ring.producer());
        int consumer = ring.consumer();
        holdsRole(prefix + "consumer", consumer);
        List<RingLook.Subscriber> subscribers = ring.subscribers();
        for (RingLook.Subscriber subscriber : subscribers) {
            holds(prefix + "subscriber", subscriber.owner(), 0, 1);
        }
        if (ring.isFull()) {
            finds(Condition.FULL, full(ring, prefix, in, consumer, subscribers));
        }
        counts(prefix + "in", in);
        shows(prefix + "out", Math.max(0, in - depth));      // falls where a message comes back
        counts(prefix + "aborted", ring.aborted());
        counts(prefix + "given back", ring.givenBack());
        counts(prefix + "refused", ring.refused());
        for (RingLook.Subscriber subscriber : subscribers) {
            if (!subscriber.blocks()) {
                counts(prefix + "lost by " + processName.apply(subscriber.owner()), subscriber.lost());
            }
        }
        shows(prefix + "shut down", ring.isShutdown() ? 1 : 0);
        if (detailed) {
            held(ring, prefix);
        }
    }

    /// Tells what slow paths have counted.
    ///
    /// @param area absolute address of the [WaitCounters]
    /// @param reasons that threads have to wait in the object, constants of [WaitCounters]
    public void slowPaths(long area, int... reasons) {
        counts(RECOVERIES, WaitCounters.recoveries(area));
        for (int reason : reasons) {
            long block = WaitCounters.block(area, reason);
            String prefix = REASONS.get(reason);
            counts(prefix + "waits", WaitCounters.waits(block));
            counts(prefix + "wake-ups", WaitCounters.wakeUps(block));
            counts(prefix + "blocked ns", WaitCounters.blockedNanos(block));
            if (reason == WaitCounters.MESSAGE) {
                long last = WaitCounters.lastNanos(block);
                shows("empty ns ago", last == 0 ? -1 : Math.max(0, System.nanoTime() - last));
            }
        }
    }

    private void holdsRole(String what, int owner) {
        if (owner != 0) {
            holds(what, owner, 0, 1);
        }
    }

    private void held(RingLook ring, String prefix) {
        int[] taken = new int[Liveness.MAX_OWNER + 1];
        int[] claimed = new int[Liveness.MAX_OWNER + 1];
        ring.held((owner, state) -> (state == RingLook.State.CLAIMED ? claimed : taken)[owner]++);
        for (int owner = 1; owner < taken.length; owner++) {
            if (claimed[owner] > 0) {
                holds(prefix + "claim", owner, 0, claimed[owner]);
            }
            if (taken[owner] > 0) {
                holds(prefix + "message", owner, 0, taken[owner]);
            }
        }
    }

    /// What a full ring waits for. One look cannot tell whether it goes on: a fast ring may be full at times.
    private String full(RingLook ring, String prefix, long in, int consumer,
            List<RingLook.Subscriber> subscribers) {
        if (ring.isBroadcast()) {
            for (RingLook.Subscriber subscriber : subscribers) {
                if (subscriber.blocks() && subscriber.cursor() <= in - ring.capacity()) {
                    return prefix + "producers wait for the subscriber " + processName.apply(subscriber.owner());
                }
            }
            return prefix + "producers wait for a subscriber";
        }
        RingLook.Oldest oldest = ring.oldest();
        if (oldest != null && oldest.state() == RingLook.State.TAKEN) {
            return prefix + processName.apply(oldest.owner()) + " has taken the oldest message and not released it";
        }
        if (oldest != null && oldest.state() == RingLook.State.CLAIMED) {
            return prefix + processName.apply(oldest.owner()) + " has claimed the oldest message and not committed it";
        }
        if (consumer != 0) {
            return prefix + "producers wait for the consumer " + processName.apply(consumer);
        }
        return prefix + (ring.consumers() == 0 ? "no process reads it" : "producers wait for a process that takes");
    }

    /// How serious the worst finding is.
    ///
    /// @return the condition
    public Condition condition() {
        return condition;
    }

    /// The worst finding.
    ///
    /// @return in words; empty if there is none
    public String finding() {
        return finding;
    }

    /// The ways of messages.
    ///
    /// @return in the order of the layout
    public List<Flow> flows() {
        return List.copyOf(flows);
    }

    /// What processes hold.
    ///
    /// @return in the order of the layout
    public List<Hold> holds() {
        return List.copyOf(holds);
    }

    /// Which threads wait.
    ///
    /// @return in the order of the layout
    public List<Wait> waits() {
        return List.copyOf(waits);
    }

    /// The numbers.
    ///
    /// @return in the order in which they are shown
    public List<Counter> counters() {
        return List.copyOf(counters);
    }
}
