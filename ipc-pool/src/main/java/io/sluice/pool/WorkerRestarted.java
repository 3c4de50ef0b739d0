package io.sluice.pool;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Tells Flight Recorder that a worker of a pool has ended, and another one takes its place.
@Name("io.sluice.WorkerRestarted")
@Category("Sluice")
@Label("Worker Restarted")
@Description("A worker of a pool ended, and another one takes its place")
@StackTrace(false)
final class WorkerRestarted extends Event {
    @Label("Pool")
    String pool;

    @Label("Worker")
    int worker;

    @Label("Process Id")
    long pid;

    @Label("Reason")
    String reason;

    /// Tells it. To be called only while [io.sluice.core.jfr.FlightRecording#isOn].
    static void report(String pool, int worker, long pid, String reason) {
        var event = new WorkerRestarted();
        event.pool = pool;
        event.worker = worker;
        event.pid = pid;
        event.reason = reason;
        event.commit();
    }
}
