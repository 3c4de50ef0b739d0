/// What the library tells JDK Flight Recorder: events of slow paths, in the category *Sluice*.
///
/// [io.sluice.core.jfr.FlightRecording] is what the other packages call; [io.sluice.core.jfr.FlightEvents] lists all
/// events. The module `jdk.jfr` may be missing: nothing but `FlightEvents` needs its classes, and that is loaded only
/// while a recorder exists.
package io.sluice.core.jfr;
