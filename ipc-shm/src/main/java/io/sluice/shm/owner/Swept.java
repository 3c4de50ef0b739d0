package io.sluice.shm.owner;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/// Tells Flight Recorder that a space was cleaned after dead processes, and how long it took.
@Name("io.sluice.Swept")
@Category("Sluice")
@Label("Swept")
@Description("A space was cleaned after dead processes")
@StackTrace(false)
@Threshold("0 ns")
final class Swept extends Event {
    @Label("Space")
    String space;

    @Label("Freed Slots")
    int freed;

    /// Begins. To be called only while [io.sluice.core.jfr.FlightRecording#isOn].
    static Event started() {
        var event = new Swept();
        event.begin();
        return event;
    }

    /// Ends what [#started] has begun.
    static void report(Event begun, String space, int freed) {
        if (begun instanceof Swept event) {
            event.space = space;
            event.freed = freed;
            event.commit();
        }
    }
}
