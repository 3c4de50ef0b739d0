package io.sluice.core.jfr;

import io.sluice.core.owner.Liveness;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;

/// Tells Flight Recorder of slow paths.
///
/// - **Threads:** any. **Blocking:** none.
/// - **Cost:** while no recorder was ever made in this JVM, one volatile read; the first call of a process loads one
///   class of the JDK, in about 0.1 ms. No event is made, so nothing is allocated.
public final class FlightRecording {
    /*
     * No type but `Event` stands in a signature here or in a caller, and none is assigned to another one. So neither
     * this class nor a caller makes the JVM load a class of `jdk.jfr` to verify it, and all work without that module.
     */
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightRecording() {}

    private static boolean isOff() {
        return !PRESENT || !FlightRecorder.isInitialized();
    }

    /// Begins a wait.
    ///
    /// @param what for
    /// @return for [#endWait]; null if no recording wants to know
    public static Event beginWait(Wait what) {
        return what == Wait.UNREPORTED || isOff() ? null : FlightEvents.beginWait(what);
    }

    /// Ends a wait.
    ///
    /// @param wait from [#beginWait]; may be null
    /// @param object that it was for
    /// @param met whether it came; false after a time-out, an interrupt or a failure
    public static void endWait(Event wait, Liveness object, boolean met) {
        if (wait != null) {
            FlightEvents.endWait(wait, object.object(), met);
        }
    }

    /// A producer has found no space.
    ///
    /// @param ring the object
    public static void queueFull(Liveness ring) {
        if (!isOff()) {
            FlightEvents.queueFull(ring.object());
        }
    }

    /// Begins the recovery of an object.
    ///
    /// @return for [#recovered]; null if no recording wants to know
    public static Event beginRecovery() {
        return isOff() ? null : FlightEvents.beginRecovery();
    }

    /// What a dead process held in an object was given back, or could not be.
    ///
    /// @param recovery from [#beginRecovery]; may be null
    /// @param object space and name
    /// @param pid of the dead process; 0 if not known
    /// @param failure why it could not be; null if it was
    public static void recovered(Event recovery, String object, long pid, Throwable failure) {
        if (recovery != null) {
            FlightEvents.recovered(recovery, object, pid, failure);
        }
    }

    /// Begins to clean a space after dead processes.
    ///
    /// @return for [#swept]; null if no recording wants to know
    public static Event beginSweep() {
        return isOff() ? null : FlightEvents.beginSweep();
    }

    /// A space was cleaned after dead processes.
    ///
    /// @param sweep from [#beginSweep]; may be null
    /// @param space its directory
    /// @param freed how many places of dead processes are free now
    public static void swept(Event sweep, Object space, int freed) {
        if (sweep != null) {
            FlightEvents.swept(sweep, space.toString(), freed);
        }
    }

    /// A dead process was cleaned up after: all that it held in a space is given back. One process of the space tells
    /// of each death.
    ///
    /// @param space its directory
    /// @param pid of the process in its own eyes
    /// @param slot of the process in the space
    public static void ownerDied(Object space, long pid, int slot) {
        if (!isOff()) {
            FlightEvents.ownerDied(space.toString(), pid, slot);
        }
    }

    /// A worker of a pool has ended, and another one takes its place.
    ///
    /// @param pool its name
    /// @param worker number of the ended one
    /// @param pid of the ended one
    /// @param reason why it ended
    public static void workerRestarted(String pool, int worker, long pid, Object reason) {
        if (!isOff()) {
            FlightEvents.workerRestarted(pool, worker, pid, reason.toString());
        }
    }
}
