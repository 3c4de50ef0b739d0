package io.sluice.shm.owner;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Tells Flight Recorder that a dead process was cleaned up after: all that it held in a space is given back. One process
/// of the space tells of each death.
@Name("io.sluice.OwnerDied")
@Category("Sluice")
@Label("Owner Died")
@Description("A process ended without closing the space, and all that it held there was given back")
@StackTrace(false)
final class OwnerDied extends Event {
    @Label("Space")
    String space;

    @Label("Process Id")
    long pid;

    @Label("Slot")
    int slot;

    /// Tells it. To be called only while [io.sluice.core.jfr.FlightRecording#isOn].
    static void report(String space, long pid, int slot) {
        var event = new OwnerDied();
        event.space = space;
        event.pid = pid;
        event.slot = slot;
        event.commit();
    }
}
