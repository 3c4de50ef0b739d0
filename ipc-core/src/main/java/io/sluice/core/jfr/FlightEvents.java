package io.sluice.core.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Throttle;

/// The events of waits: their names, fields and thresholds are what a recording shows.
///
/// A wait counts from where its first short spin ends. A wait of less than a millisecond is not kept, unless a recording
/// sets another threshold. Each event is kept with its thread and its stack.
final class FlightEvents {
    private static final String CATEGORY = "Sluice";
    private static final String SHORTEST_WAIT = "1 ms";

    /*
     * Whether an event is wanted is asked of its type, before the event is made: a recorder stays for the life of a JVM,
     * and a wait allocates nothing while none of its recordings wants to know.
     */
    private static final EventType PUT = EventType.getEventType(BlockedPut.class);
    private static final EventType TAKE = EventType.getEventType(BlockedTake.class);
    private static final EventType LOCK = EventType.getEventType(LockWait.class);
    private static final EventType SYNC = EventType.getEventType(SyncWait.class);
    private static final EventType FULL = EventType.getEventType(QueueFull.class);

    private FlightEvents() {}

    /// A wait for an object.
    @Category(CATEGORY)
    abstract static class WaitEvent extends Event {
        @Label("Object")
        @Description("Space and name")
        String object;

        @Label("Met")
        @Description("False after a time-out, an interrupt or a failure")
        boolean met;
    }

    /// A producer waits for space.
    @Name("io.sluice.BlockedPut")
    @Label("Blocked Put")
    @Description("A producer waited for space in a full queue, pipe or ring")
    @Threshold(SHORTEST_WAIT)
    static final class BlockedPut extends WaitEvent {}

    /// A consumer waits for a message.
    @Name("io.sluice.BlockedTake")
    @Label("Blocked Take")
    @Description("A consumer waited for a message in an empty queue, pipe or ring")
    @Threshold(SHORTEST_WAIT)
    static final class BlockedTake extends WaitEvent {}

    /// A thread waits for a lock.
    @Name("io.sluice.LockWait")
    @Label("Lock Wait")
    @Description("A thread waited for a lock, or a writer for the readers of a read-write lock")
    @Threshold(SHORTEST_WAIT)
    static final class LockWait extends WaitEvent {}

    /// A thread waits for something else.
    @Name("io.sluice.SyncWait")
    @Label("Synchronizer Wait")
    @Description("A thread waited for a condition, semaphore, event, latch, barrier, value or call")
    @Threshold(SHORTEST_WAIT)
    static final class SyncWait extends WaitEvent {
        @Label("Waited For")
        String what;

        SyncWait(Wait what) {
            this.what = what.toString();
        }
    }

    /// A producer finds no space.
    @Name("io.sluice.QueueFull")
    @Category(CATEGORY)
    @Label("Queue Full")
    @Description("A producer found no space in a queue, pipe or ring, whether it waits for it or not")
    @Throttle("10/s")
    static final class QueueFull extends Event {
        @Label("Object")
        String object;
    }

    static Event beginWait(Wait what) {
        WaitEvent event = switch (what) {
            case ROOM -> PUT.isEnabled() ? new BlockedPut() : null;
            case MESSAGE -> TAKE.isEnabled() ? new BlockedTake() : null;
            case LOCK, READERS -> LOCK.isEnabled() ? new LockWait() : null;
            default -> SYNC.isEnabled() ? new SyncWait(what) : null;
        };
        if (event != null) {
            event.begin();
        }
        return event;
    }

    static void endWait(Event wait, String object, boolean met) {
        wait.end();
        if (wait.shouldCommit() && wait instanceof WaitEvent event) {
            event.object = object;
            event.met = met;
            event.commit();
        }
    }

    static void queueFull(String object) {
        if (FULL.isEnabled()) {
            var event = new QueueFull();
            event.object = object;
            event.commit();
        }
    }
}
