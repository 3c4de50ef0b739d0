package io.sluice.shm.object;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/// Tells Flight Recorder that what a dead process held in an object was given back, or could not be, and how long it took.
@Name("io.sluice.Recovered")
@Category("Sluice")
@Label("Recovered")
@Description("What a dead process held in an object was given back; a failure tells that it could not be")
@Threshold("0 ns")
final class Recovered extends Event {
    @Label("Object")
    @Description("Space and name")
    String object;

    @Label("Process Id")
    @Description("Of the dead process; 0 if it is not known")
    long pid;

    @Label("Failure")
    String failure;

    /// Begins. To be called only while [io.sluice.core.jfr.FlightRecording#isOn].
    static Event started() {
        var event = new Recovered();
        event.begin();
        return event;
    }

    /// Ends what [#started] has begun.
    static void report(Event begun, String object, long pid, Throwable failure) {
        if (begun instanceof Recovered event) {
            event.object = object;
            event.pid = pid;
            event.failure = failure == null ? null : failure.toString();
            event.commit();
        }
    }
}
