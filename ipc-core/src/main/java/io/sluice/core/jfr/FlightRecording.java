package io.sluice.core.jfr;

import io.sluice.core.owner.Liveness;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;

/// Tells Flight Recorder of slow paths.
///
/// - **Threads:** any. **Blocking:** none.
/// - **Cost:** while no recorder was ever made in this JVM, one volatile read; the first call of a process loads one
///   class of the JDK, in about 0.1 ms. Nothing is allocated while no recording wants an event, also after others.
public final class FlightRecording {
    /*
     * The classes of events need `jdk.jfr`, which may be missing. A caller may call static methods of them, after it has
     * asked `isOn`, and keep an `Event` that they return; it may not assign one to a variable of another type. So the
     * JVM loads none of them to verify a caller, and all callers work without that module.
     */
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightRecording() {}

    /// Whether a recorder was made, so that an event may be wanted.
    ///
    /// @return whether; a caller that names an event's class must ask first
    public static boolean isOn() {
        return PRESENT && FlightRecorder.isInitialized();
    }

    /// Begins a wait.
    ///
    /// @param what for
    /// @return for [#endWait]; null if no recording wants to know
    public static Event beginWait(Wait what) {
        return what.isReported() && isOn() ? FlightEvents.beginWait(what) : null;
    }

    /// Ends a wait. An event for which there is no memory or stack is lost.
    ///
    /// @param wait from [#beginWait]; may be null
    /// @param object that it was for
    /// @param met whether it came; false after a time-out, an interrupt or a failure
    public static void endWait(Event wait, Liveness object, boolean met) {
        if (wait != null) {
            try {
                FlightEvents.endWait(wait, object.object(), met);
            } catch (OutOfMemoryError | StackOverflowError lost) {
                // The caller has what it waited for, such as a lock: an error here would make it believe otherwise.
            }
        }
    }

    /// A producer has found no space.
    ///
    /// @param ring the object
    public static void queueFull(Liveness ring) {
        if (isOn()) {
            FlightEvents.queueFull(ring.object());
        }
    }
}
